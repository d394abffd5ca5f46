"""Write what a new signature adds: its Signature.xml, its entry in the list, the pointer in OFD.xml.

Existing members are edited by inserting bytes, so that nothing else in them changes; the result is parsed again and
must say what it said before, and the new thing besides.

Standard:
    GB/T 33190-2016 clause 18 (absolute paths in signature files); GM/T 0099-2020.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from certs import oids
from seal.ofd import xml
from seal.ofd.check_method import SM3_OID
from seal.ofd.errors import DocumentMalformed, XmlRefused
from seal.ofd.placement import Stamp
from seal.ofd.xml import Element

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Provider:
    """The product that makes a signature, as it names itself."""

    name: str
    company: str
    version: str


def write_signature(
    *,
    provider: Provider,
    at: datetime,
    references: Iterable[tuple[str, bytes]],
    stamps: Iterable[tuple[str, Stamp]],
    seal_path: str,
    value_path: str,
) -> bytes:
    """Return a Signature.xml: references are paths with their SM3 digests, stamps come with their ids."""
    listed = "".join(
        f"<ofd:Reference FileRef={_quoted(path)}><ofd:CheckValue>{base64.b64encode(digest).decode()}</ofd:CheckValue>"
        "</ofd:Reference>"
        for path, digest in references
    )
    painted = "".join(
        f'<ofd:StampAnnot ID="{identifier}" PageRef={_quoted(stamp.page_id)} Boundary="{stamp.boundary}"'
        + (f' Clip="{stamp.clip}"/>' if stamp.clip is not None else "/>")
        for identifier, stamp in stamps
    )
    return (
        f'{_HEAD}<ofd:Signature xmlns:ofd="{xml.NAMESPACE}"><ofd:SignedInfo>'
        f"<ofd:Provider ProviderName={_quoted(provider.name)} Version={_quoted(provider.version)}"
        f" Company={_quoted(provider.company)}/>"
        f"<ofd:SignatureMethod>{oids.SM2_WITH_SM3}</ofd:SignatureMethod>"
        f"<ofd:SignatureDateTime>{at.astimezone(UTC):%Y%m%d%H%M%SZ}</ofd:SignatureDateTime>"
        f'<ofd:References CheckMethod="{SM3_OID}">{listed}</ofd:References>{painted}'
        f"<ofd:Seal><ofd:BaseLoc>{_escaped(seal_path)}</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>"
        f"<ofd:SignedValue>{_escaped(value_path)}</ofd:SignedValue></ofd:Signature>"
    ).encode()


def add_to_list(existing: bytes | None, *, identifier: str, location: str, highest: str) -> bytes:
    """Return a signature list with one entry more and its highest id raised.

    Raises:
        DocumentMalformed: the existing list cannot be extended without changing what it says.
    """
    if existing is None:
        return (
            f'{_HEAD}<ofd:Signatures xmlns:ofd="{xml.NAMESPACE}"><ofd:MaxSignId>{highest}</ofd:MaxSignId>'
            f'<ofd:Signature ID="{identifier}" Type="Seal" BaseLoc={_quoted(location)}/></ofd:Signatures>'
        ).encode()
    prefix = _prefix(xml.parse(existing))
    entry = f'<{prefix}Signature ID="{identifier}" Type="Seal" BaseLoc={_quoted(location)}/>'
    raised = _raise_highest(existing, prefix, highest)
    changed = _insert_before_end(raised, f"{prefix}Signatures", entry, last=True)
    _insist_only_added(existing, changed, "Signature", "the signature list")
    return changed


def point_to_list(entry: bytes, list_path: str) -> bytes:
    """Return OFD.xml with the first document pointing at its signature list, and nothing else changed.

    Raises:
        DocumentMalformed: the pointer cannot be added without changing what OFD.xml says.
    """
    prefix = _prefix(xml.parse(entry))
    pointer = f"<{prefix}Signatures>{_escaped(list_path)}</{prefix}Signatures>"
    changed = _insert_before_end(entry, f"{prefix}DocBody", pointer, last=False)
    _insist_only_added(entry, changed, "Signatures", "OFD.xml")
    return changed


def _prefix(root: Element) -> str:
    return f"{root.prefix}:" if root.prefix else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(text: str) -> str:
    """Return an attribute's value in its quotes (the standard library's own function would load a web client)."""
    return '"' + _escaped(text).replace('"', "&quot;") + '"'


def _insert_before_end(document: bytes, name: str, addition: str, *, last: bool) -> bytes:
    """Insert text right before the first or last end tag of this name; an empty element is opened for it."""
    ends = list(re.finditer(rb"</" + re.escape(name.encode()) + rb"\s*>", document))
    if ends:
        at = ends[-1 if last else 0].start()
        return document[:at] + addition.encode() + document[at:]
    empty = re.search(rb"<" + re.escape(name.encode()) + rb"(\s[^<>]*)?/>", document)
    if empty is None:
        raise DocumentMalformed(f"no end of {name}")
    opened = empty.group()[:-2] + b">" + addition.encode() + f"</{name}>".encode()
    return document[: empty.start()] + opened + document[empty.end() :]


def _raise_highest(document: bytes, prefix: str, highest: str) -> bytes:
    """Replace the text of the last MaxSignId, or add one right after the root's start tag."""
    name = re.escape(f"{prefix}MaxSignId".encode())
    found = list(re.finditer(rb"(<" + name + rb"\s*>)[^<]*(</" + name + rb"\s*>)", document))
    if found:
        last = found[-1]
        return document[: last.end(1)] + highest.encode() + document[last.start(2) :]
    return _insert_before_end(
        document, f"{prefix}Signatures", f"<{prefix}MaxSignId>{highest}</{prefix}MaxSignId>", last=True
    )


def _insist_only_added(before: bytes, after: bytes, name: str, what: str) -> None:
    """Compare all elements before and after; a look-alike tag in a comment, say, would end here."""
    try:
        old, new = xml.parse(before), xml.parse(after)
    except XmlRefused as wrong:
        raise DocumentMalformed(f"{what} cannot be extended") from wrong
    if _shape(old, name) != _shape(new, name) or _count(new, name) != _count(old, name) + 1:
        raise DocumentMalformed(f"{what} cannot be extended without changing what it says")


def _shape(root: Element, name: str) -> list[tuple[str, dict[str, str], str]]:
    return [
        (
            str(element.tag),
            {str(key): str(value) for key, value in element.attrib.items()},
            (element.text or "").strip(),
        )
        for element in xml.walk(root)
        if xml.local(element) not in (name, "MaxSignId")
    ]


def _count(root: Element, name: str) -> int:
    return sum(xml.local(element) == name for element in xml.walk(root))
