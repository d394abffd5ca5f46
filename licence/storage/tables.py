"""Tables of licence types, of the numbers given, of issuances and of licences."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from trust.storage.tables import UtcDateTime, metadata

types = Table(
    "licence_type",
    metadata,
    Column("code", String(21), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # the file as it was registered; it never changes
    Column("digest", String(64), nullable=False),
    Column("registered_at", UtcDateTime, nullable=False),
)

numbers = Table(
    "licence_number",
    metadata,
    Column("type", String(21), primary_key=True),
    Column("issuer", String(18), primary_key=True),
    Column("scope", String(60), primary_key=True),  # what the type's rule counts by
    Column("last", Integer, nullable=False),
)

issuances = Table(
    "licence_issuance",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("by", String(200), nullable=False),
    Column("business_number", String(100), nullable=False),
    Column("order_digest", String(32), nullable=False),  # keyed
    Column("type", String(21), nullable=False),
    Column("type_version", Integer, nullable=False),
    Column("issuer", String(18), nullable=False),
    Column("serial", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("intended_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("address", String(64)),  # of the file in the object store
    Column("reason", Text),
    UniqueConstraint("by", "business_number"),
    UniqueConstraint("type", "issuer", "serial", "version"),
)

licences = Table(
    "licence_licence",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("identifier", String(128), nullable=False, unique=True),
    Column("type", String(21), nullable=False),
    Column("type_version", Integer, nullable=False),
    Column("issuer", String(18), nullable=False),
    Column("serial", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("area", String(6), nullable=False),
    Column("state", String(20), nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("expires_on", Date),
    Column("sealed_at", UtcDateTime, nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("address", String(64), nullable=False),
    Column("metadata", LargeBinary, nullable=False),  # encrypted
    Column("sole", LargeBinary(16), unique=True),  # keyed index of type and holder while only one may be valid
    UniqueConstraint("type", "issuer", "serial", "version"),
)

holders = Table(
    "licence_holder",
    metadata,
    Column("licence", String(32), ForeignKey(licences.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("holder_type", String(3), nullable=False),
    Column("holder", LargeBinary(16), nullable=False),  # keyed index of the code
)
Index("ix_licence_holder_holder", holders.c.holder)
