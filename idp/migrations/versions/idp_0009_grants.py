"""Requests that were pushed."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "idp_0009"
down_revision = "idp_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idp_pushed",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime, nullable=True),
    )
    op.create_index("ix_idp_pushed_until", "idp_pushed", ["until"])


def downgrade() -> None:
    op.drop_table("idp_pushed")
