"""The schema goes up and down on both databases and is what the tables say."""

import threading
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from tests.support.database import PACKAGES, opened
from trust.audit import tables as _audit  # noqa: F401  declares
from trust.jobs import tables as _jobs  # noqa: F401  declares
from trust.migrations import schema
from trust.storage import registry as _registry  # noqa: F401  declares
from trust.storage.database import Database
from trust.storage.tables import metadata


def _declared() -> set[str]:
    return {name for name in metadata.tables if name.startswith("trust_")}


def test_the_migrated_schema_is_the_declared_one(database: Database) -> None:
    with database.reading() as db:
        context = MigrationContext.configure(
            db, opts={"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
        )
        assert compare_metadata(context, metadata) == []


def test_every_revision_goes_down_and_up_again(database: Database) -> None:
    with database.engine.connect() as db:
        before = set(inspect(db).get_table_names())
    assert _declared() <= before
    schema.downgrade(database, "trust@base", PACKAGES)
    with database.engine.connect() as db:
        assert not _declared() & set(inspect(db).get_table_names())
    assert "trust_" in schema.pending(database, PACKAGES)[0]
    schema.upgrade(database, PACKAGES)
    assert schema.pending(database, PACKAGES) == ()
    with database.engine.connect() as db:
        assert set(inspect(db).get_table_names()) == before


def test_two_migrations_at_once_are_one(database: Database) -> None:
    schema.downgrade(database, "trust@base", PACKAGES)
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
