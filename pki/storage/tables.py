"""Authorities, certificates from intent to end, revocations, published lists, and the stamper's last word."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint, text

from trust.storage.tables import UtcDateTime, metadata

authorities = Table(
    "pki_authority",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("key", String(200), nullable=False),  # its name in the ring
    Column("above", String(64)),  # none: the root, or for a stamper its issuer
    Column("profiles", Text, nullable=False),  # what it issues, one a line; nothing: it stamps time
    Column("shards", Integer, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

certificates = Table(
    "pki_certificate",
    metadata,
    Column("authority", String(64), primary_key=True),
    Column("serial", String(32), primary_key=True),  # sixteen octets in hexadecimal
    Column("shard", Integer, nullable=False),
    Column("profile", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("skeleton", String(64), nullable=False),  # SM3 of the subject as it reads, by which look-alikes are found
    Column("key_digest", String(64), nullable=False),  # SM3 of the key
    Column("requester", Text, nullable=False),
    Column("idempotency_key", String(200)),  # none once abandoned, so that the order may be given again
    Column("order_digest", String(64), nullable=False),
    Column("tbs", LargeBinary, nullable=False),  # exactly what was, or may have been, signed
    Column("certificate", LargeBinary),
    Column("not_after", UtcDateTime, nullable=False),
    Column("intended_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    UniqueConstraint("requester", "idempotency_key"),
)
Index("ix_pki_certificate_skeleton", certificates.c.skeleton)
Index("ix_pki_certificate_key_digest", certificates.c.key_digest)
_INTENDED = text("state = 'intended'")
Index(
    "ix_pki_certificate_intended",
    certificates.c.intended_at,
    sqlite_where=_INTENDED,
    postgresql_where=_INTENDED,
)

revocations = Table(
    "pki_revocation",
    metadata,
    Column("authority", String(64), primary_key=True),
    Column("serial", String(32), primary_key=True),
    Column("shard", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", Integer, nullable=False),
    Column("invalid_since", UtcDateTime),
)
Index("ix_pki_revocation_shard", revocations.c.authority, revocations.c.shard, revocations.c.serial)

lists = Table(
    "pki_list",
    metadata,
    Column("authority", String(64), primary_key=True),
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("this_update", UtcDateTime, nullable=False),
    Column("next_update", UtcDateTime, nullable=False),
    Column("address", String(64), nullable=False),  # of the signed list in the object store
    Column("entries", Integer, nullable=False),
    Column("digest", String(64), nullable=False),  # SM3 of its entries, by which a list that says the same is known
)

stampers = Table(
    "pki_stamper",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("last_at", UtcDateTime, nullable=False),  # no later token may say an earlier instant
    Column("count", BigInteger, nullable=False),
)
