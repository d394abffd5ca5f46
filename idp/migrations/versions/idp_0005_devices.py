"""Challenges, passkeys, bound certificates, keys of apps, codes to scan."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "idp_0005"
down_revision = "idp_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idp_challenge",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("browser", sa.LargeBinary(32), nullable=False),
        sa.Column("account", sa.String(32)),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False, index=True),
        sa.Column("used_at", UtcDateTime),
    )
    op.create_table(
        "idp_passkey",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), nullable=False, index=True),
        sa.Column("credential", sa.LargeBinary(1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(2000), nullable=False),
        sa.Column("counter", sa.BigInteger, nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("aaguid", sa.String(36), nullable=False),
        sa.Column("transports", sa.String(100), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_used_at", UtcDateTime),
    )
    op.create_table(
        "idp_certificate",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), nullable=False, index=True),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("serial", sa.String(60), nullable=False),
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        sa.Column("not_after", UtcDateTime, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_used_at", UtcDateTime),
    )
    op.create_table(
        "idp_device_key",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), nullable=False, index=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("spki", sa.LargeBinary(200), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_used_at", UtcDateTime),
    )
    op.create_table(
        "idp_qr_login",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("browser", sa.LargeBinary(32), nullable=False),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("device", sa.String(100), nullable=False),
        sa.Column("network", sa.String(50), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False, index=True),
        sa.Column("account", sa.String(32)),
        sa.Column("cap", sa.Integer),
        sa.Column("decided_at", UtcDateTime),
    )
    op.create_index("ix_idp_qr_login_browser_state", "idp_qr_login", ["browser", "state"])


def downgrade() -> None:
    for table in ("idp_qr_login", "idp_device_key", "idp_certificate", "idp_passkey", "idp_challenge"):
        op.drop_table(table)
