"""The stamper of this process, behind the front door."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection

from seal.api import SealCard, Stamped, StampOrder
from seal.model.seal import Seal, SealId
from seal.storage.seals import Seals
from seal.usecases.sign_claims import SignClaims
from seal.usecases.stamp_documents import StampDocuments
from trust.values.principal import Principal


@dataclass(frozen=True, slots=True)
class LocalStamper:
    """Plays `seal.api.Stamper` with the tables and keys of this home."""

    reading: Callable[[], AbstractContextManager[Connection]]
    stamp_documents: StampDocuments
    claims: SignClaims

    def stamp(self, orders: Sequence[StampOrder], by: Principal) -> Sequence[Stamped]:
        """Seal a group of documents; see `seal.api.Stamper`."""
        return self.stamp_documents(orders, by)

    def sign_claims(self, seal: SealId, payloads: Sequence[bytes], by: Principal) -> Sequence[bytes]:
        """Sign small claims; see `seal.api.Stamper`."""
        return self.claims(seal, payloads, by)

    def seal(self, seal: SealId) -> SealCard:
        """Return what is known of a seal; see `seal.api.Stamper`."""
        with self.reading() as db:
            return card(Seals(db).get(seal))


def card(seal: Seal) -> SealCard:
    """Return a seal as the front door shows it."""
    return SealCard(seal.id, seal.name, seal.owner, seal.owner_name, seal.width, seal.height, seal.standing)
