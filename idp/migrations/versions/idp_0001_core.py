"""Accounts, sessions, clients, and what was granted to them."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "idp_0001"
down_revision = None
branch_labels = ("idp",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idp_account",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("administrator", sa.Boolean, nullable=False),
        sa.Column("acct_ver", sa.Integer, nullable=False),
        sa.Column("aliased", sa.Boolean, nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary),
        sa.Column("person", sa.LargeBinary),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_used_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "idp_identifier",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("ix", sa.LargeBinary(16), primary_key=True),
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), nullable=False),
        sa.Column("verified_at", UtcDateTime),
    )
    op.create_table(
        "idp_evidence",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("txn", sa.String(100), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime),
        sa.Column("revoked_at", UtcDateTime),
        sa.Column("carries_number", sa.Boolean, nullable=False),
    )
    op.create_table(
        "idp_client",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("profile", sa.String(10), nullable=False),
        sa.Column("first_party", sa.Boolean, nullable=False),
        sa.Column("metadata", sa.Text, nullable=False),
        sa.Column("secret", sa.LargeBinary(32)),
        sa.Column("old_secret", sa.LargeBinary(32)),
        sa.Column("old_secret_until", UtcDateTime),
        sa.Column("registration", sa.LargeBinary(32)),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "idp_session",
        sa.Column("sid", sa.String(32), primary_key=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), nullable=False),
        sa.Column("proofs", sa.Text, nullable=False),
        sa.Column("acting", sa.String(32)),
        sa.Column("cap", sa.Integer, nullable=False),
        sa.Column("device", sa.String(100), nullable=False),
        sa.Column("network", sa.String(50), nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("stops_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("why", sa.String(20), nullable=False),
    )
    op.create_table(
        "idp_visit",
        sa.Column("sid", sa.String(32), primary_key=True),
        sa.Column("client", sa.String(100), primary_key=True),
        sa.Column("sub", sa.String(64), nullable=False),
        sa.Column("first_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "idp_interaction",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("browser", sa.LargeBinary(32), nullable=False),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("done_at", UtcDateTime),
    )
    op.create_table(
        "idp_grant",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("sid", sa.String(32), nullable=False),
        sa.Column("sub", sa.String(64), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("offline", sa.Boolean, nullable=False),
        sa.Column("code", sa.LargeBinary(32), unique=True),
        sa.Column("code_until", UtcDateTime),
        sa.Column("code_used_at", UtcDateTime),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("revoked_at", UtcDateTime),
    )
    op.create_table(
        "idp_access",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("grant", sa.String(32), nullable=False),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("revoked_at", UtcDateTime),
    )
    op.create_table(
        "idp_refresh",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("grant", sa.String(32), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.Column("again", sa.Integer, nullable=False),
    )
    op.create_table(
        "idp_consent",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), nullable=False),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("body", sa.String(32), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("claims", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("withdrawn_at", UtcDateTime),
    )
    op.create_table(
        "idp_release",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sid", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_idp_account_last_used_at", "idp_account", ["last_used_at"])
    op.create_index("ix_idp_identifier_account", "idp_identifier", ["account"])
    op.create_index("ix_idp_evidence_account", "idp_evidence", ["account"])
    op.create_index("ix_idp_session_account_ended_at", "idp_session", ["account", "ended_at"])
    op.create_index("ix_idp_session_ended_at_ends_at", "idp_session", ["ended_at", "ends_at"])
    op.create_index("ix_idp_interaction_until", "idp_interaction", ["until"])
    op.create_index("ix_idp_grant_at", "idp_grant", ["at"])
    op.create_index("ix_idp_grant_sid", "idp_grant", ["sid"])
    op.create_index("ix_idp_grant_account_client", "idp_grant", ["account", "client"])
    op.create_index("ix_idp_access_grant", "idp_access", ["grant"])
    op.create_index("ix_idp_access_until", "idp_access", ["until"])
    op.create_index("ix_idp_refresh_grant", "idp_refresh", ["grant"])
    op.create_index("ix_idp_refresh_until", "idp_refresh", ["until"])
    op.create_index("ix_idp_consent_account_client", "idp_consent", ["account", "client"])
    op.create_index("ix_idp_release_account_at", "idp_release", ["account", "at"])


def downgrade() -> None:
    for table in (
        "idp_release",
        "idp_consent",
        "idp_refresh",
        "idp_access",
        "idp_grant",
        "idp_interaction",
        "idp_visit",
        "idp_session",
        "idp_client",
        "idp_evidence",
        "idp_identifier",
        "idp_account",
    ):
        op.drop_table(table)
