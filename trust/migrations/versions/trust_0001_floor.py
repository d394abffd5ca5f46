"""The floor's first tables: journal and jobs."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "trust_0001"
down_revision = None
branch_labels = ("trust",)
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "trust_journal_entry",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("leaf_index", sa.BigInteger, unique=True),
        sa.Column("nonce", sa.String(32), nullable=False, unique=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("event", sa.String(100), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
    )
    unsequenced = sa.text("leaf_index IS NULL")
    op.create_index(
        "ix_trust_journal_entry_unsequenced",
        "trust_journal_entry",
        ["id"],
        sqlite_where=unsequenced,
        postgresql_where=unsequenced,
    )
    op.create_index("ix_trust_journal_entry_subject", "trust_journal_entry", ["subject", "id"])
    op.create_table(
        "trust_journal_tile",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "trust_journal_head",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "trust_job",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("holder", sa.String(32)),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
        sa.Column("parked_at", UtcDateTime),
        sa.Column("done_at", UtcDateTime),
        sa.UniqueConstraint("kind", "key"),
    )
    waiting = sa.text("done_at IS NULL AND parked_at IS NULL")
    op.create_index(
        "ix_trust_job_waiting",
        "trust_job",
        ["kind", "due_at", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_trust_job_done_at", "trust_job", ["done_at"])


def downgrade() -> None:
    for table in ("trust_job", "trust_journal_head", "trust_journal_tile", "trust_journal_entry"):
        op.drop_table(table)
