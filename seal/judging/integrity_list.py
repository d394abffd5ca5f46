"""The signed list of all members that GM/T 0099 puts into a package against smuggling: good or broken.

It is not a signature of the document and proves no signer's will; a report mentions it as a remark.

Standard:
    GM/T 0099-2020 (integrity protection: OFDEntries.xml).
"""

from typing import Final

from certs.errors import CertsError
from seal.judging.case import Case
from seal.judging.messages import judge_message
from seal.ofd import xml
from seal.ofd.errors import XmlRefused
from seal.ofd.package import Package, find
from seal.report import Result

LIST: Final = "/OFDEntries.xml"


def remark(package: Package, case: Case) -> str | None:
    """Return `integrity-list-good`, `integrity-list-broken`, or None where there is no list."""
    data = package.members.get(LIST)
    if data is None:
        return None
    return "integrity-list-good" if _holds(package, data, case) else "integrity-list-broken"


def _holds(package: Package, data: bytes, case: Case) -> bool:
    try:
        root = xml.parse(data, LIST)
    except XmlRefused:
        return False
    value = find(package, xml.text(xml.child(root, "SignedValueLoc")))
    listed = xml.child(root, "FileList")
    if value is None or listed is None:
        return False
    names = set()
    for element in xml.children(listed, "File"):
        found = find(
            package, element.get("FileLoc", "") or xml.text(xml.child(element, "FileLoc")) or xml.text(element)
        )
        if found is None:
            return False
        names.add(found.path)
    if set(package.members) - names - {LIST, value.path}:
        return False
    try:
        judgement = judge_message(package.members[value.path], data, case)
    except CertsError:
        return False
    return all(judgement.finding(name).result is Result.PASSED for name in ("structure", "integrity", "value"))
