"""Single statements say what transactions say, heal as they do, and decide single use as they do."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import Connection, select, text

from idp.storage.grants import Grants
from idp.storage.statements import MAX_PREPARED, Statements
from idp.storage.tables import accesses
from tests.support import postgres
from tests.support.clock import SettableClock
from trust.storage.database import Database
from trust.storage.errors import StorageUnavailable

TOKEN = b"t" * 32


@pytest.fixture
def statements(database: Database) -> Statements:
    return Statements.of(database)


def _grants(statements: Statements) -> Grants:
    return Grants(cast("Connection", statements))


def _add(grants: Grants, clock: SettableClock, digest: bytes = TOKEN) -> None:
    at = clock.now()
    grants.add_access(digest, None, "client", ("api", "more"), at, at + timedelta(minutes=10), key="k")


def test_what_is_written_one_way_is_read_the_other(
    database: Database, statements: Statements, clock: SettableClock
) -> None:
    _add(_grants(statements), clock)
    with database.reading() as db:
        found = Grants(db).find_access(TOKEN)
    assert found is not None
    assert found == _grants(statements).find_access(TOKEN)
    assert found.at == clock.now()


def test_what_is_not_there_is_none(statements: Statements) -> None:
    assert _grants(statements).find_access(TOKEN) is None


def test_of_many_callers_one_hears_yes(statements: Statements, clock: SettableClock) -> None:
    grants, at = _grants(statements), clock.now()
    grants.add_refresh(TOKEN, "grant", ("openid",), "", at, at + timedelta(days=1))
    with ThreadPoolExecutor(16) as pool:
        heard = list(pool.map(lambda _: grants.use_refresh(TOKEN, at), range(64)))
    assert heard.count(True) == 1


def test_a_row_that_exists_is_no_outage(statements: Statements, clock: SettableClock) -> None:
    _add(_grants(statements), clock)
    with pytest.raises(Exception, match=r"(?i)unique") as refused:
        _add(_grants(statements), clock)
    assert not isinstance(refused.value, StorageUnavailable)
    assert _grants(statements).find_access(TOKEN) is not None


def test_every_thread_has_its_own_connection(statements: Statements, clock: SettableClock) -> None:
    _add(_grants(statements), clock)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: _grants(statements).find_access(TOKEN), range(200)))
    assert None not in found


def test_readers_heal_at_once_after_the_server_cut_every_connection(
    postgres_database: Database, clock: SettableClock
) -> None:
    statements = Statements.of(postgres_database)
    _add(_grants(statements), clock)
    _cut(postgres_database)
    assert _grants(statements).find_access(TOKEN) is not None


def test_a_writer_that_lost_its_connection_says_so_and_heals(postgres_database: Database, clock: SettableClock) -> None:
    statements = Statements.of(postgres_database)
    _add(_grants(statements), clock)
    _cut(postgres_database)
    with pytest.raises(StorageUnavailable):
        _add(_grants(statements), clock, b"u" * 32)
    _add(_grants(statements), clock, b"v" * 32)


def test_a_connection_that_rested_is_asked_before_it_writes(
    postgres_database: Database, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("idp.storage.statements.BELIEVED_SECONDS", -1.0)
    statements = Statements.of(postgres_database)
    _add(_grants(statements), clock)
    _cut(postgres_database)
    _add(_grants(statements), clock, b"u" * 32)


def test_closing_the_database_ends_them(database: Database, clock: SettableClock) -> None:
    statements = Statements.of(database)
    _add(_grants(statements), clock)
    assert statements._all
    database.close()
    assert not statements._all


def test_statements_that_are_built_anew_do_not_pile_up(statements: Statements) -> None:
    for _ in range(MAX_PREPARED + 10):
        statements.execute(select(accesses.c.client).where(accesses.c.digest == secrets.token_bytes(4)), {})
    assert len(statements._prepared) <= MAX_PREPARED


def _cut(database: Database) -> None:
    with database.reading() as db:
        name = db.execute(text("SELECT current_database()")).scalar_one()
    postgres.server().execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
