"""Seals, the maker's certificates, stampings."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "seal_0001"
down_revision = None
branch_labels = ("seal",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seal_seal",
        sa.Column("id", sa.String(14), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("owner", sa.String(18), nullable=False),
        sa.Column("owner_name", sa.Text, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("key_name", sa.String(200), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("valid_from", UtcDateTime, nullable=False),
        sa.Column("valid_to", UtcDateTime, nullable=False),
        sa.Column("standing", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("certificate", sa.LargeBinary, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("order_key", sa.String(200), nullable=False, unique=True),
        sa.Column("order_digest", sa.String(64), nullable=False),
    )
    op.create_index("ix_seal_seal_owner", "seal_seal", ["owner"])
    op.create_table(
        "seal_maker",
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("key_name", sa.String(200), nullable=False),
        sa.Column("certificate", sa.LargeBinary, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
    )
    op.create_table(
        "seal_stamping",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("order_digest", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(14), nullable=False),
        sa.Column("seal_revision", sa.Integer, nullable=False),
        sa.Column("signature_id", sa.String(40), nullable=False),
        sa.Column("data_hash", sa.String(64), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("intended_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("address", sa.String(64)),
        sa.Column("reason", sa.Text),
        sa.UniqueConstraint("by", "key"),
    )
    op.create_index("ix_seal_stamping_seal", "seal_stamping", ["seal", "intended_at"])


def downgrade() -> None:
    op.drop_table("seal_stamping")
    op.drop_table("seal_maker")
    op.drop_table("seal_seal")
