"""The authority's first tables."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "pki_0001"
down_revision = None
branch_labels = ("pki",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pki_authority",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("above", sa.String(64)),
        sa.Column("profiles", sa.Text, nullable=False),
        sa.Column("shards", sa.Integer, nullable=False),
        sa.Column("certificate", sa.LargeBinary, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
    )
    op.create_table(
        "pki_certificate",
        sa.Column("authority", sa.String(64), primary_key=True),
        sa.Column("serial", sa.String(32), primary_key=True),
        sa.Column("shard", sa.Integer, nullable=False),
        sa.Column("profile", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("subject", sa.LargeBinary, nullable=False),
        sa.Column("skeleton", sa.String(64), nullable=False),
        sa.Column("key_digest", sa.String(64), nullable=False),
        sa.Column("requester", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.String(200)),
        sa.Column("order_digest", sa.String(64), nullable=False),
        sa.Column("tbs", sa.LargeBinary, nullable=False),
        sa.Column("certificate", sa.LargeBinary),
        sa.Column("not_after", UtcDateTime, nullable=False),
        sa.Column("intended_at", UtcDateTime, nullable=False),
        sa.Column("resolved_at", UtcDateTime),
        sa.UniqueConstraint("requester", "idempotency_key"),
    )
    op.create_index("ix_pki_certificate_skeleton", "pki_certificate", ["skeleton"])
    op.create_index("ix_pki_certificate_key_digest", "pki_certificate", ["key_digest"])
    intended = sa.text("state = 'intended'")
    op.create_index(
        "ix_pki_certificate_intended",
        "pki_certificate",
        ["intended_at"],
        sqlite_where=intended,
        postgresql_where=intended,
    )
    op.create_table(
        "pki_revocation",
        sa.Column("authority", sa.String(64), primary_key=True),
        sa.Column("serial", sa.String(32), primary_key=True),
        sa.Column("shard", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("reason", sa.Integer, nullable=False),
        sa.Column("invalid_since", UtcDateTime),
    )
    op.create_index("ix_pki_revocation_shard", "pki_revocation", ["authority", "shard", "serial"])
    op.create_table(
        "pki_list",
        sa.Column("authority", sa.String(64), primary_key=True),
        sa.Column("shard", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("this_update", UtcDateTime, nullable=False),
        sa.Column("next_update", UtcDateTime, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_table(
        "pki_stamper",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("last_at", UtcDateTime, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for table in ("pki_stamper", "pki_list", "pki_revocation", "pki_certificate", "pki_authority"):
        op.drop_table(table)
