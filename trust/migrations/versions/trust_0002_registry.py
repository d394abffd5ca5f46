"""Drafts of our region's registry and the versions that were published."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "trust_0002"
down_revision = "trust_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trust_registry_draft",
        sa.Column("entry", sa.String(64), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("proposed_at", UtcDateTime, nullable=False),
        sa.Column("version", sa.BigInteger),
    )
    waiting = sa.text("version IS NULL")
    op.create_index(
        "ix_trust_registry_draft_waiting",
        "trust_registry_draft",
        ["entry"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "trust_registry_version",
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("issued_at", UtcDateTime, nullable=False),
        sa.Column("next_update", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("trust_registry_version")
    op.drop_table("trust_registry_draft")
