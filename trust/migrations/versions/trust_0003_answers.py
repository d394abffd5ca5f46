"""Answers to requests with an idempotency key."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "trust_0003"
down_revision = "trust_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trust_answer",
        sa.Column("requester", sa.String(200), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("begun_at", UtcDateTime, nullable=False),
        sa.Column("answer", sa.LargeBinary),
    )
    op.create_index("ix_trust_answer_begun_at", "trust_answer", ["begun_at"])


def downgrade() -> None:
    op.drop_table("trust_answer")
