"""The table of logout tokens on their way: who was told of the end of a session, and who could not be."""

from sqlalchemy import Column, Index, Integer, String, Table

from trust.storage.tables import UtcDateTime, metadata

deliveries = Table(
    "idp_logout_delivery",
    metadata,
    Column("id", String(32), primary_key=True),  # the `jti` of the token, so that a repeated one is known as such
    Column("client", String(100), nullable=False),
    Column("sid", String(32), nullable=False),  # empty: every session of the subject
    Column("sub", String(64), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("state", String(10), nullable=False),  # waiting, told, refused, given-up
    Column("at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Index("ix_idp_logout_delivery_at", "at"),
)
