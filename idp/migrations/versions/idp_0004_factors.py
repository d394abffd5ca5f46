"""Passwords, one-time passwords, recovery codes, sent codes, failed tries."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "idp_0004"
down_revision = "idp_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idp_password",
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("former", sa.Text, nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "idp_failure",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False, index=True),
        sa.Column("free_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "idp_known_device",
        sa.Column("device", sa.LargeBinary(32), primary_key=True),
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), primary_key=True, index=True),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
    )
    op.create_table(
        "idp_totp",
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), primary_key=True),
        sa.Column("secret", sa.LargeBinary),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("pending", sa.LargeBinary),
        sa.Column("pending_until", UtcDateTime),
        sa.Column("confirmed_at", UtcDateTime),
    )
    op.create_table(
        "idp_recovery_code",
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), primary_key=True),
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
    )
    op.create_table(
        "idp_sent_code",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("method", sa.String(10), nullable=False),
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), nullable=False, index=True),
        sa.Column("browser", sa.LargeBinary(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False, index=True),
        sa.Column("used_at", UtcDateTime),
    )


def downgrade() -> None:
    names = ("idp_sent_code", "idp_recovery_code", "idp_totp", "idp_known_device", "idp_failure", "idp_password")
    for table in names:
        op.drop_table(table)
