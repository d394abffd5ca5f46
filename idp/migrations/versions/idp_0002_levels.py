"""Versions of the table of levels, and foreign levels."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "idp_0002"
down_revision = "idp_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idp_level",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
    )
    op.create_table(
        "idp_level_equivalence",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("scheme", sa.String(200), nullable=False),
        sa.Column("level", sa.String(200), nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("treaty", sa.Boolean, nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime),
    )
    op.create_index("ix_idp_level_equivalence_scheme", "idp_level_equivalence", ["scheme", "level"])


def downgrade() -> None:
    op.drop_table("idp_level_equivalence")
    op.drop_table("idp_level")
