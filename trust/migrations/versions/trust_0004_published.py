"""Where published lists are, and values that count once."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "trust_0004"
down_revision = "trust_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trust_published",
        sa.Column("url", sa.String(500), primary_key=True),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("this_update", UtcDateTime, nullable=False),
    )
    op.create_table(
        "trust_seen",
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("until", UtcDateTime, nullable=False),
    )
    op.create_index("ix_trust_seen_until", "trust_seen", ["until"])


def downgrade() -> None:
    op.drop_table("trust_seen")
    op.drop_table("trust_published")
