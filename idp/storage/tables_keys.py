"""The table of keys that sign tokens; their private halves are in the key ring."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from trust.storage.tables import UtcDateTime, metadata

keys = Table(
    "idp_key",
    metadata,
    Column("kid", String(64), primary_key=True),
    Column("alg", String(10), nullable=False),
    Column("number", Integer, nullable=False),
    Column("standing", String(10), nullable=False),
    Column("public", Text, nullable=False),  # JWK
    Column("since", UtcDateTime, nullable=False),
    UniqueConstraint("alg", "number"),
)
# One key signs and one is announced, whoever rotates at the same time.
for _standing in ("current", "next"):
    Index(
        f"uq_idp_key_{_standing}",
        keys.c.alg,
        unique=True,
        sqlite_where=text(f"standing = '{_standing}'"),
        postgresql_where=text(f"standing = '{_standing}'"),
    )
