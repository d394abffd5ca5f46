"""Which members a signature protects, whether they are as they were, and what a reader shows besides.

Standard:
    GB/T 33190-2016 clause 18.2.3 (references); GM/T 0099-2020 (protected scope).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from seal.ofd.document import Document, page_box
from seal.ofd.geometry import Box
from seal.ofd.package import ENTRY, EVIDENCE, Package
from seal.ofd.reach import Reach
from seal.ofd.signatures_xml import Problem, SignatureFile, SignatureList
from trust.recognition import evidence
from trust.recognition.errors import EvidenceMalformed

_LEAST_VISIBLE = 0.1  # mm


@dataclass(frozen=True, slots=True)
class Coverage:
    """The members of a package as one signature sees them, each tuple in the order of the file.

    Attributes:
        covered: protected, whether intact or not.
        modified: protected, and no longer what was signed.
        missing: protected, and no longer there.
        uncovered: shown by a reader, yet not protected.
        entries_uncovered: OFD.xml and signature lists that are not protected.
    """

    covered: tuple[str, ...]
    modified: tuple[str, ...]
    missing: tuple[str, ...]
    uncovered: tuple[str, ...]
    entries_uncovered: tuple[str, ...]


def coverage(package: Package, reach: Reach, signature: SignatureFile, lists: Iterable[SignatureList]) -> Coverage:
    """Compare a signature's references with the package and with what a reader shows.

    A digest of an unknown kind matches nothing. `lists` are the signature lists of all documents of the package.
    """
    covered, modified, missing = [], [], []
    for reference in signature.references:
        if reference.path not in package:
            missing.append(reference.path)
            continue
        covered.append(reference.path)
        if (
            signature.check_method is None
            or package.digest(reference.path, signature.check_method) != reference.check_value
        ):
            modified.append(reference.path)
    protected = {reference.path for reference in signature.references}
    entries = (ENTRY, *(one.path for one in lists))
    return Coverage(
        covered=tuple(covered),
        modified=tuple(modified),
        missing=tuple(missing),
        uncovered=tuple(path for path in reach.shown if path not in protected and path not in entries),
        entries_uncovered=tuple(path for path in entries if path not in protected),
    )


def unsigned_members(package: Package, reach: Reach, lists: Iterable[SignatureList]) -> tuple[str, ...]:
    """List the members that no reader shows and no signature protects, the evidence bundle and our own files aside."""
    known = {ENTRY, *reach.shown}
    if has_evidence(package):
        known.add(EVIDENCE)
    for one in lists:
        known.add(one.path)
        for signature in one.signatures:
            known.update(path for path in (signature.path, signature.value_path, signature.seal_path) if path)
            known.update(reference.path for reference in signature.references)
    return tuple(path for path in package.members if path not in known)


def has_evidence(package: Package) -> bool:
    """Tell whether the package carries an evidence bundle; what only stands in its place is an unsigned member."""
    data = package.members.get(EVIDENCE)
    if data is None:
        return False
    try:
        evidence.decode(data)
    except EvidenceMalformed:
        return False
    return True


def stamp_problems(package: Package, document: Document, signature: SignatureFile) -> tuple[Problem, ...]:
    """Tell which stamps cannot be seen: on no page of the document, off their page, or without extent."""
    problems = []
    boxes: dict[str, Box | None] = {}
    for stamp in signature.stamps:
        if stamp.page_ref not in boxes:
            page = document.page(stamp.page_ref)
            boxes[stamp.page_ref] = None if page is None else page_box(package, document, page)
        box, seen = boxes[stamp.page_ref], stamp.visible
        if box is None:
            problems.append(Problem("malformed", f"a stamp on page {stamp.page_ref!r}, which does not exist"))
            continue
        # Page space starts at the top left of the physical box, whatever that box's own corner is.
        wide = min(seen.x + seen.width, box.width) - max(seen.x, 0)
        high = min(seen.y + seen.height, box.height) - max(seen.y, 0)
        if not seen.has_area or not stamp.boundary.has_area or min(wide, high) < _LEAST_VISIBLE:
            problems.append(Problem("malformed", f"a stamp that cannot be seen on page {stamp.page_ref!r}"))
    return tuple(problems)
