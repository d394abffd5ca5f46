"""Processor time of servers for the same acts, taken in turn, round by round."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.benchmarks.harness import Effort
from tests.benchmarks.idp.load import cpu_seconds

WARM_UP: Final = 200  # calls before the first round: an engine that compiles while it runs has settled by then


@dataclass(frozen=True, slots=True)
class Side:
    """One server under measurement."""

    name: str
    pids: Sequence[int]  # its processes, without the database's
    acts: Mapping[str, Callable[[], object]]

    def cpu(self) -> float:
        return sum(map(cpu_seconds, self.pids))


@dataclass(frozen=True, slots=True)
class Figures:
    """What one act cost one side, a figure for each round, in seconds of processor time."""

    rounds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)

    def over(self, other: "Figures") -> list[float]:
        """The ratios to another side's figures of the same rounds, in rising order."""
        return sorted(mine / theirs for mine, theirs in zip(self.rounds, other.rounds, strict=True))


def compare(act: str, sides: Sequence[Side], effort: Effort) -> dict[str, Figures]:
    """Let every side do an act, in turn in every round."""
    calls = {side.name: _calls(side.acts[act], effort) for side in sides}
    found = {side.name: Figures() for side in sides}
    for _ in range(effort.rounds):
        for side in sides:
            found[side.name].rounds.append(_cpu_of(side, side.acts[act], calls[side.name]))
    return found


def _calls(call: Callable[[], object], effort: Effort) -> int:
    """Warm up, and return how many calls fill a round."""
    for _ in range(1 if effort.quick else WARM_UP):
        call()
    begun = time.perf_counter()
    call()
    return max(1, int(effort.seconds / (time.perf_counter() - begun)))


def _cpu_of(side: Side, call: Callable[[], object], calls: int) -> float:
    begun = side.cpu()
    for _ in range(calls):
        call()
    return (side.cpu() - begun) / calls
