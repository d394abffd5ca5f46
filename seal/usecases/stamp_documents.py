"""Seal a group of documents, and keep proof of who asked and what was signed."""

import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from certs import certificate
from certs.errors import CertsError
from certs.sm import sm3
from pki import api as pki
from seal.api import MAX_ORDERS, Stamped, StampOrder
from seal.errors import KeyReused, SealOrderMalformed, StampingInProgress
from seal.model import evidence as gathered
from seal.model.permission import permit
from seal.model.seal import Seal, SealId
from seal.model.stamping import LONGEST, Stamping, StampingState
from seal.ofd import signing
from seal.ofd.package import EVIDENCE, open_package
from seal.ofd.signatures_writer import Provider
from seal.ofd.signing import Prepared
from seal.ofd.zip_writer import Compress, deflate
from seal.own_work import OwnWork
from seal.ses import writer
from seal.ses.seal_data import Seal as Sealed
from seal.storage.seals import Seals, distinct
from seal.storage.stampings import Stampings
from trust.audit.journal import Happening
from trust.clock import Clock
from trust.errors import TrustError, describe
from trust.keys.ring import KeyRing
from trust.recognition import evidence
from trust.recognition.evidence import Evidence
from trust.storage.objects import ObjectStore
from trust.storage.unit_of_work import NewWork, UnitOfWork
from trust.values.principal import Principal

RESOLVE: Final = "seal.interrupted-stamping"  # the kind of job that ends what was interrupted
MAX_KEY: Final = 200

ReadWork = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class _Begun:
    """One order on its way: what it needs from beat to beat."""

    order: StampOrder
    seal: Seal
    prepared: Prepared
    carried: Evidence | None
    stamping: Stamping


@dataclass(frozen=True, slots=True)
class StampDocuments:
    """Seal documents: one intent and one result for the group, and the keys in between with no transaction open."""

    reading: ReadWork  # a glance without a lock
    new_work: NewWork
    keys: KeyRing
    authority: pki.Authority
    objects: ObjectStore
    clock: Clock
    provider: Provider
    own_work: OwnWork
    compress: Compress = deflate

    def __call__(self, orders: Sequence[StampOrder], by: Principal) -> tuple[Stamped, ...]:
        at = self.clock.now()
        digests = _check(orders)

        # 1. Prepare without a lock, then decide and record what we intend before any key is used.
        done, seals = self._glance(orders, digests, by)
        begun = [self._prepare(order, digests[order.key], seals, by, at) for order in orders if order.key not in done]
        if begun:
            begun = self._intend(begun, by, at)
            try:
                # 2. Use the keys with no transaction open: machines and networks are slow.
                # 3. Check our own work with the verifier everyone else will use.
                documents = self._sign(begun, at)
                # 4. Keep the files, then record the results; a seal frozen meanwhile refuses, and nothing gets out.
                done |= self._record(begun, documents, by)
            except (TrustError, CertsError) as refused:
                self._abandon(begun, refused, by)
                raise
        return tuple(done[order.key] for order in orders)

    def _glance(
        self, orders: Sequence[StampOrder], digests: dict[str, str], by: Principal
    ) -> tuple[dict[str, Stamped], dict[SealId, Seal]]:
        """Return the results of orders carried out before, and the seals the others need."""
        with self.reading() as db:
            known = Stampings(db).find(str(by), digests)
            _refuse_others(known, digests)
            ended = {key: one for key, one in known.items() if one.state is StampingState.COMPLETED}
            wanted = {order.seal for order in orders if order.key not in ended}
            seals = {one: Seals(db).get(one) for one in distinct(wanted)}
        return {key: _stamped(one, self.objects.get(one.address or "")) for key, one in ended.items()}, seals

    def _prepare(
        self, order: StampOrder, digest: str, seals: dict[SealId, Seal], by: Principal, at: datetime
    ) -> _Begun:
        seal = seals[order.seal]
        permit(seal, by, at)
        package = open_package(order.document)
        prepared = signing.prepare(
            package,
            signing.Picture(seal.data, seal.width, seal.height),
            order.placements,
            at=at,
            provider=self.provider,
            protection=order.protection,
            compress=self.compress,
        )
        stamping = Stamping(
            id=secrets.token_hex(16),
            by=str(by),
            key=order.key,
            order=digest,
            seal=seal.id,
            revision=seal.revision,
            signature_id=prepared.signature_id,
            data_hash=prepared.data_hash.hex(),
            intended_at=at,
        )
        carried = evidence.decode(package.members[EVIDENCE]) if EVIDENCE in package else None
        return _Begun(order, seal, prepared, carried, stamping)

    def _intend(self, begun: Sequence[_Begun], by: Principal, at: datetime) -> list[_Begun]:
        """Record the group's intents; whoever intends the same order at the same time waits for us."""
        with self.new_work() as work:
            for seal in self._unchanged(work, begun):
                permit(seal, by, at)
            stampings = Stampings(work.db)
            known = stampings.find(str(by), [one.order.key for one in begun])
            result = [
                replace(one, stamping=_anew(known[one.order.key], one.stamping, stampings, at))
                if one.order.key in known
                else one
                for one in begun
            ]
            stampings.intend([one.stamping for one in result])
            work.jobs.put(
                RESOLVE, secrets.token_hex(16), {"stampings": [one.stamping.id for one in result]}, at + LONGEST
            )
            work.journal.append_all(_happening("stamping-intended", one.stamping, by) for one in result)
        return result

    def _sign(self, begun: Sequence[_Begun], at: datetime) -> list[bytes]:
        """Sign, stamp the time of, complete and examine every document of the group."""
        to_sign = [
            writer.encode_to_sign(one.seal.data, at, one.prepared.data_hash, one.prepared.property_info)
            for one in begun
        ]
        signers = {one.seal.key: self.keys.signer(one.seal.key) for one in begun}
        values = [signers[one.seal.key].sign(message) for one, message in zip(begun, to_sign, strict=True)]
        times = self.authority.timestamp_all(values)
        proofs = self._proofs(begun)
        bundles = {seal: evidence.encode(gathered.join(found)) for seal, found in proofs.items()}
        documents = []
        for one, message, value, time in zip(begun, to_sign, values, times, strict=True):
            sealing = writer.encode_sealing(message, one.seal.certificate, value, time_stamp=time.token)
            bundle = bundles[one.seal.id]
            if one.carried is not None:
                bundle = evidence.encode(gathered.join(proofs[one.seal.id], one.carried))
            document = signing.embed(one.prepared, sealing, bundle)
            self.own_work.require_sealed(document, one.prepared.signature_id, self.clock.now())
            documents.append(document)
        return documents

    def _record(self, begun: Sequence[_Begun], documents: Sequence[bytes], by: Principal) -> dict[str, Stamped]:
        addresses = [self.objects.put(document) for document in documents]
        at = self.clock.now()
        ended = [one.stamping.completed(address, at) for one, address in zip(begun, addresses, strict=True)]
        with self.new_work() as work:
            for seal in self._unchanged(work, begun):
                permit(seal, by, at)
            for stamping in ended:
                Stampings(work.db).end(stamping)
            work.journal.append_all(_happening("document-stamped", one, by) for one in ended)
        return {one.key: _stamped(one, document) for one, document in zip(ended, documents, strict=True)}

    def _abandon(self, begun: Sequence[_Begun], refused: Exception, by: Principal) -> None:
        """Give the group up at once, so that the order may come again; if that fails too, the job does it later."""
        reason, at = describe(refused).code, self.clock.now()
        with suppress(TrustError), self.new_work() as work:
            for one in begun:
                Stampings(work.db).end(one.stamping.abandoned(reason, at))
                work.journal.append("stamping-abandoned", one.stamping.id, str(by), {"reason": reason})

    def _unchanged(self, work: UnitOfWork, begun: Sequence[_Begun]) -> Iterable[Seal]:
        """Lock the seals of the group, in one order for all groups, and insist that they are as they were read."""
        read = {one.seal.id: one.seal for one in begun}
        return [Seals(work.db).unchanged(read[seal]) for seal in distinct(read)]

    def _proofs(self, begun: Sequence[_Begun]) -> dict[SealId, list[pki.Evidence]]:
        """Gather chains and current status of sealer, maker and time-stamp authority, once for each seal."""
        stamper = self.authority.evidence(self.authority.stamper())
        proofs: dict[SealId, list[pki.Evidence]] = {}
        for one in begun:
            if one.seal.id not in proofs:
                made = Sealed.decode(one.seal.data)
                involved = (one.seal.certificate, made.maker_certificate)
                proofs[one.seal.id] = [*(self.authority.evidence(certificate.read(each)) for each in involved), stamper]
        return proofs


def _check(orders: Sequence[StampOrder]) -> dict[str, str]:
    """Return the digest of each order by its idempotency key.

    Raises:
        SealOrderMalformed: nothing is ordered, too much, or two things under one key.
    """
    if not 1 <= len(orders) <= MAX_ORDERS:
        raise SealOrderMalformed(f"a group of {len(orders)} orders; 1 to {MAX_ORDERS}")
    digests = {order.key: _digest(order) for order in orders}
    if len(digests) != len(orders) or not all(1 <= len(key) <= MAX_KEY for key in digests):
        raise SealOrderMalformed(f"each order needs an idempotency key of its own, of 1 to {MAX_KEY} characters")
    return digests


def _digest(order: StampOrder) -> str:
    said = {
        "document": sm3.digest(order.document).hex(),
        "seal": order.seal.text,
        "placements": [[type(one).__name__, asdict(one)] for one in order.placements],
        "protection": order.protection.value,
    }
    return sm3.digest(json.dumps(said, sort_keys=True, default=lambda edge: edge.value).encode()).hex()


def _refuse_others(known: dict[str, Stamping], digests: dict[str, str]) -> None:
    for key, stamping in known.items():
        if stamping.order != digests[key]:
            raise KeyReused(f"the key {key!r} was used for another order")


def _anew(before: Stamping, fresh: Stamping, stampings: Stampings, at: datetime) -> Stamping:
    """Return the next attempt at an order that was begun before; an attempt nobody finished is abandoned first."""
    if before.state is StampingState.COMPLETED or (
        before.state is StampingState.INTENDED and not before.is_overdue(at)
    ):
        raise StampingInProgress(f"the order {before.key!r} is being carried out, or was a moment ago")
    if before.state is StampingState.INTENDED:
        before = before.abandoned("interrupted", at)
        stampings.end(before)
    return before.again(fresh)


def _happening(event: str, stamping: Stamping, by: Principal) -> Happening:
    facts = {
        "seal": stamping.seal.text,
        "order": stamping.order,
        "data-hash": stamping.data_hash,
        "signature": stamping.signature_id,
        "attempt": str(stamping.attempt),
    }
    return Happening(event, stamping.id, str(by), facts | ({"address": stamping.address} if stamping.address else {}))


def _stamped(stamping: Stamping, document: bytes) -> Stamped:
    ended = stamping.ended_at or stamping.intended_at
    return Stamped(stamping.key, document, stamping.address or "", stamping.signature_id, ended)
