"""Both databases commit all or nothing, never lose a write to a lock upgrade, and keep instants exactly."""

import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text, update
from sqlalchemy.exc import StatementError

from tests.support import postgres
from tests.support.database import address
from trust.storage import database as storage
from trust.storage.database import Database
from trust.storage.errors import StorageUnavailable, StorageUnsupported
from trust.storage.tables import UtcDateTime
from trust.storage.unit_of_work import NewWork

_scratch = Table(
    "scratch", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer), Column("at", UtcDateTime)
)


@pytest.fixture
def scratch(database: Database) -> Database:
    with database.writing() as db:
        _scratch.create(db)
        db.execute(insert(_scratch), {"id": 1, "n": 0, "at": None})
    return database


def test_a_clean_exit_commits_and_an_exception_does_not(scratch: Database) -> None:
    with scratch.writing() as db:
        db.execute(update(_scratch).values(n=1))
    with suppress(KeyError), scratch.writing() as db:
        db.execute(update(_scratch).values(n=2))
        raise KeyError
    with scratch.reading() as db:
        assert db.execute(select(_scratch.c.n)).scalar() == 1


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 1, 8, 0, 0, 123456, UTC),
        datetime(2026, 3, 1, 16, 0, 0, 1, timezone(timedelta(hours=8))),
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, 23, 59, 59, 999999, UTC),
    ],
)
def test_an_instant_comes_back_exactly_and_in_utc(scratch: Database, at: datetime) -> None:
    with scratch.writing() as db:
        db.execute(update(_scratch).values(at=at))
    with scratch.reading() as db:
        found = db.execute(select(_scratch.c.at).where(_scratch.c.at == at)).scalar()
    assert found == at
    assert found is not None
    assert found.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(scratch: Database) -> None:
    with pytest.raises(StatementError, match="no time zone"), scratch.writing() as db:
        db.execute(update(_scratch).values(at=datetime(2026, 3, 1)))


def test_reading_then_writing_loses_nothing(scratch: Database) -> None:
    """A deferred BEGIN fails most of these at once; `lock` makes PostgreSQL read the newest row."""

    def count() -> None:
        for _ in range(50):
            with scratch.writing() as db:
                seen = db.execute(select(_scratch.c.n).with_for_update()).scalar_one()
                db.execute(update(_scratch).values(n=seen + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scratch.reading() as db:
        assert db.execute(select(_scratch.c.n)).scalar() == 200


def test_readers_do_not_wait_for_a_writer(scratch: Database) -> None:
    with scratch.writing() as writer:
        writer.execute(update(_scratch).values(n=7))
        with scratch.reading() as db:
            assert db.execute(select(_scratch.c.n)).scalar() == 0


def test_sqlite_runs_by_the_rules(sqlite_database: Database) -> None:
    with sqlite_database.writing() as db:
        told = {
            name: db.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 10_000, "foreign_keys": 1}


def test_the_file_of_a_sqlite_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/home/new.db")
    with database.writing() as db:
        db.execute(text("CREATE TABLE t (a INTEGER)"))
        files = list((tmp_path / "home").iterdir())
        assert len(files) == 3
        for path in files:
            assert path.stat().st_mode & 0o077 == 0, path
    database.close()


@pytest.mark.parametrize("url", ["mysql://a/b", "sqlite://", "sqlite:///:memory:", "not a url"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(StorageUnsupported):
        Database.open(url)


def test_a_database_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    for url in (f"postgresql://nobody@/none?host={tmp_path}", f"sqlite:///{tmp_path}/x.db"):
        database = Database.open(url)
        if database.is_sqlite:
            (tmp_path / "x.db").write_bytes(b"this is no database" * 100)
        with pytest.raises(StorageUnavailable), database.writing() as db:
            db.execute(text("SELECT count(*) FROM t"))
        database.close()


def test_the_pool_heals_after_the_server_cut_every_connection(postgres_database: Database) -> None:
    with postgres_database.reading() as db:
        name = db.execute(text("SELECT current_database()")).scalar_one()
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    postgres.server().execute(cut)
    with postgres_database.writing() as db:
        assert db.execute(text("SELECT 1")).scalar() == 1

    def cut_within_a_transaction() -> None:
        with postgres_database.writing() as db:
            postgres.server().execute(cut)
            db.execute(text("SELECT 1"))

    with pytest.raises(StorageUnavailable):
        cut_within_a_transaction()
    with postgres_database.writing() as db:
        assert db.execute(text("SELECT 1")).scalar() == 1


def test_a_reader_on_postgresql_cannot_write(postgres_database: Database) -> None:
    with pytest.raises(Exception, match="read-only"), postgres_database.reading() as db:
        db.execute(text("CREATE TABLE t (a INTEGER)"))
    with postgres_database.writing() as db:
        db.execute(text("CREATE TABLE t (a INTEGER)"))


_KILLED = """
import os, sys
from trust.storage import database as storage
from trust.storage.database import Database
from sqlalchemy import text
database = Database.open(sys.argv[1])
with database.writing() as db:
    db.execute(text("CREATE TABLE kept (a INTEGER)"))
with database.writing() as db:
    db.execute(text("INSERT INTO kept VALUES (1)"))
print("acknowledged", flush=True)
with database.writing() as db:
    db.execute(text("INSERT INTO kept VALUES (2)"))
    os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_killed_process_keeps_what_it_committed_and_nothing_more(kind: str, tmp_path: Path) -> None:
    with address(kind, tmp_path) as url:
        run = subprocess.run([sys.executable, "-c", _KILLED, url], capture_output=True, text=True, check=False)
        assert run.stdout == "acknowledged\n", run.stderr
        assert run.returncode == -9
        database = Database.open(url)
        with database.reading() as db:
            assert db.execute(text("SELECT a FROM kept")).scalars().all() == [1]
        database.close()


def test_a_unit_of_work_commits_the_act_and_its_record_together(new_work: NewWork, database: Database) -> None:
    with new_work() as work:
        work.journal.append("thing-done", "thing/1", "operator os:test")
        work.jobs.put("follow-up", "thing/1", {})
    with suppress(KeyError), new_work() as work:
        work.journal.append("thing-done", "thing/2", "operator os:test")
        work.jobs.put("follow-up", "thing/2", {})
        raise KeyError
    with database.reading() as db:
        assert db.execute(text("SELECT subject FROM trust_journal_entry")).scalars().all() == ["thing/1"]
        assert db.execute(text("SELECT key FROM trust_job")).scalars().all() == ["thing/1"]


def test_waiting_writers_on_sqlite_take_turns_and_none_starves(sqlite_database: Database) -> None:
    longest = 0.0

    def write() -> None:
        nonlocal longest
        for _ in range(30):
            started = time.monotonic()
            with sqlite_database.writing() as db:
                db.execute(text("SELECT 1"))
                time.sleep(0.002)
            longest = max(longest, time.monotonic() - started)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert longest < 2


def test_a_writer_that_waits_too_long_is_told(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "BUSY_MILLISECONDS", 50)
    with sqlite_database.writing(), pytest.raises(StorageUnavailable), sqlite_database.writing():
        pass
