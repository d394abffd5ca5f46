"""The bundle of proofs that a document carries (核验证据包), so that it can be verified with no one asked.

Nothing in it is believed for being there: every item is signed by somebody, and counts for what its signature is worth.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Self

from trust.recognition import cbor
from trust.recognition.errors import EvidenceMalformed

MEMBER: Final = "Evidence/bundle.cbor"  # its place in an OFD package; nothing in the document names it
VERSION: Final = 1
MAX_BUNDLE_BYTES: Final = 4 << 20
MAX_CERTIFICATES: Final = 64
MAX_LISTS: Final = 32
_NAMES: Final = frozenset({"certificates", "crls", "version"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """Proofs, each as the DER that somebody signed; unverified.

    Attributes:
        certificates: of sealers, seal makers, time-stamp authorities and those above them.
        crls: lists of revoked certificates.
    """

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()

    def joined(self, other: Self) -> Self:
        """Both together, each item once."""
        return type(self)(
            tuple(dict.fromkeys((*self.certificates, *other.certificates))),
            tuple(dict.fromkeys((*self.crls, *other.crls))),
        )


def encode(evidence: Evidence) -> bytes:
    """The bundle; the same proofs give the same bytes.

    Raises:
        EvidenceMalformed: more proofs than a reader accepts.
    """
    data = cbor.encode(
        {
            "certificates": sorted(set(evidence.certificates)),
            "crls": sorted(set(evidence.crls)),
            "version": VERSION,
        }
    )
    decode(data)
    return data


def decode(data: bytes) -> Evidence:
    """The proofs of a bundle.

    Raises:
        EvidenceMalformed: not the one spelling of a bundle, or larger than we are willing to read.
    """
    if len(data) > MAX_BUNDLE_BYTES:
        raise EvidenceMalformed(f"more than {MAX_BUNDLE_BYTES} bytes")
    try:
        value = cbor.decode(data)
    except cbor.NotCbor as exc:
        raise EvidenceMalformed(str(exc)) from exc
    if not isinstance(value, dict) or value.keys() != _NAMES or value["version"] != VERSION:
        raise EvidenceMalformed("a bundle has certificates, crls and version 1, and nothing else")
    return Evidence(_items(value["certificates"], MAX_CERTIFICATES), _items(value["crls"], MAX_LISTS))


def _items(value: Any, most: int) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > most:
        raise EvidenceMalformed(f"a list of at most {most}")
    if not all(isinstance(each, bytes) and each for each in value):
        raise EvidenceMalformed("a proof is a byte string")
    if any(later <= earlier for earlier, later in pairwise(value)):
        raise EvidenceMalformed("proofs out of order, or one twice")
    return tuple(value)
