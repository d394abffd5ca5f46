"""Rows of the journal: entries, the tiles of its Merkle tree, and the signed heads."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, text

from trust.storage.tables import UtcDateTime, metadata

# SQLite numbers only a column that is exactly INTEGER.
_ROW_ID = BigInteger().with_variant(Integer, "sqlite")

journal_entries = Table(
    "trust_journal_entry",
    metadata,
    Column("id", _ROW_ID, primary_key=True, autoincrement=True),  # order of insertion, with gaps
    Column("leaf_index", BigInteger, unique=True),  # given by the sequencer, without gaps
    Column("nonce", String(32), nullable=False, unique=True),  # no entry equals another
    Column("at", UtcDateTime, nullable=False),
    Column("event", String(100), nullable=False),
    Column("subject", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("facts", Text, nullable=False),  # canonical JSON
    Column("mac", LargeBinary(32), nullable=False),  # HMAC-SM3: before numbering over the entry, then with its index
)
Index(
    "ix_trust_journal_entry_unsequenced",
    journal_entries.c.id,
    sqlite_where=text("leaf_index IS NULL"),
    postgresql_where=text("leaf_index IS NULL"),
)
Index("ix_trust_journal_entry_subject", journal_entries.c.subject, journal_entries.c.id)

journal_tiles = Table(
    "trust_journal_tile",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),  # 1 to 256 hashes of 32 bytes
)

journal_heads = Table(
    "trust_journal_head",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),  # the signed note: origin, size, root
)
