"""What factors are worth at an instant: ways to sign in, how they lose rank by age, and what each still lacks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from idp.model.assurance import Proof
from idp.model.ladder_data import Factor, LadderData
from trust.values.assurance import Rank

NOW: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to sign in: factors that are shown together, and what that is worth."""

    methods: tuple[str, ...]
    rank: Rank
    decays_by: str
    cost: int
    amr: tuple[str, ...]
    second_factor: bool
    phishing_resistant: bool
    hardware: bool

    @classmethod
    def of(cls, factors: Sequence[Factor], rank: Rank, decays_by: str, methods: tuple[str, ...]) -> "Way":
        words = [word for factor in factors for word in factor.amr]
        several = len(factors) > 1
        return cls(
            methods=methods,
            rank=rank,
            decays_by=decays_by,
            cost=sum(factor.cost for factor in factors),
            amr=tuple(dict.fromkeys([*words, "mfa"] if several else words)),
            second_factor=several or factors[0].multi,
            phishing_resistant=any(factor.phishing_resistant for factor in factors),
            hardware=any(factor.hardware for factor in factors),
        )

    def lacks(self, ages: Mapping[str, timedelta], longest: timedelta | None, decay: timedelta | None) -> list[str]:
        """Return the methods that have to be shown, or shown again.

        Args:
            ages: how old each factor of the session is.
            longest: no factor may be older.
            decay: the age up to which the deciding factor keeps the rank that is wanted.
        """
        found = []
        for method in self.methods:
            age = ages.get(method)
            stale = age is not None and (
                (longest is not None and age > longest)
                or (method == self.decays_by and decay is not None and age > decay)
            )
            if age is None or stale:
                found.append(method)
        return found


def ages(proofs: Iterable[Proof], at: datetime, distrusted: frozenset[str]) -> dict[str, timedelta]:
    """Return the age of the newest proof of each method; an instant ahead of ours is another machine's clock, so now."""
    newest: dict[str, timedelta] = {}
    for proof in proofs:
        if proof.method in distrusted:
            continue
        age = max(NOW, at - proof.at)
        if proof.method not in newest or age < newest[proof.method]:
            newest[proof.method] = age
    return newest


def factor_of(data: LadderData, method: str) -> Factor | None:
    """Return the row of a method: its own, else that of its family, such as ``link:*``."""
    own = data.factors.get(method)
    if own is not None:
        return own
    family, colon, _ = method.partition(":")
    return data.factors.get(f"{family}:*") if colon else None


def ways_together(data: LadderData) -> tuple[Way, ...]:
    """Return the ways that need several factors."""
    return tuple(
        Way.of([data.factors[name] for name in row.factors], row.rank, row.decays_by, row.factors)
        for row in data.together
    )
