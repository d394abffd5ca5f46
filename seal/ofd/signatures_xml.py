"""Signatures.xml and Signature.xml as others wrote them: what they say, what was repaired, what is wrong with them.

Reading never raises. What makes a signature file ambiguous (two readers could understand it differently) is a
problem, and a signature with a problem is not valid whatever its digests say.

Standard:
    GB/T 33190-2016 clause 18 (signatures); GM/T 0099-2020.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from seal.ofd import xml
from seal.ofd.check_method import CheckMethod, check_method
from seal.ofd.document import Body
from seal.ofd.errors import XmlRefused
from seal.ofd.geometry import Box
from seal.ofd.package import Found, Package, find, folder, join
from seal.ofd.xml import Element

MAX_SIGNATURES: Final = 1_000
MAX_REFERENCES: Final = 4_000
MAX_STAMPS: Final = 2_000
_ONCE: Final = ("SignedInfo", "SignedValue", "References", "Seal", "Provider", "SignatureMethod", "SignatureDateTime")
_MANY: Final = {"References": "SignedInfo", "Reference": "References", "StampAnnot": "SignedInfo", "Seal": "SignedInfo"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the structure of a signature fails: a code of the finding `structure`, and words for people."""

    code: str  # malformed, signature-missing, value-shared, limit-exceeded
    detail: str


@dataclass(frozen=True, slots=True)
class Reference:
    """One protected member and the digest it had."""

    path: str  # canonical, whether the package holds it or not
    written: str
    check_value: bytes


@dataclass(frozen=True, slots=True)
class StampAnnot:
    """Where the seal's picture is painted."""

    id: str
    page_ref: str
    boundary: Box  # mm, on the page
    clip: Box | None  # mm, within the boundary

    @property
    def visible(self) -> Box:
        """The part that is painted, on the page."""
        return self.boundary if self.clip is None else self.clip.shifted(self.boundary.x, self.boundary.y)


@dataclass(frozen=True, slots=True)
class SignatureFile:
    """One signature of the document: its entry in the list and its Signature.xml.

    Attributes:
        id: the entry's id, as written.
        type: `Seal` or `Sign` (or what stands there); a missing type means Seal.
        path: its Signature.xml; None if the package lacks it.
        original: the bytes of Signature.xml, which are what the value signs.
        method: SignatureMethod as written.
        date_time: SignatureDateTime as written; informative.
        check_method: the digest of the references; None if unknown.
        references: protected members in order.
        stamps: where the seal shows.
        seal_path: the Seal.esl named, if the package holds it.
        value_path: the SignedValue.dat named, if the package holds it.
        problems: what makes the structure fail.
        remarks: deviation codes.
    """

    id: str
    type: str
    path: str | None
    original: bytes
    provider: str
    method: str
    date_time: str
    check_method_written: str
    check_method: CheckMethod | None
    references: tuple[Reference, ...]
    stamps: tuple[StampAnnot, ...]
    seal_path: str | None
    value_path: str | None
    problems: tuple[Problem, ...]
    remarks: frozenset[str]


@dataclass(frozen=True, slots=True)
class SignatureList:
    """Signatures.xml of one document."""

    path: str
    max_sign_id: str
    signatures: tuple[SignatureFile, ...]
    readable: bool
    remarks: frozenset[str]


def read_signatures(package: Package, body: Body) -> SignatureList | None:
    """Read a document's signature list and every signature file in it.

    Returns:
        The list, or None if the document names none or the package lacks it (`body.signature_list` tells which).
    """
    path = body.signature_list_path
    if path is None:
        return None
    try:
        root = xml.parse(package.members[path], path)
    except XmlRefused:
        return SignatureList(path, "", (), readable=False, remarks=frozenset())
    remarks = {"old-namespace"} if xml.uses_old_namespace(root) else set()
    entries = xml.children(root, "Signature")
    readable = xml.local(root) == "Signatures" and xml.is_ours(root) and len(entries) <= MAX_SIGNATURES
    elsewhere = sum(xml.local(element) == "Signature" for element in xml.walk(root))
    if not readable or elsewhere != len(entries):
        return SignatureList(path, "", (), readable=False, remarks=frozenset(remarks))
    ids = Counter(entry.get("ID", "").strip() for entry in entries)
    highest = xml.children(root, "MaxSignId")
    read: dict[str, SignatureFile] = {}
    signatures = _flag_shared([_read_entry(package, entry, path, ids, remarks, read) for entry in entries])
    return SignatureList(
        path, xml.text(highest[-1]) if highest else "", signatures, readable=True, remarks=frozenset(remarks)
    )


def _read_entry(
    package: Package,
    entry: Element,
    list_path: str,
    ids: Counter[str],
    list_remarks: set[str],
    read: dict[str, SignatureFile],
) -> SignatureFile:
    reading = _Reading(package)
    identifier = entry.get("ID", "").strip()
    if ids[identifier] > 1:
        reading.problem("malformed", f"two signatures have the id {identifier!r}")
    kind = entry.get("Type", "").strip()
    if not kind:
        kind = "Seal"
        reading.remarks.add("type-missing")
    found = find(package, entry.get("BaseLoc", ""), folder(list_path))
    path = reading.note(found)
    if path is not None and path in read:  # named before: both will be told to share it, reading it once will do
        return replace(read[path], id=identifier, type=kind)
    root = None
    if path is None:
        reading.problem("signature-missing", f"no signature file {entry.get('BaseLoc', '')!r}")
    else:
        try:
            root = xml.parse(package.members[path], path)
        except XmlRefused as wrong:
            reading.problem("malformed", str(wrong))
    if root is not None and (xml.local(root) != "Signature" or not xml.is_ours(root)):
        reading.problem("malformed", f"{path} is not a signature")
        root = None
    if root is not None and xml.uses_old_namespace(root):
        list_remarks.add("old-namespace")
    signature = reading.signature(identifier, kind, path, root)
    if path is not None:
        read[path] = signature
    return signature


class _Reading:
    """The reading of one signature file, collecting what was met on the way."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.problems: list[Problem] = []
        self.remarks: set[str] = set()

    def problem(self, code: str, detail: str) -> None:
        self.problems.append(Problem(code, detail))

    def note(self, found: Found | None) -> str | None:
        if found is None:
            return None
        self.remarks |= found.remarks
        return found.path

    def signature(self, identifier: str, kind: str, path: str | None, root: Element | None) -> SignatureFile:
        info = xml.child(root, "SignedInfo")
        if root is not None:
            self._check_shape(root, info)
        references = xml.child(info, "References")
        method = "" if references is None else references.get("CheckMethod", "")
        known = check_method(method)
        if known is not None:
            self.remarks |= known.remarks
        base = folder(path or "")
        value = xml.text(xml.child(root, "SignedValue"))
        return SignatureFile(
            id=identifier,
            type=kind,
            path=path,
            original=self.package.members.get(path or "", b""),
            provider=_provider(xml.child(info, "Provider")),
            method=xml.text(xml.child(info, "SignatureMethod")),
            date_time=xml.text(xml.child(info, "SignatureDateTime")),
            check_method_written=method,
            check_method=known,
            references=self._references(references, base),
            stamps=self._stamps(info),
            seal_path=self._seal(info, base, kind),
            value_path=self.note(find(self.package, value, base)),
            problems=tuple(self.problems),
            remarks=frozenset(self.remarks),
        )

    def _check_shape(self, root: Element, info: Element | None) -> None:
        """Insist on one of each element, each in its place, in whatever namespace a duplicate hides."""
        if info is None:
            self.problem("malformed", "no SignedInfo")
        counted = Counter(xml.local(element) for element in xml.walk(root))
        for name in _ONCE:
            if counted[name] > 1:
                self.problem("malformed", f"{counted[name]} elements {name}")
        for element in xml.walk(root):
            place = _MANY.get(xml.local(element))
            parent = element.getparent()
            if place is not None and (parent is None or xml.local(parent) != place or not xml.is_ours(element)):
                self.problem("malformed", f"{xml.local(element)} outside {place}")

    def _references(self, element: Element | None, base: str) -> tuple[Reference, ...]:
        listed = [] if element is None else xml.children(element, "Reference")
        if not listed:
            self.problem("malformed", "no references")
        if len(listed) > MAX_REFERENCES:
            self.problem("limit-exceeded", f"{len(listed)} references")
            return ()
        read = tuple(self._reference(one, base) for one in listed)
        for path, count in Counter(reference.path for reference in read).items():
            if count > 1:
                self.problem("malformed", f"{path} is listed {count} times")
        return read

    def _reference(self, element: Element, base: str) -> Reference:
        written = element.get("FileRef", "").strip()
        if any(part in (".", "..") for part in written.replace("\\", "/").split("/")):
            self.problem("malformed", f"{written!r} is not a canonical path")
        if "//" in written:
            self.remarks.add("path-repaired")
        found = find(self.package, written, base)
        path = self.note(found) or join(base, written) or written
        values = xml.children(element, "CheckValue")
        text = "".join(xml.text(values[0]).split()) if len(values) == 1 else ""
        try:
            value = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            value = b""
        if not value:
            self.problem("malformed", f"{written!r} has no readable check value")
        return Reference(path, written, value)

    def _stamps(self, info: Element | None) -> tuple[StampAnnot, ...]:
        listed = [] if info is None else xml.children(info, "StampAnnot")
        if len(listed) > MAX_STAMPS:
            self.problem("limit-exceeded", f"{len(listed)} stamps")
            return ()
        stamps = []
        for element in listed:
            boundary = Box.parse(element.get("Boundary", ""))
            written = element.get("Clip", "").strip()
            clip = Box.parse(written) if written else None
            if boundary is None or (written and clip is None):
                self.problem("malformed", "a stamp without a readable place")
                continue
            stamps.append(StampAnnot(element.get("ID", ""), element.get("PageRef", ""), boundary, clip))
        return tuple(stamps)

    def _seal(self, info: Element | None, base: str, kind: str) -> str | None:
        seal = xml.child(info, "Seal")
        path = self.note(find(self.package, xml.text(xml.child(seal, "BaseLoc")), base))
        if path is None and kind == "Seal":
            self.remarks.add("seal-file-missing")
        return path


def _provider(element: Element | None) -> str:
    return "" if element is None else element.get("ProviderName", "")


def _flag_shared(signatures: Iterable[SignatureFile]) -> tuple[SignatureFile, ...]:
    """Mark the signatures that claim one another's file or value: which of them it belongs to, nobody can tell."""
    listed = list(signatures)
    uses = Counter(path for one in listed for path in {one.path, one.value_path} if path is not None)
    return tuple(
        replace(one, problems=(*one.problems, Problem("value-shared", "another signature names the same file")))
        if any(uses[path] > 1 for path in (one.path, one.value_path) if path is not None)
        else one
        for one in listed
    )
