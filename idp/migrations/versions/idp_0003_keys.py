"""Keys that sign tokens."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "idp_0003"
down_revision = "idp_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idp_key",
        sa.Column("kid", sa.String(64), primary_key=True),
        sa.Column("alg", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("standing", sa.String(10), nullable=False),
        sa.Column("public", sa.Text, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.UniqueConstraint("alg", "number", name="uq_idp_key_alg_number"),
    )
    for standing in ("current", "next"):
        only = sa.text(f"standing = '{standing}'")
        op.create_index(
            f"uq_idp_key_{standing}", "idp_key", ["alg"], unique=True, sqlite_where=only, postgresql_where=only
        )


def downgrade() -> None:
    op.drop_table("idp_key")
