"""The tables of what people know and are sent: passwords, one-time passwords, recovery codes, failed tries."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from trust.storage.tables import UtcDateTime, metadata

passwords = Table(
    "idp_password",
    metadata,
    Column("account", String(32), ForeignKey("idp_account.id"), primary_key=True),
    Column("digest", Text, nullable=False),  # argon2id with salt and parameters
    Column("former", Text, nullable=False),  # JSON: the digests before it, newest first
    Column("set_at", UtcDateTime, nullable=False),
)

failures = Table(
    "idp_failure",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # of who is tried, and from where
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False, index=True),
    Column("free_at", UtcDateTime, nullable=False),
)

known_devices = Table(
    "idp_known_device",
    metadata,
    Column("device", LargeBinary(32), primary_key=True),  # digest of a cookie
    Column("account", String(32), ForeignKey("idp_account.id"), primary_key=True, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)

totps = Table(
    "idp_totp",
    metadata,
    Column("account", String(32), ForeignKey("idp_account.id"), primary_key=True),
    Column("secret", LargeBinary),  # encrypted; empty until the first one is confirmed
    Column("step", BigInteger, nullable=False),  # the newest that was used
    Column("pending", LargeBinary),  # encrypted; shown, and not confirmed yet
    Column("pending_until", UtcDateTime),
    Column("confirmed_at", UtcDateTime),
)

recovery_codes = Table(
    "idp_recovery_code",
    metadata,
    Column("account", String(32), ForeignKey("idp_account.id"), primary_key=True),
    Column("digest", LargeBinary(32), primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

sent_codes = Table(
    "idp_sent_code",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("method", String(10), nullable=False),  # sms, mail
    Column("account", String(32), ForeignKey("idp_account.id"), nullable=False, index=True),
    Column("browser", LargeBinary(32), nullable=False),  # digest of the cookie of whoever asked
    Column("digest", LargeBinary(16), nullable=False),  # keyed
    Column("tries", Integer, nullable=False),
    Column("until", UtcDateTime, nullable=False, index=True),
    Column("used_at", UtcDateTime),
)
