"""Bring a database's schema to the release that runs, and tell whether it is there."""

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from trust.errors import Kind, TrustError
from trust.storage.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

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
    from alembic import command

    config = _config(packages)
    with _exclusive(database) as db:
        config.attributes["connection"] = db
        command.upgrade(config, "heads")


def downgrade(database: Database, revision: str, packages: Iterable[str] | None = None) -> None:
    """Take back revisions: ``"pki@base"`` all of a package, ``"pki_0001"`` down to that one."""
    from alembic import command

    config = _config(packages)
    with _exclusive(database) as db:
        config.attributes["connection"] = db
        command.downgrade(config, revision)


def pending(database: Database, packages: Iterable[str] | None = None) -> tuple[str, ...]:
    """Name the newest revisions that the database has not reached; empty when it is up to date."""
    revisions = [_read_revision(path) for folder in _folders(packages) for path in sorted(folder.glob("*.py"))]
    heads = {revision for revision, _ in revisions} - {down for _, down in revisions}
    with database.reading() as db:
        known = inspect(db).has_table("alembic_version")
        reached = set(db.execute(text("SELECT version_num FROM alembic_version")).scalars()) if known else set()
    return tuple(sorted(heads - reached))


def _config(packages: Iterable[str] | None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(folder) for folder in _folders(packages)))
    return config


def _folders(packages: Iterable[str] | None) -> Iterator[Path]:
    for package in installed_packages() if packages is None else packages:
        spec = find_spec(package)
        for root in (spec.submodule_search_locations or ()) if spec else ():
            folder = Path(root) / "migrations" / "versions"
            if folder.is_dir():
                yield folder


def _read_revision(path: Path) -> tuple[str, str | None]:
    """Read what a revision calls itself and the one before, without waking Alembic for every command."""
    named: dict[str, str | None] = {}
    for statement in ast.parse(path.read_text("utf-8")).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            if name in ("revision", "down_revision"):
                named[name] = ast.literal_eval(statement.value)
    return named["revision"] or "", named["down_revision"]


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
