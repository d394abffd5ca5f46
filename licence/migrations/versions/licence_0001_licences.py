"""Licence types, numbers, issuances, licences and their holders."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "licence_0001"
down_revision = None
branch_labels = ("licence",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "licence_type",
        sa.Column("code", sa.String(21), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("registered_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "licence_number",
        sa.Column("type", sa.String(21), primary_key=True),
        sa.Column("issuer", sa.String(18), primary_key=True),
        sa.Column("scope", sa.String(60), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "licence_issuance",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("business_number", sa.String(100), nullable=False),
        sa.Column("order_digest", sa.String(32), nullable=False),
        sa.Column("type", sa.String(21), nullable=False),
        sa.Column("type_version", sa.Integer, nullable=False),
        sa.Column("issuer", sa.String(18), nullable=False),
        sa.Column("serial", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("intended_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("address", sa.String(64)),
        sa.Column("reason", sa.Text),
        sa.UniqueConstraint("by", "business_number"),
        sa.UniqueConstraint("type", "issuer", "serial", "version"),
    )
    op.create_table(
        "licence_licence",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("identifier", sa.String(128), nullable=False, unique=True),
        sa.Column("type", sa.String(21), nullable=False),
        sa.Column("type_version", sa.Integer, nullable=False),
        sa.Column("issuer", sa.String(18), nullable=False),
        sa.Column("serial", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("area", sa.String(6), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("expires_on", sa.Date),
        sa.Column("sealed_at", UtcDateTime, nullable=False),
        sa.Column("issued_at", UtcDateTime, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("metadata", sa.LargeBinary, nullable=False),
        sa.Column("sole", sa.LargeBinary(16), unique=True),
        sa.UniqueConstraint("type", "issuer", "serial", "version"),
    )
    op.create_table(
        "licence_holder",
        sa.Column("licence", sa.String(32), sa.ForeignKey("licence_licence.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("holder_type", sa.String(3), nullable=False),
        sa.Column("holder", sa.LargeBinary(16), nullable=False),
    )
    op.create_index("ix_licence_holder_holder", "licence_holder", ["holder"])


def downgrade() -> None:
    op.drop_table("licence_holder")
    op.drop_table("licence_licence")
    op.drop_table("licence_issuance")
    op.drop_table("licence_number")
    op.drop_table("licence_type")
