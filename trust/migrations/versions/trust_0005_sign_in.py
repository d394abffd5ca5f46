"""Browsers that are signed in."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "trust_0005"
down_revision = "trust_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trust_sign_in",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("sid", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("fresh_until", UtcDateTime, nullable=False),
        sa.Column("renewing_until", UtcDateTime),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_index("ix_trust_sign_in_sid", "trust_sign_in", ["sid"])
    op.create_index("ix_trust_sign_in_subject", "trust_sign_in", ["subject"])
    op.create_index("ix_trust_sign_in_ends_at", "trust_sign_in", ["ends_at"])


def downgrade() -> None:
    op.drop_table("trust_sign_in")
