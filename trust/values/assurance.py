"""How surely somebody is known: a rank, into which every table of levels is mapped."""

from dataclasses import dataclass
from typing import Final, Self

from trust.errors import Kind, TrustError


class RankMalformed(TrustError):
    """The number is not a rank."""

    kind, code = Kind.MALFORMED, "rank-malformed"


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """A rank from 0 (nobody knows) to 5 (proven in person and by a certificate); ranks compare.

    Names of levels differ between provinces and live in versioned tables; code asks for a rank alone.
    """

    value: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one digit.

        Raises:
            RankMalformed: not a digit from 0 to 5.
        """
        if len(text) != 1 or text not in "012345":
            raise RankMalformed("a rank is one digit from 0 to 5")
        return cls(int(text))

    def __str__(self) -> str:
        return str(self.value)


UNPROVEN: Final = Rank(0)
HIGHEST: Final = Rank(5)
