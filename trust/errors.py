"""Errors of every service: a fact, how a caller should react, and a code that stays."""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from certs.errors import CertsError


class Kind(Enum):
    """How a caller should react; each edge translates it (HTTP status, exit code)."""

    MALFORMED = "malformed"  # the request can never succeed as it is written
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"  # the state of things forbids it now
    TOO_LARGE = "too-large"
    UNAVAILABLE = "unavailable"  # try again later
    INTERNAL = "internal"  # a fault of ours


class TrustError(Exception):
    """The root of what our services raise on purpose."""

    kind: ClassVar[Kind] = Kind.INTERNAL
    code: ClassVar[str] = "internal"


@dataclass(frozen=True, slots=True)
class Description:
    """What an edge may tell about an error."""

    kind: Kind
    code: str
    message: str


def describe(error: BaseException) -> Description:
    """Describe any error for an edge; anything unplanned becomes a plain "internal" without detail."""
    match error:
        case TrustError():
            return Description(error.kind, error.code, str(error))
        case CertsError():
            return Description(Kind.MALFORMED, error.code, str(error))
        case _:
            return Description(Kind.INTERNAL, "internal", "an unexpected fault")
