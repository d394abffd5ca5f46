"""The front door of seals: what packages above may ask for.

Everything in here is a value or a role; `seal/local.py` plays the role in this process.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from seal.model.placement import At, Edge, Placement, Protection, Riding
from seal.model.seal import SealId, Standing
from trust.values.credit_code import CreditCode
from trust.values.principal import Principal

__all__ = [
    "At",
    "Edge",
    "Placement",
    "Protection",
    "Riding",
    "SealCard",
    "SealId",
    "StampOrder",
    "Stamped",
    "Stamper",
    "Standing",
]

MAX_ORDERS = 500  # in one group


@dataclass(frozen=True, slots=True)
class StampOrder:
    """One document to seal.

    Attributes:
        key: chosen by whoever orders; the same key with the same order gives the same bytes, however often.
        document: an OFD file.
        placements: where the seal shows; all of them are one signature.
    """

    key: str
    document: bytes
    seal: SealId
    placements: tuple[Placement, ...]
    protection: Protection = Protection.OPEN


@dataclass(frozen=True, slots=True)
class Stamped:
    """A sealed document.

    Attributes:
        key: of its order.
        document: the sealed file.
        address: its SM3, under which the object store keeps it.
        signature_id: the new signature's id in the document.
        sealed_at: when the result was recorded.
    """

    key: str
    document: bytes
    address: str
    signature_id: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class SealCard:
    """What the packages above need to know of a seal before they use it."""

    id: SealId
    name: str
    owner: CreditCode
    owner_name: str
    width: int  # mm
    height: int  # mm
    standing: Standing


class Stamper(Protocol):
    """Whoever seals documents."""

    def stamp(self, orders: Sequence[StampOrder], by: Principal) -> Sequence[Stamped]:
        """Seal a group of documents: all of them or none, the results in the order of the orders.

        Each result is complete: time-stamped, with the chains and the current status of everybody involved, and it has
        passed the public verifier.

        Raises:
            SealMissing, SealNotUsable, UseNotPermitted: the seal forbids it, before or when the result is recorded.
            TrustError: a document cannot be sealed, and so none of the group is.
            KeyReused: an idempotency key was used before for another order.
            StampingInProgress: the same order is being carried out elsewhere.
        """
        ...

    def sign_claims(self, seal: SealId, payloads: Sequence[bytes], by: Principal) -> Sequence[bytes]:
        """Sign small claims with the seal's key, as COSE_Sign1 in the form of `seal.claims`.

        Raises:
            SealMissing, SealNotUsable, UseNotPermitted, SealChanged: the seal forbids it, before or after the key is used.
            SealOrderMalformed, ClaimsMalformed: no payload, too many, or one that is too large.
        """
        ...

    def seal(self, seal: SealId) -> SealCard:
        """Return what is known of a seal.

        Raises:
            SealMissing: no seal has this code.
        """
        ...
