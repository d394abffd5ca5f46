"""The repository of licences: what they say is encrypted, and their holders are found through a keyed index."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from sqlalchemy import Connection, Row, bindparam, select

from certs.sm import sm3
from licence.errors import LicenceExists, LicenceMissing
from licence.formats.identifier import LicenceIdentifier, LicenceTypeCode
from licence.formats.metadata import Metadata, from_pairs, to_pairs
from licence.model.licence import Licence, LicenceState
from licence.storage.tables import holders
from licence.storage.tables import licences as t
from trust.keys.fields import BlindIndex, Cell, FieldCipher
from trust.keys.ring import KeyRing
from trust.storage.upsert import insert_for
from trust.values.holder import HolderCode

FIELD_KEY: Final = "person-field"
INDEX_KEY: Final = "person-index"
_RESIDENT: Final = "111"

_GET = select(t).where(t.c.identifier == bindparam("of_identifier"))
_SOLE = select(t.c.sole).where(t.c.sole.in_(bindparam("of_soles", expanding=True))).limit(1)
_OF_HOLDER = (
    select(t)
    .join(holders, holders.c.licence == t.c.id)
    .where(holders.c.holder.in_(bindparam("of_holders", expanding=True)))
    .order_by(t.c.issued_at, t.c.id)
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What encrypts the fields of licences and looks their holders up; made once, for the ring is slow."""

    cipher: FieldCipher
    index: BlindIndex

    @classmethod
    def of(cls, ring: KeyRing) -> Self:
        """Return the secrets of a ring; raises KeyMissing."""
        return cls(FieldCipher.of(ring, FIELD_KEY), BlindIndex.of(ring, INDEX_KEY))

    def order_digests(self, spelling: bytes) -> tuple[str, ...]:
        """Return the digests that an order may have been recorded under, the one to record now first.

        They are keyed, for an order holds personal numbers that could otherwise be tried out.
        """
        return tuple(each.hex() for each in self.index.look_up("licence-order", sm3.digest(spelling).hex()))

    def holders(self, code: HolderCode) -> tuple[bytes, ...]:
        """Return the indexes of a holder's code, the one to write first.

        A resident's number has the index that says who is calling, so that a person finds what is hers.
        """
        kind = "person-number" if code.type.code == _RESIDENT else f"holder-code {code.type.code}"
        return self.index.look_up(kind, code.reveal())

    def soles(self, licence_type: LicenceTypeCode, code: HolderCode) -> tuple[bytes, ...]:
        """Return the indexes of a type and a holder together, the one to write first."""
        return self.index.look_up(f"sole {licence_type} {code.type.code}", code.reveal())


@dataclass(frozen=True, slots=True)
class Licences:
    """Licences as one transaction sees them."""

    db: Connection
    secrets: Secrets

    def get(self, identifier: LicenceIdentifier) -> Licence:
        """Return a licence.

        Raises:
            LicenceMissing: none has this identifier.
        """
        row = self.db.execute(_GET, {"of_identifier": identifier.text}).first()
        if row is None:
            raise LicenceMissing(f"there is no licence {identifier}")
        return self._licence(row)

    def of_holder(self, code: HolderCode) -> Sequence[Licence]:
        """Return every licence that a body or person holds, oldest first."""
        return [self._licence(row) for row in self.db.execute(_OF_HOLDER, {"of_holders": self.secrets.holders(code)})]

    def refuse_second(self, licence_type: LicenceTypeCode, codes: Iterable[HolderCode]) -> None:
        """Insist that no holder has a valid licence of a type of which there can be one alone.

        Raises:
            LicenceExists: one has.
        """
        soles = [each for code in codes for each in self.secrets.soles(licence_type, code)]
        if soles and self.db.execute(_SOLE, {"of_soles": soles}).first() is not None:
            raise LicenceExists(f"a holder has a valid licence of type {licence_type} already")

    def add_all(self, licences: Sequence[Licence]) -> None:
        """Record issued licences.

        Raises:
            LicenceExists: a holder was given one meanwhile, and may have one alone.
        """
        statement = (
            insert_for(self.db, t)
            .on_conflict_do_nothing(index_elements=[t.c.sole])
            .inline()
            .execution_options(preserve_rowcount=True)
        )
        # In one order for all, so that two groups with the same holders never wait for each other in a ring.
        rows = sorted((self._row(one) for one in licences), key=lambda row: row["sole"] or b"")
        added = self.db.execute(statement, rows if len(rows) > 1 else rows[0]).rowcount
        if added != len(rows):
            raise LicenceExists("a holder was given a licence of this type meanwhile")
        self.db.execute(
            holders.insert(),
            [
                {
                    "licence": one.id,
                    "position": position,
                    "holder_type": holder.code.type.code,
                    "holder": self.secrets.holders(holder.code)[0],
                }
                for one in licences
                for position, holder in enumerate(one.metadata.holders, start=1)
            ],
        )

    def _row(self, licence: Licence) -> dict[str, Any]:
        stated, identifier = licence.metadata, licence.metadata.identifier
        sole = self.secrets.soles(identifier.type, stated.holders[0].code)[0] if licence.single else None
        return {
            "id": licence.id,
            "identifier": identifier.text,
            "type": identifier.type.text,
            "type_version": licence.type_version,
            "issuer": identifier.issuer.text,
            "serial": identifier.serial,
            "version": identifier.version,
            "area": stated.area.code,
            "state": licence.state.value,
            "issued_on": stated.issued_on,
            "expires_on": stated.expires_on,
            "sealed_at": licence.sealed_at,
            "issued_at": licence.issued_at,
            "address": licence.address,
            "metadata": self.secrets.cipher.encrypt(_cell(licence.id), _encode(stated)),
            "sole": sole,
        }

    def _licence(self, row: Row[Any]) -> Licence:
        stored = self.secrets.cipher.decrypt(_cell(row.id), row.metadata)
        return Licence(
            id=row.id,
            metadata=from_pairs((name, value) for name, value in json.loads(stored)),
            type_version=row.type_version,
            single=row.sole is not None,
            sealed_at=row.sealed_at,
            issued_at=row.issued_at,
            address=row.address,
            state=LicenceState(row.state),
        )


def _cell(licence: str) -> Cell:
    return Cell(t.name, t.c.metadata.name, licence)


def _encode(stated: Metadata) -> str:
    return json.dumps(to_pairs(stated), ensure_ascii=False, separators=(",", ":"))
