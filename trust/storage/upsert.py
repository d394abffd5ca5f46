"""INSERT ... ON CONFLICT, which both databases have and SQLAlchemy spells once for each."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_for(db: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT with ``on_conflict_do_nothing`` and ``on_conflict_do_update`` in this database's dialect."""
    return sqlite.insert(table) if db.dialect.name == "sqlite" else postgresql.insert(table)
