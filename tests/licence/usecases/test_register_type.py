"""Registering licence types: once, unchanged for ever, one version after the other."""

import pytest

from licence.errors import LayoutMalformed, LicenceTypeChanged, LicenceTypeMalformed
from licence.storage.types import LicenceTypes
from licence.usecases.register_type import RegisterType
from tests.support.clock import SettableClock
from tests.support.licence_house import TYPE
from tests.support.licences import TYPE_FILE
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal

BY = Principal.service("test")
FIRST = TYPE_FILE.read_bytes()
SECOND = FIRST.replace(b"\nversion = 1\n", b"\nversion = 2\n")


@pytest.fixture
def register(new_work: NewWork, clock: SettableClock) -> RegisterType:
    return RegisterType(new_work, clock)


def test_a_type_is_kept_as_it_came_and_registering_it_again_changes_nothing(
    register: RegisterType, database: Database
) -> None:
    found, is_new = register(FIRST, BY)
    assert (found.code, found.version, found.name, is_new) == (TYPE, 1, "营业执照", True)
    assert register(FIRST, BY) == (found, False)
    with database.reading() as db:
        assert LicenceTypes(db).get_newest(TYPE) is found
        assert db.exec_driver_sql("SELECT count(*) FROM trust_journal_entry").scalar() == 1


def test_a_registered_version_never_changes(register: RegisterType) -> None:
    register(FIRST, BY)
    with pytest.raises(LicenceTypeChanged):
        register(FIRST + b"# a further word\n", BY)


def test_versions_follow_one_another(register: RegisterType, database: Database) -> None:
    with pytest.raises(LicenceTypeChanged):
        register(SECOND, BY)
    register(FIRST, BY)
    assert register(SECOND, BY)[1] is True
    assert register(FIRST, BY)[1] is False
    with database.reading() as db:
        assert LicenceTypes(db).get_newest(TYPE).version == 2
        assert [each.version for each in LicenceTypes(db).all()] == [1, 2]


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        (b"seal = [231, 152]", b"", LicenceTypeMalformed),
        (b'item = "premises"', b'item = "stranger"', LicenceTypeMalformed),
        (b"box = [61, 74, 84, 11]", b"box = [61, 74, 840, 11]", LayoutMalformed),
    ],
)
def test_a_type_that_no_licence_could_be_made_by_is_refused(
    register: RegisterType, database: Database, old: bytes, new: bytes, refusal: type[Exception]
) -> None:
    assert old in FIRST
    with pytest.raises(refusal):
        register(FIRST.replace(old, new, 1), BY)
    with database.reading() as db:
        assert LicenceTypes(db).all() == []
