"""The tables of ties between accounts: mandates, links, imports, merges, recoveries and tickets."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from trust.storage.tables import UtcDateTime, metadata

mandates = Table(
    "idp_mandate",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("body", String(32), nullable=False),
    Column("grantee", String(32), nullable=False),  # an account; of an agent body its id
    Column("role", String(20), nullable=False),
    Column("items", Text, nullable=False),  # JSON, empty: every item
    Column("region", String(6), nullable=False),
    Column("floor", Integer, nullable=False),
    Column("cap", Integer, nullable=False),
    Column("sub_grant", Boolean, nullable=False),
    Column("state", String(10), nullable=False),
    Column("slot", Integer),  # which of the few administrators; none once it ended
    Column("granted_by", String(32), nullable=False),
    Column("under", String(32), nullable=False),  # the mandate by which it was granted
    Column("at", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, index=True),
    Column("offer_until", UtcDateTime, nullable=False),
    Column("accepted_at", UtcDateTime),
    Column("accepted_by", String(32), nullable=False),
    Column("ended_at", UtcDateTime),
    Column("why", String(30), nullable=False),
    Index("ix_idp_mandate_grantee_state", "grantee", "state"),
    Index("ix_idp_mandate_body_state", "body", "state"),
    Index("uq_idp_mandate_body_slot", "body", "slot", unique=True),
)

actings = Table(
    "idp_acting",
    metadata,
    Column("mandate", String(32), primary_key=True),
    Column("sid", String(32), primary_key=True),
    Column("account", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

links = Table(
    "idp_link",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("provider", String(30), nullable=False),
    Column("ix", LargeBinary(16), nullable=False),  # blind index of the outside account's id
    Column("account", String(32), ForeignKey("idp_account.id"), nullable=False),
    Column("strong", Boolean, nullable=False),  # made in a session of l3 or above
    Column("at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
    Index("uq_idp_link_provider_ix", "provider", "ix", unique=True),
    Index("uq_idp_link_account_provider", "account", "provider", unique=True),
)

legs = Table(
    "idp_outside_leg",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # of the state parameter
    Column("browser", LargeBinary(32), nullable=False),
    Column("provider", String(30), nullable=False),
    Column("purpose", String(10), nullable=False),
    Column("account", String(32)),  # who links; none: somebody who signs in
    Column("back", String(200), nullable=False),  # where the browser goes on
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False, index=True),
    Column("used_at", UtcDateTime),
)

import_runs = Table(
    "idp_import_run",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("source", String(40), nullable=False),
    Column("file", LargeBinary(32), nullable=False),  # digest of the whole file
    Column("rows", Integer, nullable=False),  # done so far
    Column("faults", Integer, nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Index("uq_idp_import_run_source_file", "source", "file", unique=True),
)

imported = Table(
    "idp_imported",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("old", LargeBinary(16), primary_key=True),  # blind index of the id in the source
    Column("name_ix", LargeBinary(16), nullable=False, index=True),  # blind index of the old login name
    Column("number_ix", LargeBinary(16), index=True),
    Column("number_digest", LargeBinary(32), index=True),  # as the source keys it
    Column("phone_ix", LargeBinary(16), index=True),
    Column("cell", LargeBinary, nullable=False),  # the row, encrypted
    Column("state", String(10), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("account", String(32), index=True),  # whose it became
    Column("run", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("claimed_at", UtcDateTime),
    Index("ix_idp_imported_state_at", "state", "at"),
)

conflicts = Table(
    "idp_conflict",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("source", String(40), nullable=False),  # of the imported user, or empty
    Column("old", LargeBinary(16)),
    Column("account", String(32), nullable=False),
    Column("other", String(32), nullable=False),  # the second account, or empty
    Column("state", String(10), nullable=False),
    Column("decision", String(10), nullable=False),
    Column("decided_by", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime),
    Index("ix_idp_conflict_state_at", "state", "at"),
    Index("ix_idp_conflict_account", "account"),
)

merges = Table(
    "idp_merge",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kept", String(32), nullable=False, index=True),
    Column("gone", String(32), nullable=False, index=True),
    Column("by", String(200), nullable=False),
    Column("moved", Text, nullable=False),  # JSON: what a reversal moves back
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("undone_at", UtcDateTime),
)

aliases = Table(
    "idp_alias",
    metadata,
    Column("merge", String(32), primary_key=True),
    Column("sector", String(255), primary_key=True),
    Column("account", String(32), nullable=False),
    Column("sub", String(64), nullable=False),
    Column("shown", Boolean, nullable=False),  # the sector is told this one; else it knew both and keeps its first
    Index("ix_idp_alias_account_sector", "account", "sector"),
)

recoveries = Table(
    "idp_recovery",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account", String(32), ForeignKey("idp_account.id"), nullable=False),
    Column("what", String(10), nullable=False),
    Column("way", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    Column("phone", LargeBinary),  # the new one, encrypted
    Column("cancel", LargeBinary(32), nullable=False, unique=True),  # digest of the word in the notices
    Column("by", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_idp_recovery_account_state", "account", "state"),
    Index("ix_idp_recovery_state_due_at", "state", "due_at"),
)

tickets = Table(
    "idp_web_ticket",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("account", String(32), nullable=False),
    Column("sid", String(32), nullable=False),
    Column("client", String(100), nullable=False),
    Column("key", String(64), nullable=False),  # thumbprint (RFC 7638) of the key that redeems it
    Column("proofs", Text, nullable=False),
    Column("cap", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False, index=True),
    Column("used_at", UtcDateTime),
)
