"""The five levels as decisions: what is proved, what a sign-in is worth now, and what is missing for more."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from idp.model.assurance import Evidence, Lifetime, Missing, Proof, Standing, Wanted
from idp.model.equivalence import Equivalence, foreign_rank
from idp.model.freshness import Way, ages, factor_of, ways_together
from idp.model.ladder_data import LadderData, SessionRule
from trust.values.assurance import HIGHEST, UNPROVEN, Rank

MAX_STEPS: Final = 20
_NOBODY: Final = frozenset[str]()


class Ladder:
    """A table of levels, asked.

    Ranks are compared, names never. `distrusted` are methods that count for nothing now, such as ``sms`` after the
    number moved to another card.
    """

    def __init__(self, data: LadderData, equivalences: Sequence[Equivalence] = ()) -> None:
        """Prepare the answers that depend on the table alone."""
        self.data = data
        self._equivalences = tuple(equivalences)
        self._top = len(data.levels)
        self._together = ways_together(data)
        self._single = {
            name: Way.of([factor], factor.rank, name, (name,))
            for name, factor in data.factors.items()
            if not name.endswith("*")
        }
        self._decays = (None, *(one.decays for one in data.levels))
        self._acrs = ("0", *(data.acr_prefix + one.code for one in data.levels))
        self._ranks = {acr: Rank(value) for value, acr in enumerate(self._acrs)}

    def acr(self, rank: Rank) -> str:
        """Return the word for a rank; ``0`` when nothing is proved. Standard: OpenID Connect Core 1.0, 2, acr."""
        return self._acrs[min(rank.value, self._top)]

    def rank_of_acr(self, acr: str) -> Rank | None:
        """Return the rank an acr value of ours names."""
        return self._ranks.get(acr)

    def wanted(self, values: Iterable[str]) -> tuple[Wanted, ...]:
        """Return what acr values ask for, in the order of preference; values nobody knows are left out.

        Standard:
            OpenID Connect Core 1.0, 3.1.2.1, acr_values; OpenID Connect EAP ACR Values 1.0: ``phr`` and ``phrh``.
        """
        found = []
        for value in values:
            if value in ("phr", "phrh"):
                found.append(Wanted(value, Rank(1), phishing_resistant=True, hardware=value == "phrh"))
            elif (rank := self._ranks.get(value)) is not None:
                found.append(Wanted(value, rank))
        return tuple(found)

    def satisfied(self, values: Iterable[str], standing: Standing) -> str | None:
        """Return the first of these acr values that a session meets, which is then the one to report."""
        for one in self.wanted(values):
            resists = standing.phishing_resistant or not one.phishing_resistant
            if standing.level >= one.rank and resists and (standing.hardware or not one.hardware):
                return one.acr
        return None

    def identity_level(self, kind: str, evidence: Sequence[Evidence], at: datetime) -> Rank:
        """Return what is proved about a natural person, a body or an official; no level can be skipped."""
        held = {one.kind for one in evidence if self._holds(one, at)}
        implied = self._implied(evidence, at)
        reached, needs = 0, self.data.needs[kind]
        for rank in range(min(needs), self._top + 1):
            groups = needs.get(rank, ())
            if rank not in implied and not all(any(one in held for one in group) for group in groups):
                break
            reached = rank
        return Rank(reached)

    def expires(self, kind: str, at: datetime) -> datetime | None:
        """Return until when evidence of a kind that is given now will hold; None: until it is taken back."""
        lasts = self.data.evidence[kind].lasts
        return None if lasts is None else at + lasts

    def session(
        self,
        kind: str,
        evidence: Sequence[Evidence],
        proofs: Sequence[Proof],
        at: datetime,
        cap: Rank = HIGHEST,
        *,
        distrusted: frozenset[str] = _NOBODY,
    ) -> Standing:
        """Return the standing of a session now: the least of identity, sign-in and cap; factors lose rank by age."""
        il = self.identity_level(kind, evidence, at)
        shown = ages(proofs, at, distrusted)
        live = [one for one in self._ways(kind, shown) if all(method in shown for method in one.methods)]
        al, strongest = self._best(live, shown, Rank(self._top))
        level = min(il, al, cap)
        needed = strongest if level >= al else self._best(live, shown, max(level, Rank(1)))[1]
        return Standing(
            level=level,
            il=il,
            al=al,
            auth_time=None if needed is None else at - max(shown[one] for one in needed.methods),
            amr=() if strongest is None else strongest.amr,
            acr=self.acr(level),
            phishing_resistant=any(one.phishing_resistant for one in live),
            hardware=any(one.hardware for one in live),
        )

    def acting(
        self,
        body: Sequence[Evidence],
        evidence: Sequence[Evidence],
        proofs: Sequence[Proof],
        at: datetime,
        cap: Rank = HIGHEST,
        *,
        distrusted: frozenset[str] = _NOBODY,
    ) -> Standing:
        """Return the standing of a person who acts for a body: the least of both identities, sign-in and mandate.

        Args:
            body: what is proved about the body.
            evidence: what is proved about the person.
            proofs: what the person showed in this session.
            at: now.
            cap: what the mandate and the route allow at most.
            distrusted: methods that count for nothing now.
        """
        il = min(self.identity_level("body", body, at), self.identity_level("natural", evidence, at))
        standing = self.session("natural", evidence, proofs, at, min(cap, il), distrusted=distrusted)
        return replace(standing, il=il)

    def missing(
        self,
        kind: str,
        evidence: Sequence[Evidence],
        proofs: Sequence[Proof],
        wanted: Rank,
        at: datetime,
        within: timedelta | None,
        enrolled: frozenset[str],
        cap: Rank = HIGHEST,
        *,
        distrusted: frozenset[str] = _NOBODY,
        phishing_resistant: bool = False,
        hardware: bool = False,
    ) -> Missing:
        """Return the cheapest that lifts a session to a rank; what is still fresh is never asked for again.

        Args:
            kind: natural, body or staff.
            evidence: what is known.
            proofs: what was shown in this session.
            wanted: the rank; 0 is any sign-in.
            at: now.
            within: how old the oldest factor may be (`max_age`); None: as old as the level allows.
            enrolled: the methods this user has.
            cap: what the route allows at most.
            distrusted: methods that count for nothing now.
            phishing_resistant: at least one factor resists phishing.
            hardware: at least one factor lives in hardware.
        """
        if wanted > cap or wanted.value > self._top:
            return Missing(impossible=True)
        proving = self._proving(kind, evidence, wanted, at)
        shown = ages(proofs, at, distrusted)
        target = max(wanted, Rank(1))
        usable = enrolled - distrusted

        def lacking(methods: Iterable[str]) -> list[tuple[Way, frozenset[str]]]:
            return [
                (way, frozenset(way.lacks(shown, within, self._decays[target.value])))
                for way in self._ways(kind, methods)
                if way.rank >= target
                and (way.phishing_resistant or not phishing_resistant)
                and (way.hardware or not hardware)
            ]

        open_ways = lacking([*shown, *usable])
        if any(not lacks for _, lacks in open_ways):
            return Missing(evidence=proving, met=not proving)
        steps = self._steps([(way, lacks) for way, lacks in open_ways if lacks <= usable])
        if steps:
            return Missing(steps=steps, evidence=proving)
        al = self._best(self._ways(kind, shown), shown, Rank(self._top))[0]
        may = {name for name, one in self.data.factors.items() if one.enrol is not None and one.enrol <= al}
        may = {name for name in may - distrusted if not name.endswith("*")}
        after = self._steps([(way, lacks) for way, lacks in lacking([*shown, *usable, *may]) if lacks <= usable | may])
        enrol = tuple(dict.fromkeys(one for step in after for one in step if one in may - usable))
        return Missing(enrol=enrol, evidence=proving, impossible=not enrol)

    def lifetime(self, kind: str, rank: Rank) -> Lifetime:
        """Return when sessions of a kind (also ``administrator``) end at a rank."""
        rule = self.data.sessions.get(kind)
        if rule is not None:
            return rule.lifetime
        return self.data.levels[min(max(rank.value, 1), self._top) - 1].lifetime

    def freshness(self, rank: Rank) -> timedelta | None:
        """Return how old a sign-in may be for a sensitive act at a rank; None: as old as its session."""
        return self.data.levels[min(max(rank.value, 1), self._top) - 1].fresh

    def foreign(self, scheme: str, level: str, at: datetime, hops: int = 1) -> Rank:
        """Return the cap for a sign-in at another identity system; what nobody mapped counts for nothing."""
        return foreign_rank(self._equivalences, scheme, level, at, hops)

    def _holds(self, one: Evidence, at: datetime) -> bool:
        rule = self.data.evidence.get(one.kind)
        if rule is None or one.at > at or (one.expires_at is not None and one.expires_at <= at):
            return False
        return rule.lasts is None or rule.from_use or at < one.at + rule.lasts

    def _implied(self, evidence: Sequence[Evidence], at: datetime) -> set[int]:
        """The ranks proved by evidence above them that carries the number."""
        return {
            rank
            for one in evidence
            if one.carries_number and self._holds(one, at)
            for rank in self.data.evidence[one.kind].proves
        }

    def _proving(self, kind: str, evidence: Sequence[Evidence], wanted: Rank, at: datetime) -> tuple[str, ...]:
        """The first alternative of each requirement that is not met, in the order to prove them."""
        if self.identity_level(kind, evidence, at) >= wanted:
            return ()
        held = {one.kind for one in evidence if self._holds(one, at)}
        implied = self._implied(evidence, at)
        found: dict[str, None] = {}
        # From the top down: what a higher rank asks for may serve a lower one as well.
        for rank in range(max(wanted.value, min(self.data.needs[kind])), 0, -1):
            for group in self.data.needs[kind].get(rank, ()) if rank not in implied else ():
                if not any(one in held or one in found for one in group):
                    found[group[0]] = None
        return tuple(reversed(found))

    def _ways(self, kind: str, methods: Iterable[str]) -> list[Way]:
        """The ways that begin from these methods alone, and those that join several."""
        rule: SessionRule | None = self.data.sessions.get(kind)
        found = list(self._together)
        for name in dict.fromkeys(methods):
            way = self._single.get(name)
            if way is None and (factor := factor_of(self.data, name)) is not None and not name.endswith("*"):
                way = Way.of([factor], factor.rank, name, (name,))
            if way is not None:
                found.append(way)
        return [one for one in found if one.second_factor] if rule is not None and rule.second_factor else found

    def _best(self, ways: Sequence[Way], shown: dict[str, timedelta], most: Rank) -> tuple[Rank, Way | None]:
        """The highest rank up to `most` that these ways are worth now, and of those ways the one shown last."""
        for value in range(most.value, 0, -1):
            able = [one for one in ways if one.rank.value >= value and not one.lacks(shown, None, self._decays[value])]
            if able:
                return Rank(value), min(able, key=lambda one: (max(shown[name] for name in one.methods), one.cost))
        return UNPROVEN, None

    def _steps(self, ways: Sequence[tuple[Way, frozenset[str]]]) -> tuple[tuple[str, ...], ...]:
        """The smallest sets of methods that are lacking, fewest and cheapest first."""
        sets = {lacks for _, lacks in ways}
        least = [one for one in sets if not any(other < one for other in sets)]
        cost = {one: sum(self._cost(method) for method in one) for one in least}
        order = sorted(least, key=lambda one: (len(one), cost[one], sorted(one)))[:MAX_STEPS]
        return tuple(tuple(sorted(one, key=lambda method: (self._cost(method), method))) for one in order)

    def _cost(self, method: str) -> int:
        factor = factor_of(self.data, method)
        return 0 if factor is None else factor.cost
