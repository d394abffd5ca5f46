"""The authority's migrated tables are the declared ones, and go down and up again."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from pki.storage import tables as _tables  # noqa: F401  declares
from tests.support.database import PACKAGES
from trust.migrations import schema
from trust.storage.database import Database
from trust.storage.tables import metadata


def _ours(database: Database) -> set[str]:
    with database.engine.connect() as db:
        return {name for name in inspect(db).get_table_names() if name.startswith("pki_")}


def test_the_migrated_schema_is_the_declared_one(database: Database) -> None:
    def ours(name: str | None, kind: str, parents: object) -> bool:
        del parents
        return kind != "table" or (name or "").startswith("pki_")

    with database.reading() as db:
        context = MigrationContext.configure(db, opts={"include_name": ours})
        wrong = [one for one in compare_metadata(context, metadata) if "pki_" in str(one)]
    assert wrong == []


def test_every_revision_goes_down_and_up_again(database: Database) -> None:
    declared = {name for name in metadata.tables if name.startswith("pki_")}
    assert _ours(database) == declared
    schema.downgrade(database, "pki@base", PACKAGES)
    assert _ours(database) == set()
    schema.upgrade(database, PACKAGES)
    assert _ours(database) == declared
