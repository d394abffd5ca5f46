"""Versions of the levels, kept on both databases and parsed once."""

from datetime import timedelta

import pytest

from idp.errors import LevelsChanged
from idp.model.equivalence import Equivalence
from idp.model.ladder_data import packaged
from idp.storage.levels import Levels
from tests.support.clock import SettableClock
from trust.storage.database import Database
from trust.values.assurance import Rank

SHORTER = packaged().replace("decays = 600", "decays = 400", 1)


def test_a_fresh_province_has_the_packaged_table(database: Database) -> None:
    with database.reading() as db:
        levels = Levels(db)
        assert (levels.version(), levels.text(), levels.history()) == (1, packaged(), [])
        assert levels.ladder() is levels.ladder()


def test_a_new_version_counts_at_once_and_is_parsed_once(database: Database, clock: SettableClock) -> None:
    with database.writing() as db:
        assert Levels(db).add(SHORTER, "示例〔2026〕1号", "operator os:test", clock.now()) == 2
    with database.reading() as db:
        levels = Levels(db)
        ladder = levels.ladder()
        assert ladder.data.levels[3].decays is not None
        assert ladder.data.levels[3].decays.total_seconds() == 400
        assert ladder is levels.ladder()
        assert (levels.version(), levels.text()) == (2, SHORTER)
        assert [(one.version, one.basis, one.since) for one in levels.history()] == [
            (2, "示例〔2026〕1号", clock.now())
        ]


def test_what_is_rolled_back_counts_for_nobody(database: Database, clock: SettableClock) -> None:
    with database.engine.connect() as db:
        Levels(db).add(SHORTER, "x", "y", clock.now())
        assert Levels(db).version() == 2
        assert Levels(db).ladder().data.levels[3].decays == timedelta(seconds=400)
        db.rollback()
    with database.reading() as db:
        assert (Levels(db).version(), Levels(db).text()) == (1, packaged())


def test_the_same_number_twice_is_refused(
    database: Database, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as db:
        Levels(db).add(SHORTER, "x", "y", clock.now())
    monkeypatch.setattr(Levels, "version", lambda _: 1)
    with pytest.raises(LevelsChanged), database.writing() as db:
        Levels(db).add(packaged(), "x", "y", clock.now())


def test_what_a_foreign_level_was_worth_ends_where_the_next_row_begins(
    database: Database, clock: SettableClock
) -> None:
    first = clock.now()
    with database.writing() as db:
        Levels(db).equate(Equivalence("gd", "L3", Rank(3), "示例〔2026〕1号", first), "test")
        Levels(db).add(packaged(), "x", "test", first)
    clock.advance(timedelta(days=1))
    second = clock.now()
    with database.writing() as db:
        Levels(db).equate(Equivalence("gd", "L3", Rank(4), "示例〔2026〕2号", second), "test")
        Levels(db).add(packaged(), "x", "test", second)
    with database.reading() as db:
        ladder = Levels(db).ladder()
        assert [one.until for one in Levels(db).equivalences()] == [second, None]
    assert (ladder.foreign("gd", "L3", first), ladder.foreign("gd", "L3", second)) == (Rank(3), Rank(4))
