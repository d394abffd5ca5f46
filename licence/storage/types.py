"""The repositories of licence types and of the numbers given by their rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from licence.errors import LicenceTypeMissing
from licence.formats.identifier import LicenceIdentifier, LicenceTypeCode
from licence.model.licence_type import LicenceType
from licence.model.type_file import parse
from licence.storage.tables import numbers, types
from trust.storage.upsert import insert_for
from trust.values.credit_code import CreditCode

_NEWEST = select(types.c.body).where(types.c.code == bindparam("of_code")).order_by(types.c.version.desc()).limit(1)
_VERSION = select(types.c.body).where(types.c.code == bindparam("of_code"), types.c.version == bindparam("of_version"))
_ALL = select(types.c.body).order_by(types.c.code, types.c.version)


@dataclass(frozen=True, slots=True)
class LicenceTypes:
    """Licence types as one transaction sees them."""

    db: Connection

    def find_newest(self, code: LicenceTypeCode) -> LicenceType | None:
        """Return the newest version of a type, if it is registered."""
        body = self.db.execute(_NEWEST, {"of_code": code.text}).scalar()
        return None if body is None else parse(body)

    def get_newest(self, code: LicenceTypeCode) -> LicenceType:
        """Return the newest version of a type.

        Raises:
            LicenceTypeMissing: no such type is registered.
        """
        found = self.find_newest(code)
        if found is None:
            raise LicenceTypeMissing(f"the licence type {code} is not registered")
        return found

    def find(self, code: LicenceTypeCode, version: int) -> LicenceType | None:
        """Return one version of a type, if it is registered."""
        body = self.db.execute(_VERSION, {"of_code": code.text, "of_version": version}).scalar()
        return None if body is None else parse(body)

    def all(self) -> Sequence[LicenceType]:
        """Return every version of every type, in the order of the codes."""
        return [parse(body) for body in self.db.execute(_ALL).scalars()]

    def add(self, found: LicenceType, body: bytes, at: datetime) -> bool:
        """Register a version; returns whether it is new, and leaves one that is there as it is."""
        row = {
            "code": found.code.text,
            "version": found.version,
            "name": found.name,
            "body": body,
            "digest": found.digest,
            "registered_at": at,
        }
        statement = (
            insert_for(self.db, types)
            .on_conflict_do_nothing(index_elements=[types.c.code, types.c.version])
            .inline()
            .execution_options(preserve_rowcount=True)
        )
        return self.db.execute(statement, row).rowcount == 1


@dataclass(frozen=True, slots=True)
class Numbers:
    """The counts behind serials; none ever goes back."""

    db: Connection

    def give(self, asked: Sequence[tuple[LicenceType, CreditCode]], year: int) -> list[LicenceIdentifier]:
        """Return an identifier for each type and issuer asked for, in the order asked, as the types' rules number them.

        Raises:
            SerialsExhausted: a rule has no further one.
        """
        groups: dict[tuple[str, str, str], list[int]] = {}
        for place, (licence_type, issuer) in enumerate(asked):
            key = (licence_type.code.text, issuer.text, licence_type.serial.scope(year))
            groups.setdefault(key, []).append(place)
        found: dict[int, LicenceIdentifier] = {}
        for key in sorted(groups):  # in one order for all, so that two groups never wait for each other in a ring
            licence_type, issuer = asked[groups[key][0]]
            taken = self.take(licence_type.code, issuer, key[2], len(groups[key]))
            for place, number in zip(groups[key], taken, strict=True):
                serial = licence_type.serial.render(year, number)
                found[place] = LicenceIdentifier(licence_type.code, issuer, serial, 1)
        return [found[place] for place in range(len(asked))]

    def take(self, licence_type: LicenceTypeCode, issuer: CreditCode, scope: str, count: int) -> range:
        """Take the next numbers of a scope; whoever asks at the same time waits until this transaction ends."""
        fresh = insert_for(self.db, numbers).values(type=licence_type.text, issuer=issuer.text, scope=scope, last=count)
        statement = fresh.on_conflict_do_update(
            index_elements=[numbers.c.type, numbers.c.issuer, numbers.c.scope],
            set_={"last": numbers.c.last + count},
        ).returning(numbers.c.last)
        last: int = self.db.execute(statement).scalar_one()
        return range(last - count + 1, last + 1)
