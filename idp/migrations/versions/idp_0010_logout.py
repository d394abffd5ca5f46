"""Logout tokens on their way."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "idp_0010"
down_revision = "idp_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idp_logout_delivery",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("sid", sa.String(32), nullable=False),
        sa.Column("sub", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("done_at", UtcDateTime),
    )
    op.create_index("ix_idp_logout_delivery_at", "idp_logout_delivery", ["at"])


def downgrade() -> None:
    op.drop_table("idp_logout_delivery")
