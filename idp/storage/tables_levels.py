"""The tables of levels: every version of the table of levels, and what foreign levels are worth."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from trust.storage.tables import UtcDateTime, metadata

versions = Table(
    "idp_level",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),  # 1 is the packaged one and has no row
    Column("digest", String(64), nullable=False),  # over the table and the equivalences: what the parsed one is kept by
    Column("text", Text, nullable=False),  # TOML as it was given
    Column("basis", String(200), nullable=False),
    Column("changed_by", String(200), nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

equivalences = Table(
    "idp_level_equivalence",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("scheme", String(200), nullable=False),
    Column("level", String(200), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("treaty", Boolean, nullable=False),
    Column("basis", String(200), nullable=False),
    Column("changed_by", String(200), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Index("ix_idp_level_equivalence_scheme", "scheme", "level"),
)
