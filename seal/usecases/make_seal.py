"""Make a seal: a key, the sealer's certificate, and the seal data signed by the seal maker (制章)."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from certs import certificate, name, oids, request
from certs.certificate import Certificate
from certs.name import Name
from certs.sm import sm3
from pki.api import Authority, IssueOrder
from seal.errors import KeyReused, SealOrderMalformed
from seal.model import evidence as gathered
from seal.model.seal import Seal, Standing
from seal.own_work import OwnWork
from seal.ses import writer
from seal.ses.seal_data import Picture
from seal.ses.writer import SealDraft
from seal.storage.seals import Maker, Seals
from trust.clock import Clock
from trust.keys.ring import KeyRing
from trust.recognition import registry
from trust.storage.unit_of_work import NewWork, UnitOfWork
from trust.values.credit_code import CreditCode
from trust.values.principal import Principal
from trust.values.region import Area

MAKER_KEY: Final = "seal-maker"
MAX_PICTURE_BYTES: Final = 1 << 20
MAX_NAME: Final = 100
ORGANISATION_SEAL: Final = 1

ReadWork = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class MakeOrder:
    """Ask for one seal.

    Attributes:
        key: chosen by whoever orders; the same key with the same order gives the same seal.
        division: which registers the seal and gives its code.
        name: what the seal says, as registered.
        picture: PNG with alpha and its size in millimetres.
        life: how long it may be used, within the certificates' lives.
    """

    key: str
    division: Area
    owner: CreditCode
    owner_name: str
    name: str
    picture: Picture
    life: timedelta
    kind: int = ORGANISATION_SEAL


@dataclass(frozen=True, slots=True)
class MakeSeal:
    """Make one seal; a making that was interrupted is carried on when the same order comes again."""

    reading: Callable[[], AbstractContextManager[Connection]]
    new_work: NewWork
    keys: KeyRing
    authority: Authority
    clock: Clock
    own_work: OwnWork
    vendor: str  # Vid in the seal's header
    maker: Name  # subject of the maker's certificate

    def __call__(self, order: MakeOrder, by: Principal) -> Seal:
        at = self.clock.now()

        # 1. Decide and record what we intend; whoever ordered the same before gets the same.
        seal = self._intend(order, by, at)
        if seal.standing is not Standing.IN_MAKING:
            return seal
        maker = self._maker(by, at)

        # 2. Keys and authority, with no transaction open.
        self.keys.create(seal.key, exist_ok=True)
        issued = self._issue("sealer", _sealer_name(seal), seal.key, f"seal {seal.id}", by)
        seal = replace(seal, valid_to=min(seal.valid_to, issued.not_after))
        info = writer.encode_seal_info(self._draft(seal, order.picture, issued))
        data = writer.encode_seal(info, maker.certificate, self.keys.signer(maker.key).sign(info))

        # 3. Check our own work with the verifier everyone else will use.
        involved = (issued, certificate.read(maker.certificate))
        proofs = gathered.join(self.authority.evidence(each) for each in involved)
        self.own_work.require_seal(data, proofs, self.clock.now())

        # 4. Record the result.
        made = seal.finished(issued.der, data)
        with self.new_work() as work:
            Seals(work.db).save(made)
            facts = {"digest": sm3.digest(data).hex(), "certificate": issued.fingerprint.hex()}
            work.journal.append("seal-made", str(made.id), str(by), facts)
        return made

    def _intend(self, order: MakeOrder, by: Principal, at: datetime) -> Seal:
        digest = _digest(order)
        with self.new_work() as work:
            seals = Seals(work.db)
            before = seals.find_by_order(order.key)
            if before is not None:
                if before[1] != digest:
                    raise KeyReused(f"the key {order.key!r} was used for another seal")
                return before[0]
            code = seals.next_id(order.division)
            start = at.replace(microsecond=0)
            seal = Seal(
                id=code,
                name=order.name,
                owner=order.owner,
                owner_name=order.owner_name,
                kind=order.kind,
                key=f"seal/{code}",
                width=order.picture.width,
                height=order.picture.height,
                made_at=start,
                valid_from=start,
                valid_to=start + order.life,
            )
            seals.add(seal, order.key, digest)
            work.journal.append("seal-intended", str(code), str(by), {"owner": order.owner.text, "order": digest})
        return seal

    def _maker(self, by: Principal, at: datetime) -> Maker:
        """Return the present seal maker; the first seal of a home sets it up and proposes it for the registry."""
        with self.reading() as db:
            maker = Seals(db).find_maker()
        if maker is not None:
            return maker
        self.keys.create(MAKER_KEY, exist_ok=True)
        issued = self._issue("seal-maker", self.maker, MAKER_KEY, MAKER_KEY, by)
        maker = Maker(MAKER_KEY, issued.der, issued.fingerprint.hex(), at)
        with self.new_work() as work:
            if Seals(work.db).find_maker() is None:
                self._install(work, maker, issued, by)
        return maker

    def _install(self, work: UnitOfWork, maker: Maker, issued: Certificate, by: Principal) -> None:
        Seals(work.db).add_maker(maker)
        entry = registry.Entry(
            id=f"seal-maker.{maker.fingerprint[:16]}",
            type=registry.EntryType.SEAL_MAKER,
            name=issued.subject.get(oids.COMMON_NAME) or MAKER_KEY,
            standings=(registry.Standing(registry.Status.GRANTED, issued.not_before),),
            purposes=registry.PURPOSES[registry.EntryType.SEAL_MAKER],
            basis="国办发〔2025〕33号",
            certificate=issued.der,
        )
        work.registry.propose(entry)
        work.journal.append("seal-maker-installed", entry.id, str(by), {"certificate": maker.fingerprint})

    def _issue(self, profile: str, subject: Name, key: str, once: str, by: Principal) -> Certificate:
        asked = request.build(subject, self.keys.signer(key))
        return self.authority.issue(IssueOrder(profile, asked, once), by).certificate

    def _draft(self, seal: Seal, picture: Picture, issued: Certificate) -> SealDraft:
        return SealDraft(
            vendor=self.vendor,
            seal_id=seal.id.text,
            kind=seal.kind,
            name=seal.name,
            certificates=[issued.der],
            created_at=seal.made_at,
            valid_from=seal.valid_from,
            valid_to=seal.valid_to,
            picture=picture,
        )


def _sealer_name(seal: Seal) -> Name:
    """Return the subject as government seals have it: credit code and name in O, the seal code in CN."""
    return name.build(
        [
            (oids.COUNTRY, "CN"),
            (oids.ORGANISATION, f"{seal.owner.text}{seal.owner_name}"),
            (oids.COMMON_NAME, seal.id.text),
        ]
    )


def _digest(order: MakeOrder) -> str:
    """Return the digest of everything that is ordered, and refuse what no seal can be.

    Raises:
        SealOrderMalformed: the message names the part.
    """
    for text, what in ((order.key, "key"), (order.name, "name"), (order.owner_name, "owner's name")):
        if not 1 <= len(text.strip()) <= MAX_NAME:
            raise SealOrderMalformed(f"the {what} has 1 to {MAX_NAME} characters")
    if order.picture.found_kind != order.picture.kind or not 1 <= len(order.picture.data) <= MAX_PICTURE_BYTES:
        raise SealOrderMalformed(f"the picture is not {order.picture.kind}, or larger than {MAX_PICTURE_BYTES} bytes")
    if not (1 <= order.picture.width <= 60 and 1 <= order.picture.height <= 60):
        raise SealOrderMalformed("a seal is at most 60 mm wide and high")
    if order.life <= timedelta():
        raise SealOrderMalformed("a seal is valid for some time")
    said = [
        order.division.code,
        order.owner.text,
        order.owner_name,
        order.name,
        order.kind,
        sm3.digest(order.picture.data).hex(),
        order.picture.width,
        order.picture.height,
        int(order.life.total_seconds()),
    ]
    return sm3.digest(json.dumps(said).encode()).hex()
