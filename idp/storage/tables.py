"""The tables of accounts, sessions, clients and what was granted to them."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from trust.storage.tables import UtcDateTime, metadata

accounts = Table(
    "idp_account",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("administrator", Boolean, nullable=False),  # of the provider: two factors, one of them cryptographic
    Column("acct_ver", Integer, nullable=False),
    Column("aliased", Boolean, nullable=False),  # a merge left older subjects, which another table holds
    Column("region", String(6), nullable=False),
    Column("origin", String(40), nullable=False),
    Column("sealed_key", LargeBinary),  # of this person's values; destroyed when the person is erased
    Column("person", LargeBinary),  # every personal value in one encrypted cell
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime, nullable=False, index=True),
)

identifiers = Table(
    "idp_identifier",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("ix", LargeBinary(16), primary_key=True),  # blind index; the value itself stands in the person's cell
    Column("account", String(32), ForeignKey("idp_account.id"), nullable=False, index=True),
    Column("verified_at", UtcDateTime),
)

evidence = Table(
    "idp_evidence",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account", String(32), ForeignKey("idp_account.id"), nullable=False, index=True),
    Column("kind", String(30), nullable=False),
    Column("source", String(60), nullable=False),
    Column("txn", String(100), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("carries_number", Boolean, nullable=False),
)

clients = Table(
    "idp_client",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("profile", String(10), nullable=False),
    Column("first_party", Boolean, nullable=False),
    Column("metadata", Text, nullable=False),  # JSON, the names of RFC 7591 and a few of ours
    Column("secret", LargeBinary(32)),
    Column("old_secret", LargeBinary(32)),  # accepted until its instant, so that a secret changes without an outage
    Column("old_secret_until", UtcDateTime),
    Column("registration", LargeBinary(32)),  # digest of the registration access token (RFC 7592)
    Column("revision", Integer, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

sessions = Table(
    "idp_session",
    metadata,
    Column("sid", String(32), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),  # of the cookie
    Column("account", String(32), ForeignKey("idp_account.id"), nullable=False),
    Column("proofs", Text, nullable=False),  # JSON: method and instant of each factor
    Column("acting", String(32)),  # the mandate under which the user acts for a body
    Column("cap", Integer, nullable=False),  # the highest rank that the way in allows
    Column("device", String(100), nullable=False),  # in words, for the list of devices
    Column("network", String(50), nullable=False),  # address block, never the address
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),  # the earlier of idle and absolute end
    Column("stops_at", UtcDateTime, nullable=False),  # the absolute end
    Column("ended_at", UtcDateTime),
    Column("why", String(20), nullable=False),
    Index("ix_idp_session_account_ended_at", "account", "ended_at"),
    Index("ix_idp_session_ended_at_ends_at", "ended_at", "ends_at"),
)

visits = Table(
    "idp_visit",
    metadata,
    Column("sid", String(32), primary_key=True),
    Column("client", String(100), primary_key=True),
    Column("sub", String(64), nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)

interactions = Table(
    "idp_interaction",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # of the handle in the page's address
    Column("browser", LargeBinary(32), nullable=False),  # digest of the cookie that binds it to one browser
    Column("client", String(100), nullable=False),
    Column("request", Text, nullable=False),  # JSON: the validated authorization request
    Column("progress", Text, nullable=False),  # JSON: what was settled on the way
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False, index=True),
    Column("done_at", UtcDateTime),
)

grants = Table(
    "idp_grant",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("client", String(100), nullable=False),
    Column("account", String(32), nullable=False),
    Column("sid", String(32), nullable=False),
    Column("sub", String(64), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("context", Text, nullable=False),  # JSON: how sure, when, and what was asked for
    Column("offline", Boolean, nullable=False),  # outlives the session
    Column("code", LargeBinary(32), unique=True),
    Column("code_until", UtcDateTime),
    Column("code_used_at", UtcDateTime),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("revoked_at", UtcDateTime),
    Index("ix_idp_grant_sid", "sid"),
    Index("ix_idp_grant_account_client", "account", "client"),
)

accesses = Table(
    "idp_access",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("grant", String(32), nullable=False, index=True),  # empty: the client's own
    Column("client", String(100), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("key", String(64), nullable=False),  # thumbprint of the key the token is bound to, or empty
    Column("actor", Text, nullable=False),  # JSON of `act` after an exchange, or empty
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False, index=True),
    Column("revoked_at", UtcDateTime),
)

refreshes = Table(
    "idp_refresh",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("grant", String(32), nullable=False, index=True),
    Column("scopes", Text, nullable=False),
    Column("key", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False, index=True),
    Column("used_at", UtcDateTime),
    Column("again", Integer, nullable=False),  # how often it was used again within the grace
)

consents = Table(
    "idp_consent",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account", String(32), ForeignKey("idp_account.id"), nullable=False),
    Column("client", String(100), nullable=False),
    Column("body", String(32), nullable=False),  # for whom the user acted, or empty
    Column("scopes", Text, nullable=False),
    Column("claims", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Index("ix_idp_consent_account_client", "account", "client"),
)

releases = Table(
    "idp_release",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account", String(32), nullable=False),
    Column("client", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("sid", String(32), nullable=False),
    Column("detail", Text, nullable=False),  # names of scopes and claims, and the level; never a value
    Column("at", UtcDateTime, nullable=False),
    Index("ix_idp_release_account_at", "account", "at"),
)
