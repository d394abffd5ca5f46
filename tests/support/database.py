"""A migrated database for every test, on SQLite and PostgreSQL, copied from a template in a few milliseconds."""

import atexit
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from tests.support import postgres
from trust.migrations import schema
from trust.storage.database import Database

PACKAGES = ("trust", "pki", "seal", "licence", "idp")
_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with the tables of every package, closed and dropped after the test."""
    with opened(request.param, tmp_path) as fresh:
        yield fresh


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """The same on SQLite alone, for tests that do not touch what differs."""
    with opened("sqlite", tmp_path) as fresh:
        yield fresh


@pytest.fixture
def postgres_database(tmp_path: Path) -> Iterator[Database]:
    """The same on PostgreSQL alone."""
    with opened("postgres", tmp_path) as fresh:
        yield fresh


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[Database]:
    """Open a fresh migrated database; ``folder`` is where SQLite keeps its file."""
    with address(kind, folder) as url:
        fresh = Database.open(url)
        try:
            yield fresh
        finally:
            fresh.close()


@contextmanager
def address(kind: str, folder: Path) -> Iterator[str]:
    """The address of a fresh migrated database, for tests whose processes open it themselves."""
    number = next(_numbers)
    if kind == "sqlite":
        path = folder / f"test{number}.db"
        shutil.copyfile(_sqlite_template(), path)
        yield f"sqlite:///{path}"
        return
    server, name = postgres.server(), f"test{number}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {_postgres_template()} STRATEGY FILE_COPY")
    try:
        yield server.url(name)
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _sqlite_template() -> Path:
    folder = tempfile.mkdtemp(prefix="template-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    name = f"{folder}/migrated.db"
    template = Database.open(f"sqlite:///{name}")
    schema.upgrade(template, PACKAGES)
    template.close()  # the last connection folds the write-ahead log into the file
    return Path(name)


@cache
def _postgres_template() -> str:
    postgres.server().execute("CREATE DATABASE template_migrated")
    template = Database.open(postgres.server().url("template_migrated"))
    schema.upgrade(template, PACKAGES)
    template.close()
    return "template_migrated"
