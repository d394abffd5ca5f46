"""Bring a database's schema to the release that runs, and tell whether it is there."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from trust.errors import Kind, TrustError
from trust.storage.database import Database

_MIGRATION_LOCK = 0x74727573_6D696772  # "trusmigr"


class SchemaBroken(TrustError):
    """After a migration a row names another row that does not exist; the migration was rolled back."""

    kind, code = Kind.INTERNAL, "schema-broken"


def installed_packages() -> tuple[str, ...]:
    """Name the packages that own tables: this one and those behind the services of the installation."""
    services = {point.module.partition(".")[0] for point in entry_points(group="trust.services")}
    return ("trust", *sorted(services - {"trust"}))


def upgrade(database: Database, packages: Iterable[str] | None = None) -> None:
    """Bring every package's tables to their newest revision; what is there already is left alone.

    Safe to call from several processes at once: one migrates, the others wait and find it done.
    """
    config = _config(packages)
    with _exclusive(database) as db:
        config.attributes["connection"] = db
        command.upgrade(config, "heads")


def downgrade(database: Database, revision: str, packages: Iterable[str] | None = None) -> None:
    """Take back revisions: ``"pki@base"`` all of a package, ``"pki_0001"`` down to that one."""
    config = _config(packages)
    with _exclusive(database) as db:
        config.attributes["connection"] = db
        command.downgrade(config, revision)


def pending(database: Database, packages: Iterable[str] | None = None) -> tuple[str, ...]:
    """Name the newest revisions that the database has not reached; empty when it is up to date."""
    heads = set(ScriptDirectory.from_config(_config(packages)).get_heads())
    with database.reading() as db:
        return tuple(sorted(heads - set(MigrationContext.configure(db).get_current_heads())))


def _config(packages: Iterable[str] | None) -> Config:
    names = installed_packages() if packages is None else tuple(packages)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(folder) for name in names for folder in _versions(name)))
    return config


def _versions(package: str) -> Iterator[Path]:
    spec = find_spec(package)
    for root in spec.submodule_search_locations or () if spec else ():
        folder = Path(root) / "migrations" / "versions"
        if folder.is_dir():
            yield folder


@contextmanager
def _exclusive(database: Database) -> Iterator[Connection]:
    with database.engine.connect() as db:
        if database.is_sqlite:
            # Altering a table copies it and drops the old one, which would cascade; the check below makes up for it.
            db.connection.driver_connection.execute("PRAGMA foreign_keys=OFF").close()  # type: ignore[union-attr]
        try:
            with db.begin():
                if not database.is_sqlite:
                    db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                yield db
                if database.is_sqlite and (broken := db.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                    raise SchemaBroken(f"dangling references from {sorted({str(row[0]) for row in broken})}")
        finally:
            if database.is_sqlite:
                db.invalidate()  # the next one is opened with the rules of every connection
