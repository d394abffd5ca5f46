"""Add a seal to a package: what must be signed is prepared first, the signed value is put in afterwards.

The order is that of GM/T 0099: the seal, the list entry and the pointer are written before anything is digested, and
nothing that is covered is touched again.

Standard:
    GB/T 33190-2016 clause 18; GM/T 0099-2020 (protected scope, order of protection); GB/T 38540-2020 clause 7.2.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certs.sm import sm3
from seal.model.placement import Placement, Protection
from seal.ofd.coverage import has_evidence
from seal.ofd.document import Body, Document, read_document
from seal.ofd.errors import DocumentClosed, DocumentMalformed, PackageMalformed
from seal.ofd.package import ENTRY, EVIDENCE, Package, folder, join
from seal.ofd.placement import Stamp, place
from seal.ofd.signatures_writer import Provider, add_to_list, point_to_list, write_signature
from seal.ofd.signatures_xml import SignatureList, read_signatures
from seal.ofd.zip_names import normalise
from seal.ofd.zip_reader import Entry
from seal.ofd.zip_writer import Compress, deflate, pack, write_archive

_DIGITS: Final = re.compile(r"([0-9]{1,12})$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A package that lacks only the signed value.

    Attributes:
        signature_id: the new signature's id in the list.
        original: the bytes of Signature.xml, the "original" (原文) of the sealing.
        data_hash: their SM3, which goes into the signed value.
        property_info: the path of Signature.xml, which goes there too as the protected scope.
        protected: every member the signature covers.
        stamps: where the seal will show.
    """

    signature_id: str
    original: bytes
    data_hash: bytes
    property_info: str
    protected: tuple[str, ...]
    stamps: tuple[Stamp, ...]
    value_path: str
    entries: tuple[Entry, ...]
    compress: Compress


@dataclass(frozen=True, slots=True)
class Picture:
    """What signing needs to know of a seal: its bytes and the size of its picture."""

    seal: bytes  # the DER of the SESeal, as it goes into Seal.esl
    width: float  # mm
    height: float  # mm


def prepare(
    package: Package,
    picture: Picture,
    placements: Sequence[Placement],
    *,
    at: datetime,
    provider: Provider,
    protection: Protection = Protection.OPEN,
    compress: Compress = deflate,
) -> Prepared:
    """Prepare a package for one more seal; the members that were there keep their bytes.

    Only OFD.xml changes, when it does not yet name a signature list, and the list.

    Raises:
        PackageMalformed: two members have one name.
        DocumentMalformed: the document or its signature list cannot be read or extended.
        DocumentClosed: an earlier signature protects the signature list.
        PlacementOutsidePage: the seal would not lie on its page.
    """
    if package.duplicates:
        raise PackageMalformed(f"two members are named {package.duplicates[0]}")
    if EVIDENCE in package and not has_evidence(package):
        raise DocumentMalformed(f"{EVIDENCE} is not an evidence bundle")
    document = read_document(package)
    existing = _existing(package, document.body)
    stamps = place(package, document, placements, picture.width, picture.height)

    # 1. The new folder with the seal, the list entry with its ids, the pointer.
    list_path = _list_path(document, existing)
    home = _new_folder(package, list_path)
    ids = _new_ids(existing, 1 + len(stamps))
    added = {f"{home}/Seal.esl": picture.seal}
    added[list_path] = add_to_list(
        package.members.get(list_path), identifier=ids[0], location=f"{home}/Signature.xml", highest=ids[-1]
    )
    if document.body.signature_list is None:
        added[ENTRY] = point_to_list(package.members[ENTRY], list_path)

    # 2. Digest everything but the list (in open mode), the evidence, which is renewed, and what does not exist yet.
    left_out = {EVIDENCE} if protection is Protection.WHOLE else {EVIDENCE, list_path}
    contents = {**package.members, **added}
    protected = tuple(path for path in contents if path not in left_out)
    original = write_signature(
        provider=provider,
        at=at,
        references=[(path, sm3.digest(contents[path])) for path in protected],
        stamps=list(zip(ids[1:], stamps, strict=True)),
        seal_path=f"{home}/Seal.esl",
        value_path=f"{home}/SignedValue.dat",
    )

    # 3. What is new is packed; what was there is kept as it is packed.
    added[f"{home}/Signature.xml"] = original
    return Prepared(
        signature_id=ids[0],
        original=original,
        data_hash=sm3.digest(original),
        property_info=f"{home}/Signature.xml",
        protected=protected,
        stamps=stamps,
        value_path=f"{home}/SignedValue.dat",
        entries=_entries(package, added, compress),
        compress=compress,
    )


def embed(prepared: Prepared, signed_value: bytes, evidence: bytes | None = None) -> bytes:
    """Return the sealed file: the prepared package with its signed value, and the evidence bundle if there is one."""
    value = pack(prepared.value_path, signed_value, prepared.compress)
    entries = prepared.entries
    if evidence is not None:
        entries = tuple(entry for entry in entries if "/" + entry.name != EVIDENCE)
        return write_archive((*entries, value, pack(EVIDENCE, evidence, prepared.compress)))
    return write_archive((*entries, value))


def _existing(package: Package, body: Body) -> SignatureList | None:
    """Return the list to extend; a named list that is missing is written where it is named."""
    found = read_signatures(package, body)
    if found is None:
        return None
    if not found.readable:
        raise DocumentMalformed(f"{found.path} cannot be read")
    for signature in found.signatures:
        if any(reference.path == found.path for reference in signature.references):
            raise DocumentClosed(f"signature {signature.id} protects the signature list")
    return found


def _list_path(document: Document, existing: SignatureList | None) -> str:
    if existing is not None:
        return existing.path
    body = document.body
    if body.signature_list is None:
        return f"{folder(body.root)}/Signs/Signatures.xml"
    named = join("", body.signature_list.replace("\\", "/"))
    if named is None:
        raise DocumentMalformed("OFD.xml names a signature list outside the package, or an empty one")
    return named


def _new_folder(package: Package, list_path: str) -> str:
    base = folder(list_path)
    if not base.endswith("/Signs"):
        base += "/Signs"
    taken = {normalise(path) for path in package.members}
    number = 0
    while any(path.startswith(normalise(f"{base}/Sign_{number}/")) for path in taken):
        number += 1
    return f"{base}/Sign_{number}"


def _new_ids(existing: SignatureList | None, count: int) -> list[str]:
    """Return ids above all that signatures and stamps ever had; both draw on one counter."""
    used = [] if existing is None else [existing.max_sign_id]
    for signature in () if existing is None else existing.signatures:
        used.append(signature.id)
        used.extend(stamp.id for stamp in signature.stamps)
    numbers = [int(found.group(1)) for text in used if (found := _DIGITS.search(text))]
    first = max(numbers, default=0) + 1
    return [f"s{number:03d}" for number in range(first, first + count)]


def _entries(package: Package, added: Mapping[str, bytes], compress: Compress) -> tuple[Entry, ...]:
    kept = [entry for path, entry in package.entries.items() if path not in added]
    return (*kept, *(pack(path, data, compress) for path, data in added.items()))
