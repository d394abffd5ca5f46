"""What levels of other identity systems are worth here: never more than proved, never above 4 without a treaty."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from trust.errors import Kind, TrustError
from trust.values.assurance import UNPROVEN, Rank

MAX_FOREIGN: Final = Rank(4)
MAX_HOPS: Final = 1
_NUMBERED: Final = re.compile(r"(.{0,180}?)([0-9]{1,4}(?:\.[0-9]{1,4})?)", re.ASCII)


class EquivalenceMalformed(TrustError):
    """The row cannot stand; the message says why."""

    kind, code = Kind.MALFORMED, "equivalence-malformed"


@dataclass(frozen=True, slots=True)
class Equivalence:
    """One foreign level and ours, from an instant to another one, by a document.

    A row that was replaced in its first instant ends where it begins, and so never counts.
    """

    scheme: str
    level: str
    rank: Rank
    basis: str
    since: datetime
    until: datetime | None = None
    treaty: bool = False

    def __post_init__(self) -> None:
        """Check the row.

        Raises:
            EquivalenceMalformed: a name or basis is missing or too long, or it is above 4 without a treaty.
        """
        for name, value in (("scheme", self.scheme), ("level", self.level), ("basis", self.basis)):
            if not value.strip() or len(value) > 200:
                raise EquivalenceMalformed(f"{name}: wanted is a text of up to 200 characters")
        if self.rank > MAX_FOREIGN and not self.treaty:
            raise EquivalenceMalformed(f"a foreign level is worth more than {MAX_FOREIGN} by treaty alone")


def foreign_rank(rows: Sequence[Equivalence], scheme: str, level: str, at: datetime, hops: int) -> Rank:
    """Return what a foreign level is worth; a numbered level between two rows counts as the lower one.

    Args:
        rows: all rows, also past and future ones.
        scheme: the identity system.
        level: its word, such as ``L2`` or ``2.5``.
        at: now.
        hops: how many systems stand between that sign-in and us; more than one is never believed.
    """
    live = [
        one for one in rows if one.scheme == scheme and one.since <= at and (one.until is None or at < one.until)
    ]  # fmt: skip
    if hops > MAX_HOPS:
        return UNPROVEN
    exact = [one.rank for one in live if one.level == level]
    if exact:
        return min(exact)
    asked = _number(level)
    if asked is None:
        return UNPROVEN
    below = [
        (number[1], one.rank)
        for one in live
        if (number := _number(one.level)) is not None and number[0] == asked[0] and number[1] < asked[1]
    ]
    nearest = max((number for number, _ in below), default=None)
    return min((rank for number, rank in below if number == nearest), default=UNPROVEN)


def _number(level: str) -> tuple[str, Decimal] | None:
    found = _NUMBERED.fullmatch(level)
    return None if found is None else (found[1], Decimal(found[2]))
