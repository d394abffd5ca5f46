"""Who is calling: what a use case may know about whoever asks for an act."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Self

from trust.values.assurance import HIGHEST, UNPROVEN, Rank
from trust.values.credit_code import CreditCode
from trust.values.region import Area


class PrincipalKind(Enum):
    """In which capacity somebody calls."""

    PERSON = "person"  # a natural person, for herself
    BODY = "body"  # a legal person, through somebody who may act for it
    OFFICIAL = "official"  # a civil servant in a post
    CLIENT = "client"  # a system on its own behalf
    OPERATOR = "operator"  # whoever runs a command on the host
    SERVICE = "service"  # our own periodic work


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls, how surely that is known and since when, and what may be asked for.

    `subject` is the stable name within our services, never a person's number; `holder` is the blind index of that
    number under the key `person-index`, by which a person finds what is hers.
    """

    subject: str
    kind: PrincipalKind
    level: Rank = UNPROVEN
    proven_at: datetime | None = None  # when the level was proven, not when the token was made
    body: CreditCode | None = None
    post: str | None = None
    region: Area | None = None
    holder: bytes | None = field(default=None, repr=False)
    acting_for: str | None = None  # the mandate under which another's affairs are done
    client: str | None = None
    scopes: frozenset[str] = frozenset()

    @classmethod
    def operator(cls, user: str, at: datetime) -> Self:
        """Whoever runs a command: the operating system vouches for the user, and access to the host for the rank."""
        return cls(f"os:{user}", PrincipalKind.OPERATOR, HIGHEST, at)

    @classmethod
    def service(cls, name: str) -> Self:
        """Our own periodic work, such as `crl` or `sequencer`."""
        return cls(name, PrincipalKind.SERVICE)

    def __str__(self) -> str:
        """As the journal writes it: `operator os:alice`."""
        return f"{self.kind.value} {self.subject}"
