"""Mandates, links to outside accounts, imported users, merges, recoveries, tickets."""

import sqlalchemy as sa
from alembic import op

from trust.storage.tables import UtcDateTime

revision = "idp_0007"
down_revision = "idp_0001"
branch_labels = None
depends_on = None


def _mandates() -> None:
    op.create_table(
        "idp_mandate",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("body", sa.String(32), nullable=False),
        sa.Column("grantee", sa.String(32), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("items", sa.Text, nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("floor", sa.Integer, nullable=False),
        sa.Column("cap", sa.Integer, nullable=False),
        sa.Column("sub_grant", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("slot", sa.Integer),
        sa.Column("granted_by", sa.String(32), nullable=False),
        sa.Column("under", sa.String(32), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, index=True),
        sa.Column("offer_until", UtcDateTime, nullable=False),
        sa.Column("accepted_at", UtcDateTime),
        sa.Column("accepted_by", sa.String(32), nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("why", sa.String(30), nullable=False),
    )
    op.create_index("ix_idp_mandate_grantee_state", "idp_mandate", ["grantee", "state"])
    op.create_index("ix_idp_mandate_body_state", "idp_mandate", ["body", "state"])
    op.create_index("uq_idp_mandate_body_slot", "idp_mandate", ["body", "slot"], unique=True)
    op.create_table(
        "idp_acting",
        sa.Column("mandate", sa.String(32), primary_key=True),
        sa.Column("sid", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def _links() -> None:
    op.create_table(
        "idp_link",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("provider", sa.String(30), nullable=False),
        sa.Column("ix", sa.LargeBinary(16), nullable=False),
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), nullable=False),
        sa.Column("strong", sa.Boolean, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("last_used_at", UtcDateTime),
    )
    op.create_index("uq_idp_link_provider_ix", "idp_link", ["provider", "ix"], unique=True)
    op.create_index("uq_idp_link_account_provider", "idp_link", ["account", "provider"], unique=True)
    op.create_table(
        "idp_outside_leg",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("browser", sa.LargeBinary(32), nullable=False),
        sa.Column("provider", sa.String(30), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("account", sa.String(32)),
        sa.Column("back", sa.String(200), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False, index=True),
        sa.Column("used_at", UtcDateTime),
    )


def _imports() -> None:
    op.create_table(
        "idp_import_run",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("file", sa.LargeBinary(32), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("faults", sa.Integer, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
    )
    op.create_index("uq_idp_import_run_source_file", "idp_import_run", ["source", "file"], unique=True)
    op.create_table(
        "idp_imported",
        sa.Column("source", sa.String(40), primary_key=True),
        sa.Column("old", sa.LargeBinary(16), primary_key=True),
        sa.Column("name_ix", sa.LargeBinary(16), nullable=False, index=True),
        sa.Column("number_ix", sa.LargeBinary(16), index=True),
        sa.Column("number_digest", sa.LargeBinary(32), index=True),
        sa.Column("phone_ix", sa.LargeBinary(16), index=True),
        sa.Column("cell", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("account", sa.String(32), index=True),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("claimed_at", UtcDateTime),
    )
    op.create_index("ix_idp_imported_state_at", "idp_imported", ["state", "at"])
    op.create_table(
        "idp_conflict",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("old", sa.LargeBinary(16)),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("other", sa.String(32), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("decided_at", UtcDateTime),
    )
    op.create_index("ix_idp_conflict_state_at", "idp_conflict", ["state", "at"])
    op.create_index("ix_idp_conflict_account", "idp_conflict", ["account"])


def _merges() -> None:
    op.create_table(
        "idp_merge",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kept", sa.String(32), nullable=False, index=True),
        sa.Column("gone", sa.String(32), nullable=False, index=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("moved", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("undone_at", UtcDateTime),
    )
    op.create_table(
        "idp_alias",
        sa.Column("merge", sa.String(32), primary_key=True),
        sa.Column("sector", sa.String(255), primary_key=True),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("sub", sa.String(64), nullable=False),
        sa.Column("shown", sa.Boolean, nullable=False),
    )
    op.create_index("ix_idp_alias_account_sector", "idp_alias", ["account", "sector"])
    op.create_table(
        "idp_recovery",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(32), sa.ForeignKey("idp_account.id"), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("phone", sa.LargeBinary),
        sa.Column("cancel", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_index("ix_idp_recovery_account_state", "idp_recovery", ["account", "state"])
    op.create_index("ix_idp_recovery_state_due_at", "idp_recovery", ["state", "due_at"])
    op.create_table(
        "idp_web_ticket",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("sid", sa.String(32), nullable=False),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("proofs", sa.Text, nullable=False),
        sa.Column("cap", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False, index=True),
        sa.Column("used_at", UtcDateTime),
    )


def upgrade() -> None:
    _mandates()
    _links()
    _imports()
    _merges()


def downgrade() -> None:
    for table in (
        "idp_web_ticket",
        "idp_recovery",
        "idp_alias",
        "idp_merge",
        "idp_conflict",
        "idp_imported",
        "idp_import_run",
        "idp_outside_leg",
        "idp_link",
        "idp_acting",
        "idp_mandate",
    ):
        op.drop_table(table)
