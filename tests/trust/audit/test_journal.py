"""An entry is part of the act: committed with it, or neither happened."""

import pytest
from sqlalchemy import text

from trust.audit.errors import EntryMalformed
from trust.audit.journal import Happening
from trust.errors import Kind
from trust.storage.database import Database
from trust.storage.errors import StorageUnavailable
from trust.storage.unit_of_work import NewWork

_NASTY = "a\x00b\r\n\u2028\x1b[2K\ud800" + "\u202e"


def test_entries_come_back_as_they_were_written(new_work: NewWork) -> None:
    with new_work() as work:
        work.journal.append("licence-issued", "licence/1", "clerk 7", {"number": "1"})
        work.journal.append_all(
            [Happening("licence-frozen", "licence/1", "clerk 8"), Happening("licence-issued", "licence/2", "clerk 8")]
        )
        work.journal.append_all([])
        found = list(work.journal.about("licence/1"))
    assert [(number, entry.event, entry.by) for number, entry in found] == [
        (None, "licence-issued", "clerk 7"),
        (None, "licence-frozen", "clerk 8"),
    ]
    assert found[0][1].facts == '{"number":"1"}'


def test_nasty_text_is_stored_on_both_databases(new_work: NewWork) -> None:
    with new_work() as work:
        work.journal.append("login-failed", _NASTY, _NASTY, {"note": _NASTY, "large": "x" * 1_000_000})
    with new_work() as work:
        row = work.db.execute(text('SELECT subject, "by", facts FROM trust_journal_entry')).one()
    assert all(each.isprintable() for each in row)


def test_a_journal_that_cannot_be_written_stops_the_act(new_work: NewWork, database: Database) -> None:
    with database.writing() as db:
        db.execute(text("ALTER TABLE trust_journal_entry RENAME TO away"))

    def act() -> None:
        with new_work() as work:
            work.jobs.put("issue", "1", {})
            work.journal.append("licence-issued", "licence/1", "clerk 7")

    with pytest.raises(Exception, match=r"trust_journal_entry|not available"):
        act()
    with database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM trust_job")).scalar() == 0


def test_a_full_disk_refuses_the_act_and_says_try_again(sqlite_database: Database) -> None:
    def fill() -> None:
        with sqlite_database.writing() as db:
            pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
            db.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            for number in range(10_000):
                db.execute(
                    text('INSERT INTO trust_journal_entry (nonce, at, event, subject, "by", facts, mac)'
                         " VALUES (:n, '2026-01-01 00:00:00.000000', 'a', :s, 'c', '{}', x'00')"),
                    {"n": str(number), "s": "x" * 1_000},
                )  # fmt: skip

    with pytest.raises(StorageUnavailable) as caught:
        fill()
    assert caught.value.kind is Kind.UNAVAILABLE
    with sqlite_database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM trust_journal_entry")).scalar() == 0


def test_a_malformed_entry_is_refused(new_work: NewWork) -> None:
    with pytest.raises(EntryMalformed), new_work() as work:
        work.journal.append("Not A Name", "a", "b")
