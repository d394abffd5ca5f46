"""Licences between their intent and their result: laid out, sealed with their code, and examined."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from licence import rendering
from licence.formats import qr
from licence.formats.metadata import Metadata
from licence.model.filling import Filled
from licence.model.issuance import Issuance
from licence.model.licence_type import LicenceType
from licence.model.order import LicenceOrder
from licence.own_registry import OwnRegistry
from licence.own_work import require_accepted
from seal.api import SealCard, Stamper, StampOrder
from trust.clock import Clock
from trust.values.principal import Principal


@dataclass(frozen=True, slots=True)
class Begun:
    """An order whose intent is recorded, and everything it needs."""

    order: LicenceOrder
    type: LicenceType
    seal: SealCard
    filled: Filled
    issuance: Issuance

    @property
    def metadata(self) -> Metadata:
        filled = self.filled
        return Metadata(
            identifier=self.issuance.identifier,
            type_name=self.type.name,
            name=self.type.name,
            number=filled.number,
            defining_body=self.type.defining_body,
            issuer_name=self.seal.owner_name,
            issued_on=filled.issued_on,
            area=self.order.area,
            holders=(filled.holder,),
            effective_on=filled.effective_on,
            expires_on=filled.expires_on,
            items=filled.items,
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A licence that is sealed and passed our verifier; nobody outside has seen it yet."""

    begun: Begun
    metadata: Metadata
    document: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class MakeLicences:
    """Make the files of a group, with no transaction open: the seal and its time stamp may be slow."""

    stamper: Stamper
    registry: OwnRegistry
    clock: Clock

    def __call__(self, group: Sequence[Begun], by: Principal) -> list[Made]:
        """Return the sealed licences in the order of the group.

        Raises:
            TextOverflows, MissingGlyph: the page cannot show a value.
            SealNotUsable, UseNotPermitted, SealChanged: the seal forbids it.
            OwnLicenceRefused: what came out does not pass our verifier.
        """
        stated = [one.metadata for one in group]
        codes = self._codes(group, stated, by)
        orders = [
            StampOrder(
                key=one.issuance.sealing_key,
                document=rendering.document(one.type, metadata, code),
                seal=one.order.seal,
                placements=(rendering.seal_place(one.type, one.seal),),
            )
            for one, metadata, code in zip(group, stated, codes, strict=True)
        ]
        sealed = self.stamper.stamp(orders, by)
        at, made = self.clock.now(), []
        anchors = self.registry.anchors(at)
        for one, metadata, stamped in zip(group, stated, sealed, strict=True):
            shown = rendering.shown(one.type, metadata)
            sealed_at = require_accepted(stamped.document, anchors, metadata, shown, at)
            made.append(Made(one, metadata, stamped.document, sealed_at))
        return made

    def _codes(self, group: Sequence[Begun], stated: Sequence[Metadata], by: Principal) -> list[str]:
        """Return the text of each licence's code, its claims signed with the seal's key, one group for each seal."""
        codes = [""] * len(group)
        for seal in sorted({one.order.seal for one in group}):
            places = [place for place, one in enumerate(group) if one.order.seal == seal]
            payloads = [qr.payload(qr.LicenceClaims.of(stated[place])) for place in places]
            for place, signed in zip(places, self.stamper.sign_claims(seal, payloads, by), strict=True):
                codes[place] = qr.to_text(signed)
        return codes
