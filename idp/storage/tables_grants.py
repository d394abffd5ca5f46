"""Tables of the ways to ask for a grant that begin on the back channel."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text

from trust.storage.tables import UtcDateTime, metadata

pushed = Table(
    "idp_pushed",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # of the random part of the request_uri
    Column("client", String(100), nullable=False),
    Column("parameters", Text, nullable=False),  # JSON, as they were checked
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=True),
)
Index("ix_idp_pushed_until", pushed.c.until)
