"""The keys that sign tokens: where each stands in its life, and what is due.

Of each algorithm one key is current and the next one is published already, so that whoever keeps our key set for a while
knows it before it signs. A retired key stays published until nothing it signed can be in use, then it is archived and
serves to recognise old ID tokens that come back as hints. A withdrawn key verifies nothing any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

RS256: Final = "RS256"
ES256: Final = "ES256"
SM2_SM3: Final = "SM2-SM3"
ALGORITHMS: Final = (RS256, ES256, SM2_SM3)


class Standing(Enum):
    """Where a key stands in its life, in this order."""

    NEXT = "next"  # published, signs nothing yet
    CURRENT = "current"  # signs
    RETIRED = "retired"  # published, signs no more
    ARCHIVED = "archived"  # verifies hints alone
    WITHDRAWN = "withdrawn"  # verifies nothing


PUBLISHED: Final = frozenset({Standing.NEXT, Standing.CURRENT, Standing.RETIRED})


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What is recorded of a key; the private half lies in the key ring under `ring_name`."""

    kid: str
    alg: str
    number: int  # from 1, within its algorithm
    standing: Standing
    public: Mapping[str, str]  # as a JWK
    since: datetime  # when it came to stand there

    @property
    def ring_name(self) -> str:
        return ring_name(self.alg, self.number)


@dataclass(frozen=True, slots=True)
class KeyRules:
    """How long keys stay where they are."""

    every: timedelta = timedelta(days=30)  # a key signs no longer
    ahead: timedelta = timedelta(days=7)  # a key is published no shorter before it signs
    keep: timedelta = timedelta(hours=2)  # a key stays published after it signed, longer than any token lives


@dataclass(frozen=True, slots=True)
class Turn:
    """What is due for one algorithm: these keys move, these are to be made."""

    moves: Sequence[tuple[KeyRecord, Standing]] = ()
    makes: Sequence[Standing] = ()

    def __bool__(self) -> bool:
        return bool(self.moves or self.makes)


def ring_name(alg: str, number: int) -> str:
    """The name of a key in the key ring."""
    return f"idp/{alg}-{number}"


def due(keys: Sequence[KeyRecord], at: datetime, rules: KeyRules) -> Turn:
    """What time demands of the keys of one algorithm."""
    old = [(one, Standing.ARCHIVED) for one in keys if _past(one, Standing.RETIRED, at - rules.keep)]
    current, following = _of(keys, Standing.CURRENT), _of(keys, Standing.NEXT)
    if current is None:
        return Turn(old, (Standing.CURRENT, Standing.NEXT) if following is None else (Standing.CURRENT,))
    if following is None:
        return Turn(old, (Standing.NEXT,))
    if at - current.since >= rules.every and at - following.since >= rules.ahead:
        return Turn([*old, *_succession(current, following)], (Standing.NEXT,))
    return Turn(old)


def rotation(keys: Sequence[KeyRecord]) -> Turn:
    """The next key takes over now, and another one is published."""
    current, following = _of(keys, Standing.CURRENT), _of(keys, Standing.NEXT)
    if current is None or following is None:
        return Turn()
    return Turn(_succession(current, following), (Standing.NEXT,))


def withdrawal(keys: Sequence[KeyRecord], kid: str) -> Turn:
    """A key that may have leaked verifies nothing any more; where it signed, the next one takes over."""
    leaked = next((one for one in keys if one.kid == kid and one.standing is not Standing.WITHDRAWN), None)
    if leaked is None:
        return Turn()
    moves = [(leaked, Standing.WITHDRAWN)]
    if leaked.standing is Standing.NEXT:
        return Turn(moves, (Standing.NEXT,))
    following = _of(keys, Standing.NEXT)
    if leaked.standing is not Standing.CURRENT:
        return Turn(moves)
    if following is None:
        return Turn(moves, (Standing.CURRENT, Standing.NEXT))
    return Turn([*moves, (following, Standing.CURRENT)], (Standing.NEXT,))


def _succession(current: KeyRecord, following: KeyRecord) -> list[tuple[KeyRecord, Standing]]:
    return [(current, Standing.RETIRED), (following, Standing.CURRENT)]


def _of(keys: Sequence[KeyRecord], standing: Standing) -> KeyRecord | None:
    return next((one for one in keys if one.standing is standing), None)


def _past(key: KeyRecord, standing: Standing, before: datetime) -> bool:
    return key.standing is standing and key.since <= before
