"""The tables of what people hold to sign in with, and of the challenges and codes that wait for an answer."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from trust.storage.tables import UtcDateTime, metadata

challenges = Table(
    "idp_challenge",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # of the nonce
    Column("kind", String(30), nullable=False),
    Column("browser", LargeBinary(32), nullable=False),  # digest of the cookie of the browser that was asked
    Column("account", String(32)),  # whose answer is wanted; none: anybody's
    Column("client", String(100), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False, index=True),
    Column("used_at", UtcDateTime),
)

passkeys = Table(
    "idp_passkey",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # of the credential's id
    Column("account", String(32), ForeignKey("idp_account.id"), nullable=False, index=True),
    Column("credential", LargeBinary(1023), nullable=False),
    Column("public_key", LargeBinary(2000), nullable=False),  # COSE
    Column("counter", BigInteger, nullable=False),
    Column("method", String(20), nullable=False),
    Column("aaguid", String(36), nullable=False),
    Column("transports", String(100), nullable=False),
    Column("name", String(60), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
)

certificates = Table(
    "idp_certificate",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # of issuer and serial
    Column("account", String(32), ForeignKey("idp_account.id"), nullable=False, index=True),
    Column("issuer", String(200), nullable=False),
    Column("serial", String(60), nullable=False),
    Column("key", LargeBinary(32), nullable=False),  # digest of the subject's public key
    Column("not_after", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
)

device_keys = Table(
    "idp_device_key",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account", String(32), ForeignKey("idp_account.id"), nullable=False, index=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),  # of the key
    Column("spki", LargeBinary(200), nullable=False),
    Column("name", String(60), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
)

qr_logins = Table(
    "idp_qr_login",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # of the id in the code
    Column("browser", LargeBinary(32), nullable=False),
    Column("client", String(100), nullable=False),
    Column("device", String(100), nullable=False),
    Column("network", String(50), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False, index=True),
    Column("account", String(32)),  # who scanned it
    Column("cap", Integer),  # rank of whoever confirmed
    Column("decided_at", UtcDateTime),
    Index("ix_idp_qr_login_browser_state", "browser", "state"),
)
