"""The schema goes up and down on both databases and is what the tables say."""

import importlib
import re
import threading
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from tests.support.database import PACKAGES, opened
from trust.migrations import schema
from trust.storage.database import Database
from trust.storage.tables import metadata

ROOT = Path(__file__).parents[2]


def _import_every_declaration() -> None:
    """Import each module that declares a table, so that the metadata is complete whatever ran before."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in path.parts and re.search(r"^\w+ = Table\(", path.read_text("utf-8"), re.MULTILINE):
                importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def _tables(database: Database) -> set[str]:
    with database.engine.connect() as db:
        return set(inspect(db).get_table_names()) - {"alembic_version"}


def test_the_migrated_schema_is_the_declared_one(database: Database) -> None:
    _import_every_declaration()
    assert _tables(database) == set(metadata.tables)
    with database.reading() as db:
        assert compare_metadata(MigrationContext.configure(db), metadata) == []


def test_every_revision_goes_down_and_up_again(database: Database) -> None:
    before = _tables(database)
    assert schema.pending(database, PACKAGES) == ()
    schema.downgrade(database, "base", PACKAGES)
    assert _tables(database) == set()
    owners = {revision.partition("_")[0] for revision in schema.pending(database, PACKAGES)}
    assert owners == {name.partition("_")[0] for name in before}
    schema.upgrade(database, PACKAGES)
    assert schema.pending(database, PACKAGES) == ()
    assert _tables(database) == before


def test_a_fresh_database_waits_for_everything(tmp_path: Path) -> None:
    fresh = Database.open(f"sqlite:///{tmp_path}/fresh.db")
    assert any(revision.startswith("trust_") for revision in schema.pending(fresh))
    fresh.close()


def test_two_migrations_at_once_are_one(database: Database) -> None:
    schema.downgrade(database, "base", PACKAGES)
    faults: list[BaseException] = []

    def migrate() -> None:
        try:
            schema.upgrade(database, PACKAGES)
        except BaseException as fault:
            faults.append(fault)
            raise

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert schema.pending(database, PACKAGES) == ()


def test_foreign_keys_are_enforced_again_after_a_migration(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as database:
        schema.upgrade(database, PACKAGES)
        with database.reading() as db:
            assert db.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
