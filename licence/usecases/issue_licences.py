"""Issue a group of licences, and keep proof of who asked, under which number, and what came of it."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from licence import rendering
from licence.errors import BusinessNumberReused, IssuanceInProgress, LicenceOrderMalformed
from licence.formats import qr
from licence.formats.identifier import LicenceIdentifier, LicenceTypeCode
from licence.formats.metadata import CHINA, Metadata
from licence.model.filling import Filled, fill
from licence.model.issuance import LONGEST, Issuance, IssuanceState
from licence.model.licence import Licence
from licence.model.licence_type import LicenceType
from licence.model.order import LicenceOrder
from licence.model.permission import permit
from licence.own_registry import OwnRegistry
from licence.own_work import require_accepted
from licence.storage.issuances import Issuances
from licence.storage.licences import Licences, Secrets
from licence.storage.types import LicenceTypes, Numbers
from seal.api import MAX_ORDERS, SealCard, SealId, Stamper, StampOrder
from trust.audit.journal import Happening
from trust.clock import Clock
from trust.errors import TrustError, describe
from trust.storage.objects import ObjectStore
from trust.storage.unit_of_work import NewWork, UnitOfWork
from trust.values.principal import Principal

RESOLVE: Final = "licence.interrupted-issuance"  # the kind of job that ends what was interrupted


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued licence: its identifier, and the sealed file with the address that the object store keeps it under."""

    business_number: str
    identifier: LicenceIdentifier
    document: bytes
    address: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class _Begun:
    """One order on its way: what it needs from beat to beat."""

    order: LicenceOrder
    digest: str
    type: LicenceType
    seal: SealCard
    filled: Filled
    issuance: Issuance | None = None

    @property
    def intent(self) -> Issuance:
        assert self.issuance is not None, "its intent was recorded"
        return self.issuance

    @property
    def metadata(self) -> Metadata:
        filled = self.filled
        return Metadata(
            identifier=self.intent.identifier,
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
class _Made:
    """A licence that is sealed and passed our verifier."""

    begun: _Begun
    metadata: Metadata
    document: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class IssueLicences:
    """Issue licences: one intent and one result for the group, and the seal in between with no transaction open."""

    reading: Callable[[], AbstractContextManager[Connection]]  # a glance without a lock
    new_work: NewWork
    stamper: Stamper
    objects: ObjectStore
    clock: Clock
    secrets: Secrets
    registry: OwnRegistry

    def __call__(self, orders: Sequence[LicenceOrder], by: Principal) -> tuple[Issued, ...]:
        """Issue all of them or none, the results in the order of the orders.

        Raises:
            LicenceOrderMalformed, LicenceTypeMissing: an order can never be carried out.
            IssuerNotEntitled, LicenceExists: it may not be carried out.
            BusinessNumberReused, IssuanceInProgress: its business number was used before.
            TextOverflows, MissingGlyph: the page cannot show it.
            SealMissing, SealNotUsable, UseNotPermitted: the seal forbids it.
        """
        at = self.clock.now()

        # 1. Look without a lock, then decide and record what we intend before any key is used.
        done, begun = self._glance(orders, by, at)
        if begun:
            begun = self._intend(begun, by, at)
            try:
                # 2. Lay out, and have it sealed with no transaction open.
                # 3. Check our own work with the verifier everyone else will use.
                made = self._make(begun, by)
                # 4. Keep the files, then record the results; only then anything gets out.
                done |= self._record(made, by)
            except BaseException as refused:
                self._abandon(begun, refused, by)
                raise
        return tuple(done[order.business_number] for order in orders)

    def _glance(
        self, orders: Sequence[LicenceOrder], by: Principal, at: datetime
    ) -> tuple[dict[str, Issued], list[_Begun]]:
        """Return what was issued before, and the other orders checked as far as they can be without a number."""
        if not 1 <= len(orders) <= MAX_ORDERS:
            raise LicenceOrderMalformed(f"a group of {len(orders)} orders; 1 to {MAX_ORDERS}")
        numbers = {order.business_number for order in orders}
        if len(numbers) != len(orders):
            raise LicenceOrderMalformed("each order of a group needs a business number of its own")
        with self.reading() as db:
            known = Issuances(db).find(str(by), numbers)
            types = {code: LicenceTypes(db).get_newest(code) for code in {order.type for order in orders}}
        digests = {order.business_number: self.secrets.order_digests(order.spelling()) for order in orders}
        for number, issuance in known.items():
            if issuance.order not in digests[number]:
                raise BusinessNumberReused(f"the business number {number!r} was used for another order")
        done = {number: self._issued(one) for number, one in known.items() if one.state is IssuanceState.COMPLETED}
        waiting = [order for order in orders if order.business_number not in done]
        seals = {seal: self.stamper.seal(seal) for seal in {order.seal for order in waiting}}
        self._permit(waiting, seals, at)
        today = at.astimezone(CHINA).date()
        return done, [
            _Begun(
                order,
                digests[order.business_number][0],
                types[order.type],
                seals[order.seal],
                fill(types[order.type], order, today),
            )
            for order in waiting
        ]

    def _permit(self, orders: Sequence[LicenceOrder], seals: Mapping[SealId, SealCard], at: datetime) -> None:
        if not orders:
            return
        anchors = self.registry.anchors(at)
        for issuer, licence_type, area in {(seals[one.seal].owner, one.type, one.area) for one in orders}:
            permit(anchors, issuer, licence_type, area, at)

    def _intend(self, begun: Sequence[_Begun], by: Principal, at: datetime) -> list[_Begun]:
        """Number the group and record its intents; whoever intends the same at the same time waits for us."""
        with self.new_work() as work:
            issuances = Issuances(work.db)
            known = issuances.find(str(by), [one.order.business_number for one in begun])
            self._refuse_second(work, begun)
            result = []
            for one, identifier in zip(begun, _numbered(work, begun, at), strict=True):
                fresh = Issuance(
                    id=secrets.token_hex(16),
                    by=str(by),
                    business_number=one.order.business_number,
                    order=one.digest,
                    identifier=identifier,
                    type_version=one.type.version,
                    intended_at=at,
                )
                before = known.get(one.order.business_number)
                result.append(replace(one, issuance=fresh if before is None else _anew(before, fresh, issuances, at)))
            issuances.intend([one.intent for one in result])
            ids = [one.intent.id for one in result]
            work.jobs.put(RESOLVE, secrets.token_hex(16), {"issuances": ids}, at + LONGEST)
            work.journal.append_all(_happening("licence-intended", one.intent, by) for one in result)
        return result

    def _refuse_second(self, work: UnitOfWork, begun: Sequence[_Begun]) -> None:
        by_type: dict[LicenceTypeCode, list[_Begun]] = {}
        for one in begun:
            if one.type.single:
                by_type.setdefault(one.type.code, []).append(one)
        for code, orders in by_type.items():
            Licences(work.db, self.secrets).refuse_second(code, [one.filled.holder.code for one in orders])

    def _make(self, begun: Sequence[_Begun], by: Principal) -> list[_Made]:
        """Lay out, seal, and examine every licence of the group."""
        stated = [one.metadata for one in begun]
        codes = self._codes(begun, stated, by)
        orders = [
            StampOrder(
                key=one.intent.sealing_key,
                document=rendering.document(one.type, metadata, code),
                seal=one.order.seal,
                placements=(rendering.seal_place(one.type, one.seal),),
            )
            for one, metadata, code in zip(begun, stated, codes, strict=True)
        ]
        sealed = self.stamper.stamp(orders, by)
        at, made = self.clock.now(), []
        anchors = self.registry.anchors(at)
        for one, metadata, stamped in zip(begun, stated, sealed, strict=True):
            shown = rendering.shown(one.type, metadata)
            sealed_at = require_accepted(stamped.document, anchors, metadata, shown, at)
            made.append(_Made(one, metadata, stamped.document, sealed_at))
        return made

    def _codes(self, begun: Sequence[_Begun], stated: Sequence[Metadata], by: Principal) -> list[str]:
        """Return the text of each licence's code, its claims signed with the seal's key, one group for each seal."""
        codes = [""] * len(begun)
        for seal in {one.order.seal for one in begun}:
            places = [place for place, one in enumerate(begun) if one.order.seal == seal]
            payloads = [qr.payload(qr.LicenceClaims.of(stated[place])) for place in places]
            for place, signed in zip(places, self.stamper.sign_claims(seal, payloads, by), strict=True):
                codes[place] = qr.to_text(signed)
        return codes

    def _record(self, made: Sequence[_Made], by: Principal) -> dict[str, Issued]:
        addresses = [self.objects.put(one.document) for one in made]
        at = self.clock.now()
        ended = [one.begun.intent.completed(address, at) for one, address in zip(made, addresses, strict=True)]
        licences = [
            Licence(
                id=issuance.id,
                metadata=one.metadata,
                type_version=issuance.type_version,
                single=one.begun.type.single,
                sealed_at=one.sealed_at,
                issued_at=at,
                address=address,
            )
            for one, issuance, address in zip(made, ended, addresses, strict=True)
        ]
        with self.new_work() as work:
            for issuance in ended:
                Issuances(work.db).end(issuance)
            Licences(work.db, self.secrets).add_all(licences)
            work.journal.append_all(_happening("licence-issued", one, by) for one in ended)
        return {one.business_number: _issued(one, made_one.document) for one, made_one in zip(ended, made, strict=True)}

    def _abandon(self, begun: Sequence[_Begun], refused: BaseException, by: Principal) -> None:
        """Give the group up at once, so that the order may come again; if that fails too, the job does it later."""
        reason, at = describe(refused).code, self.clock.now()
        with suppress(TrustError), self.new_work() as work:
            for one in begun:
                Issuances(work.db).end(one.intent.abandoned(reason, at))
                work.journal.append("licence-abandoned", one.intent.id, str(by), {"reason": reason})

    def _issued(self, issuance: Issuance) -> Issued:
        return _issued(issuance, self.objects.get(issuance.address or ""))


def _numbered(work: UnitOfWork, begun: Sequence[_Begun], at: datetime) -> list[LicenceIdentifier]:
    """Give each order the next identifier of its type and issuer, taking the numbers of a count together."""
    year = at.astimezone(CHINA).year
    groups: dict[tuple[str, str, str], list[int]] = {}
    for place, one in enumerate(begun):
        key = (one.type.code.text, one.seal.owner.text, one.type.serial.scope(year))
        groups.setdefault(key, []).append(place)
    found: dict[int, LicenceIdentifier] = {}
    for key in sorted(groups):  # in one order for all, so that two groups never wait for each other in a ring
        places = groups[key]
        first = begun[places[0]]
        taken = Numbers(work.db).take(first.type.code, first.seal.owner, key[2], len(places))
        for place, number in zip(places, taken, strict=True):
            serial = first.type.serial.render(year, number)
            found[place] = LicenceIdentifier(first.type.code, first.seal.owner, serial, 1)
    return [found[place] for place in range(len(begun))]


def _anew(before: Issuance, fresh: Issuance, issuances: Issuances, at: datetime) -> Issuance:
    """Return the next attempt at an order that was begun before; an attempt nobody finished is abandoned first."""
    if before.state is IssuanceState.COMPLETED or (
        before.state is IssuanceState.INTENDED and not before.is_overdue(at)
    ):
        raise IssuanceInProgress(f"the order {before.business_number!r} is being carried out, or was a moment ago")
    if before.state is IssuanceState.INTENDED:
        before = before.abandoned("interrupted", at)
        issuances.end(before)
    return before.again(fresh)


def _happening(event: str, issuance: Issuance, by: Principal) -> Happening:
    facts = {
        "identifier": issuance.identifier.text,
        "type-version": str(issuance.type_version),
        "order": issuance.order,
        "attempt": str(issuance.attempt),
    }
    return Happening(event, issuance.id, str(by), facts | ({"address": issuance.address} if issuance.address else {}))


def _issued(issuance: Issuance, document: bytes) -> Issued:
    return Issued(
        issuance.business_number,
        issuance.identifier,
        document,
        issuance.address or "",
        issuance.ended_at or issuance.intended_at,
    )
