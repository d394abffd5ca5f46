"""Tables of seals, of the seal maker's certificates, and of stampings."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from trust.storage.tables import UtcDateTime, metadata

seals = Table(
    "seal_seal",
    metadata,
    Column("id", String(14), primary_key=True),  # the seal code
    Column("name", Text, nullable=False),
    Column("owner", String(18), nullable=False),  # credit code
    Column("owner_name", Text, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("key_name", String(200), nullable=False),  # in the key ring
    Column("width", Integer, nullable=False),  # mm
    Column("height", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("valid_from", UtcDateTime, nullable=False),
    Column("valid_to", UtcDateTime, nullable=False),
    Column("standing", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("certificate", LargeBinary, nullable=False),  # DER; empty while in making
    Column("data", LargeBinary, nullable=False),  # DER of the SESeal; empty while in making
    Column("order_key", String(200), nullable=False, unique=True),  # idempotency key of the order that made it
    Column("order_digest", String(64), nullable=False),
)
Index("ix_seal_seal_owner", seals.c.owner)

makers = Table(
    "seal_maker",
    metadata,
    Column("fingerprint", String(64), primary_key=True),  # SM3 of the certificate
    Column("key_name", String(200), nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

stampings = Table(
    "seal_stamping",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("by", String(200), nullable=False),
    Column("key", String(200), nullable=False),  # the orderer's idempotency key
    Column("order_digest", String(64), nullable=False),
    Column("seal", String(14), nullable=False),
    Column("seal_revision", Integer, nullable=False),
    Column("signature_id", String(40), nullable=False),
    Column("data_hash", String(64), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("intended_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("address", String(64)),  # of the sealed file in the object store
    Column("reason", Text),
    UniqueConstraint("by", "key"),
)
Index("ix_seal_stamping_seal", stampings.c.seal, stampings.c.intended_at)
