"""Changing levels is one transaction with its line in the journal, and asks for a document."""

import pytest
from sqlalchemy import text

from idp.errors import EquivalenceMissing
from idp.model.equivalence import EquivalenceMalformed
from idp.model.ladder_data import LevelsMalformed, packaged
from idp.storage.levels import Levels
from idp.usecases.change_levels import ChangeLevels
from idp.usecases.equate_level import EquateLevel
from tests.support.clock import SettableClock
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank
from trust.values.principal import Principal

BY = Principal.service("test")
BASIS = "示例〔2026〕1号"
CHANGED = packaged().replace('zh = "实人"', 'zh = "高级"')


def entries(database: Database) -> int:
    with database.reading() as db:
        return int(db.execute(text("SELECT count(*) FROM trust_journal_entry")).scalar_one())


def test_a_change_is_in_the_journal_and_repeating_it_is_not(
    database: Database, new_work: NewWork, clock: SettableClock
) -> None:
    change = ChangeLevels(new_work, clock)
    assert change(CHANGED, BASIS, BY) == (2, True)
    assert entries(database) == 1
    assert change(CHANGED, BASIS, BY) == (2, False)
    assert change(packaged(), BASIS, BY) == (3, True)
    assert entries(database) == 2


@pytest.mark.parametrize(("table", "basis"), [(CHANGED, " "), (CHANGED, "x" * 201), ("", BASIS)])
def test_what_is_refused_leaves_no_trace(
    database: Database, new_work: NewWork, clock: SettableClock, table: str, basis: str
) -> None:
    with pytest.raises(LevelsMalformed):
        ChangeLevels(new_work, clock)(table, basis, BY)
    assert entries(database) == 0


def test_an_equivalence_makes_a_version_and_keeps_the_table(
    database: Database, new_work: NewWork, clock: SettableClock
) -> None:
    equate = EquateLevel(new_work, clock)
    assert equate("gd", "L3", Rank(3), BASIS, BY) == 2
    with database.reading() as db:
        assert Levels(db).ladder().foreign("gd", "L3", clock.now()) == Rank(3)
        assert Levels(db).text() == packaged()
    assert equate("gd", "L3", Rank(4), BASIS, BY) == 3  # in the same instant
    with database.reading() as db:
        assert Levels(db).ladder().foreign("gd", "L3", clock.now()) == Rank(4)
    assert equate("gd", "L3", None, BASIS, BY) == 4
    with database.reading() as db:
        assert Levels(db).ladder().foreign("gd", "L3", clock.now()) == Rank(0)
    assert entries(database) == 3


def test_nothing_ends_that_is_not_there_and_five_wants_a_treaty(
    database: Database, new_work: NewWork, clock: SettableClock
) -> None:
    equate = EquateLevel(new_work, clock)
    with pytest.raises(EquivalenceMissing):
        equate("gd", "L3", None, BASIS, BY)
    with pytest.raises(EquivalenceMalformed):
        equate("gd", "L3", Rank(5), BASIS, BY)
    with pytest.raises(EquivalenceMalformed):
        equate("gd", "L3", Rank(3), "", BY)
    assert entries(database) == 0
    assert equate("gd", "L3", Rank(5), BASIS, BY, treaty=True) == 2
