"""Numbers without gap or double, heads that never contradict each other, whatever is interrupted where."""

import gc
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select, text

from tests.support.clock import SettableClock
from tests.support.database import address, opened
from tests.support.journal import KEY, LOG_KEY, ORIGIN, JournalUnderTest
from trust.audit.errors import JournalForked
from trust.audit.journal import entry_of
from trust.audit.sequencer import Sequencer, Tree
from trust.audit.tables import journal_entries
from trust.storage.database import Database
from trust.transparency import merkle
from trust.transparency.errors import ProofRejected
from trust.usecases.prove_entry import EntryNotCovered, ProveEntry
from trust.usecases.verify_journal import VerifyJournal


@pytest.fixture
def journal(database: Database, tmp_path: Path, clock: SettableClock) -> JournalUnderTest:
    return JournalUnderTest(database, tmp_path, clock)


def _numbers(journal: JournalUnderTest) -> list[tuple[int | None, str]]:
    with journal.database.reading() as db:
        rows = db.execute(select(journal_entries.c.leaf_index, journal_entries.c.subject).order_by("leaf_index"))
        return [(row.leaf_index, row.subject) for row in rows]


def test_entries_are_numbered_in_order_and_the_head_covers_them(journal: JournalUnderTest) -> None:
    journal.append(0, 1, 2)
    journal.append(3)
    assert journal.sequence() == 4
    assert _numbers(journal) == [(n, f"thing/{n}") for n in range(4)]
    head = journal.head_keys.open(journal.heads.read() or "")
    assert (head.origin, head.size) == (ORIGIN, 4)
    with journal.database.reading() as db:
        rows = db.execute(select(journal_entries).order_by(journal_entries.c.leaf_index)).all()
    leaves = [merkle.leaf_hash(entry_of(row).encode()) for row in rows]
    assert head.root == merkle.full_root(leaves)


def test_nothing_new_means_no_new_head(journal: JournalUnderTest) -> None:
    assert journal.sequence() == 0
    assert journal.heads.read() is None
    journal.append(0)
    journal.sequence()
    note = journal.heads.read()
    assert journal.sequence() == 0
    assert journal.sequence.sign_head() is None
    assert journal.heads.read() == note


def test_many_entries_are_numbered_in_several_steps(journal: JournalUnderTest) -> None:
    journal.append(*range(2_300))
    with journal.database.writing() as db:
        assert Sequencer(db, (KEY,)).number() == 1_000
    assert journal.sequence() == 1_300
    report = journal.verify()
    assert (report.intact, report.size, report.waiting, report.heads) == (True, 2_300, 0, 1)
    with journal.database.reading() as db:
        shape = db.execute(text("SELECT level, position, length(hashes) FROM trust_journal_tile ORDER BY 1, 2")).all()
    assert [tuple(row) for row in shape] == [*((0, n, 8192) for n in range(8)), (0, 8, 252 * 32), (1, 0, 8 * 32)]


def test_an_entry_that_commits_late_is_numbered_late_and_not_forgotten(
    postgres_database: Database, tmp_path: Path, clock: SettableClock
) -> None:
    journal = JournalUnderTest(postgres_database, tmp_path, clock)
    with journal.new_work() as early:
        early.journal.append("thing-done", "late", "operator os:test")
        journal.append(1)
        assert journal.sequence() == 1
    assert journal.sequence() == 1
    assert _numbers(journal) == [(0, "thing/1"), (1, "late")]
    assert journal.verify().intact


def test_a_second_sequencer_finds_nothing_to_do(
    postgres_database: Database, tmp_path: Path, clock: SettableClock
) -> None:
    journal = JournalUnderTest(postgres_database, tmp_path, clock)
    journal.append(1)
    with postgres_database.writing() as db:
        assert Sequencer(db, (KEY,)).number() == 1
        assert journal.sequence.number() == 0
    assert journal.verify().size == 1


def test_several_sequencers_and_writers_at_once_leave_no_gap(journal: JournalUnderTest) -> None:
    faults: list[BaseException] = []
    writing = threading.Event()

    def guarded(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as fault:
            faults.append(fault)
            raise

    def write() -> None:
        for n in range(40):
            journal.append(n)

    def sequence() -> None:
        while not writing.is_set():
            journal.sequence.number()

    writers = [threading.Thread(target=guarded, args=(write,)) for _ in range(4)]
    sequencers = [threading.Thread(target=guarded, args=(sequence,)) for _ in range(3)]
    for thread in (*writers, *sequencers):
        thread.start()
    for thread in writers:
        thread.join()
    writing.set()
    for thread in sequencers:
        thread.join()
    journal.sequence()
    assert faults == []
    assert [number for number, _ in _numbers(journal)] == list(range(160))
    assert journal.verify().intact


class _CrashError(BaseException):
    """The process dies here."""


class _DyingProcess:
    """Counts what a sequencer does to database and disk, and dies before the step it is told."""

    def __init__(self, url: str, die_at: int = 0) -> None:
        self.database = Database.open(url)
        self.die_at = die_at
        self.count = 0
        self._raw: list[Any] = []
        for engine in (self.database.engine, self.database.readers):
            for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
                event.listen(engine, name, self.step)
        event.listen(self.database.engine, "connect", lambda connection, _: self._raw.append(connection))

    def step(self, *_arguments: Any) -> None:
        self.count += 1
        if self.count == self.die_at:
            raise _CrashError

    def around(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """The same act with a point to die before it and one after it."""

        def traced(*arguments: Any) -> Any:
            self.step()
            result = act(*arguments)
            self.step()
            return result

        return traced

    def close(self) -> None:
        """What the kernel does for a dead process: close its connections, whatever they were at."""
        for connection in self._raw:
            with suppress(sqlite3.Error, psycopg.Error):  # some the engine has closed already
                connection.rollback()
            connection.close()
        self.database.close()
        gc.collect()  # SQLite keeps its lock while a cursor of the interrupted frames lives


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_crash_between_any_two_steps_leaves_no_gap_and_no_double(
    kind: str, tmp_path: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with address(kind, tmp_path) as url:
        database = Database.open(url)
        journal = JournalUnderTest(database, tmp_path, clock)
        total, die_at, crashed = 0, 0, True
        while crashed:
            die_at += 1
            journal.append(*range(total, total + 3))
            total += 3
            dying = _DyingProcess(url, die_at)
            with monkeypatch.context() as patched:
                patched.setattr(os, "fsync", dying.around(os.fsync))
                patched.setattr(Path, "replace", dying.around(Path.replace))
                try:
                    JournalUnderTest(dying.database, tmp_path, clock).sequence()
                except _CrashError:
                    crashed = True
                else:
                    crashed = False
                dying.close()
            if die_at % 2:  # every other time the next crash meets what this one left
                journal.sequence()
                assert [number for number, _ in _numbers(journal)] == list(range(total))
                assert journal.verify().intact
        journal.sequence()
        report = journal.verify()
        database.close()
    assert die_at > 25, "fewer steps than the sequencer takes"
    assert (report.intact, report.size, report.waiting) == (True, total, 0)


def test_a_database_put_back_gets_no_head(tmp_path: Path, clock: SettableClock) -> None:
    with opened("sqlite", tmp_path) as database:
        journal = JournalUnderTest(database, tmp_path, clock)
        journal.append(0, 1, 2)
        journal.sequence()
        with database.engine.connect() as db:
            db.exec_driver_sql("COMMIT")
            db.exec_driver_sql(f"VACUUM INTO '{tmp_path}/yesterday'")
            db.exec_driver_sql("BEGIN")
        journal.append(3, 4)
        journal.sequence()
    shutil.copyfile(tmp_path / "yesterday", tmp_path / "again.db")
    restored = Database.open(f"sqlite:///{tmp_path}/again.db")
    journal = JournalUnderTest(restored, tmp_path, clock)
    note = journal.heads.read()
    with pytest.raises(JournalForked, match="3 entries where a signed head counts 5"):
        journal.sequence()
    journal.append(5, 6, 7)
    with pytest.raises(JournalForked, match="not those of the signed head"):
        journal.sequence()
    assert journal.heads.read() == note
    assert journal.verify().first_bad == 3
    restored.close()


def test_a_head_that_is_not_ours_stops_signing(journal: JournalUnderTest) -> None:
    journal.append(0)
    journal.sequence()
    journal.heads.write("nonsense")
    journal.append(1)
    with pytest.raises(JournalForked):
        journal.sequence()
    assert [number for number, _ in _numbers(journal)] == [0, 1]


def test_entries_under_an_older_secret_are_numbered_under_the_new_one(journal: JournalUnderTest) -> None:
    journal.append(0)
    renewed = bytes(reversed(KEY))
    replace(journal.sequence, journal_keys=(renewed, KEY))()
    assert VerifyJournal(journal.database, journal.head_keys, journal.heads, (renewed,))().intact
    assert not journal.verify().intact


def test_a_lost_head_file_is_made_good_from_the_database(journal: JournalUnderTest) -> None:
    journal.append(0)
    journal.sequence()
    journal.heads.path.unlink()
    journal.append(1)
    journal.sequence()
    assert journal.head_keys.open(journal.heads.read() or "").size == 2


def test_one_head_of_each_hour_stays_in_the_database(journal: JournalUnderTest, clock: SettableClock) -> None:
    for n in range(6):
        journal.append(n)
        journal.sequence()
        clock.advance(timedelta(minutes=20))
    with journal.database.reading() as db:
        sizes = db.execute(text("SELECT size FROM trust_journal_head ORDER BY size")).scalars().all()
    assert sizes == [3, 6]
    assert journal.verify().heads == 2


def test_an_entry_is_proven_to_people_without_our_database(journal: JournalUnderTest) -> None:
    journal.append(*range(300))
    journal.sequence()
    journal.append(300)
    journal.sequence.number()
    prove = ProveEntry(journal.database, journal.head_keys)
    for index in (0, 255, 256, 299):
        entry, proof = prove(index)
        assert f'"subject":"thing/{index}"'.encode() in entry
        head = proof.decode(proof.encode()).verify(entry, ORIGIN, (LOG_KEY.public_key,))
        assert head.size == 300
        with pytest.raises(ProofRejected):
            proof.verify(entry.replace(b"thing", b"thong"), ORIGIN, (LOG_KEY.public_key,))
    for index in (300, 301, -1):
        with pytest.raises(EntryNotCovered):
            prove(index)


def test_reading_the_tree_of_an_empty_journal(journal: JournalUnderTest) -> None:
    with suppress(EntryNotCovered):
        ProveEntry(journal.database, journal.head_keys)(0)
    with journal.database.reading() as db:
        assert Tree(db).size() == 0
        assert Tree(db).root(0) == merkle.EMPTY_ROOT
        assert not Tree(db).has_pending()
