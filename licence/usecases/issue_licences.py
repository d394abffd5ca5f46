"""Issue a group of licences, and keep proof of who asked, under which number, and what came of it."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from licence.errors import BusinessNumberReused, IssuanceInProgress, LicenceOrderMalformed
from licence.formats.identifier import LicenceIdentifier, LicenceTypeCode
from licence.formats.metadata import CHINA
from licence.making import Begun, Made, MakeLicences
from licence.model.filling import Filled, fill
from licence.model.issuance import LONGEST, Issuance, IssuanceState
from licence.model.licence import Licence
from licence.model.licence_type import LicenceType
from licence.model.order import LicenceOrder
from licence.model.permission import permit
from licence.storage.issuances import Issuances
from licence.storage.licences import Licences, Secrets
from licence.storage.types import LicenceTypes, Numbers
from seal.api import MAX_ORDERS, SealCard, SealId
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
class _Draft:
    """An order checked as far as it can be without a number."""

    order: LicenceOrder
    digest: str
    type: LicenceType
    seal: SealCard
    filled: Filled


@dataclass(frozen=True, slots=True)
class IssueLicences:
    """Issue licences: one intent and one result for the group, and the seal in between with no transaction open."""

    reading: Callable[[], AbstractContextManager[Connection]]  # a glance without a lock
    new_work: NewWork
    make: MakeLicences
    objects: ObjectStore
    clock: Clock
    secrets: Secrets

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
        done, drafts = self._glance(orders, by, at)
        if drafts:
            begun = self._intend(drafts, by, at)
            try:
                # 2. Lay out, and have it sealed with no transaction open.
                # 3. Check our own work with the verifier everyone else will use.
                made = self.make(begun, by)
                # 4. Keep the files, then record the results; only then anything gets out.
                done |= self._record(made, by)
            except BaseException as refused:
                self._abandon(begun, refused, by)
                raise
        return tuple(done[order.business_number] for order in orders)

    def _glance(
        self, orders: Sequence[LicenceOrder], by: Principal, at: datetime
    ) -> tuple[dict[str, Issued], list[_Draft]]:
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
        seals = {seal: self.make.stamper.seal(seal) for seal in {order.seal for order in waiting}}
        self._permit(waiting, seals, at)
        today = at.astimezone(CHINA).date()
        return done, [
            _Draft(
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
        anchors = self.make.registry.anchors(at)
        for issuer, licence_type, area in {(seals[one.seal].owner, one.type, one.area) for one in orders}:
            permit(anchors, issuer, licence_type, area, at)

    def _intend(self, drafts: Sequence[_Draft], by: Principal, at: datetime) -> list[Begun]:
        """Number the group and record its intents; whoever intends the same at the same time waits for us."""
        with self.new_work() as work:
            issuances = Issuances(work.db)
            known = issuances.find(str(by), [one.order.business_number for one in drafts])
            self._refuse_second(work, drafts)
            asked = [(one.type, one.seal.owner) for one in drafts]
            begun = []
            for one, identifier in zip(drafts, Numbers(work.db).give(asked, at.astimezone(CHINA).year), strict=True):
                issuance = Issuance(
                    id=secrets.token_hex(16),
                    by=str(by),
                    business_number=one.order.business_number,
                    order=one.digest,
                    identifier=identifier,
                    type_version=one.type.version,
                    intended_at=at,
                )
                if one.order.business_number in known:
                    issuance = _anew(known[one.order.business_number], issuance, issuances, at)
                begun.append(Begun(one.order, one.type, one.seal, one.filled, issuance))
            issuances.intend([one.issuance for one in begun])
            ids = [one.issuance.id for one in begun]
            work.jobs.put(RESOLVE, secrets.token_hex(16), {"issuances": ids}, at + LONGEST)
            work.journal.append_all(_happening("licence-intended", one.issuance, by) for one in begun)
        return begun

    def _refuse_second(self, work: UnitOfWork, drafts: Sequence[_Draft]) -> None:
        by_type: dict[LicenceTypeCode, list[_Draft]] = {}
        for one in drafts:
            if one.type.single:
                by_type.setdefault(one.type.code, []).append(one)
        for code, orders in by_type.items():
            Licences(work.db, self.secrets).refuse_second(code, [one.filled.holder.code for one in orders])

    def _record(self, made: Sequence[Made], by: Principal) -> dict[str, Issued]:
        addresses = [self.objects.put(one.document) for one in made]
        at = self.clock.now()
        ended = [one.begun.issuance.completed(address, at) for one, address in zip(made, addresses, strict=True)]
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

    def _abandon(self, begun: Sequence[Begun], refused: BaseException, by: Principal) -> None:
        """Give the group up at once, so that the order may come again; if that fails too, the job does it later."""
        reason, at = describe(refused).code, self.clock.now()
        with suppress(TrustError), self.new_work() as work:
            for one in begun:
                Issuances(work.db).end(one.issuance.abandoned(reason, at))
                work.journal.append("licence-abandoned", one.issuance.id, str(by), {"reason": reason})

    def _issued(self, issuance: Issuance) -> Issued:
        return _issued(issuance, self.objects.get(issuance.address or ""))


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
