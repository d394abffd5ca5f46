"""Licences in tables: encrypted where they stand, found by identifier and holder, one of a kind where one may be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from licence.errors import LicenceExists, LicenceMissing
from licence.formats.metadata import Holder
from licence.model.licence import Licence
from licence.storage.licences import Licences, Secrets
from licence.storage.tables import licences as table
from tests.support.licences import FIRM, VALUES, metadata
from trust.keys.errors import FieldAltered
from trust.keys.files import FileKeyRing
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.holder import HolderCode

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
RESIDENT = "11010519491231002X"  # the example of GB 11643


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    ring = FileKeyRing.open(tmp_path / "keys")
    ring.create_secret("person-field", 16)
    ring.create_secret("person-index", 32)
    return Secrets.of(ring)


@pytest.fixture
def add(new_work: NewWork, secrets: Secrets) -> Callable[..., None]:
    def adding(*licences: Licence) -> None:
        with new_work() as work:
            Licences(work.db, secrets).add_all(licences)

    return adding


def licence(number: int, *, single: bool = False, code: HolderCode | None = None) -> Licence:
    holder = Holder("示例", code or HolderCode.parse("001", FIRM))
    return Licence(f"{number:032}", metadata(f"{number:012}", holders=(holder,)), 1, single, AT, AT, "a" * 64)


def test_a_licence_comes_back_as_it_was_put(database: Database, secrets: Secrets, add: Callable[..., None]) -> None:
    put = licence(1)
    add(put)
    with database.reading() as db:
        there = Licences(db, secrets)
        assert there.get(put.metadata.identifier) == put
        with pytest.raises(LicenceMissing):
            there.get(put.metadata.identifier.next_version())


def test_nothing_it_says_can_be_read_from_the_tables(database: Database, add: Callable[..., None]) -> None:
    add(licence(1, code=HolderCode.parse("111", RESIDENT)))
    with database.reading() as db:
        rows = [
            *db.exec_driver_sql("SELECT * FROM licence_licence"),
            *db.exec_driver_sql("SELECT * FROM licence_holder"),
        ]
    kept = b"".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)
    for value in (RESIDENT, VALUES["companyName"], VALUES["legalRepresentative"], VALUES["premises"]):
        assert value.encode() not in kept


def test_a_cell_moved_to_another_row_does_not_open(
    database: Database, secrets: Secrets, add: Callable[..., None]
) -> None:
    add(licence(1), licence(2))
    with database.writing() as db:
        moved = select(table.c.metadata).where(table.c.id == licence(1).id).scalar_subquery()
        db.execute(update(table).values(metadata=moved))
    with database.reading() as db, pytest.raises(FieldAltered):
        Licences(db, secrets).get(licence(2).metadata.identifier)


def test_holders_find_what_is_theirs(database: Database, secrets: Secrets, add: Callable[..., None]) -> None:
    person = HolderCode.parse("111", RESIDENT)
    add(licence(1), licence(2, code=person), licence(3, code=person))
    with database.reading() as db:
        there = Licences(db, secrets)
        assert [one.id[-1] for one in there.of_holder(person)] == ["2", "3"]
        assert [one.id[-1] for one in there.of_holder(HolderCode.parse("001", FIRM))] == ["1"]
    # A resident is found by the index that says who is calling.
    assert secrets.holders(person) == secrets.index.look_up("person-number", RESIDENT)


def test_where_one_may_be_valid_a_second_is_refused(
    new_work: NewWork, secrets: Secrets, add: Callable[..., None]
) -> None:
    first, second = licence(1, single=True), licence(2, single=True)
    with pytest.raises(LicenceExists):
        add(first, second)
    add(first)
    with pytest.raises(LicenceExists):
        add(second)
    with new_work() as work, pytest.raises(LicenceExists):
        Licences(work.db, secrets).refuse_second(first.metadata.identifier.type, [first.metadata.holders[0].code])
    add(replace(second, single=False))
