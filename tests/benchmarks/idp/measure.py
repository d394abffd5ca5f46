"""Processor time of servers for the same acts, a few callers at once, the servers in turn, round by round."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from tests.benchmarks.harness import Effort
from tests.benchmarks.idp.load import cpu_seconds

LANES: Final = 4  # callers at once
WARM_UP: Final = 400  # calls before the first round: an engine that compiles while it runs has settled by then


@dataclass(frozen=True, slots=True)
class Side:
    """One server under measurement."""

    name: str
    pid: int  # of its one process; the database's are not counted
    lanes: Sequence[Mapping[str, Callable[[], object]]]  # acts by name, of each caller

    def cpu_of(self, act: str, calls: int) -> float:
        """Return the processor time of one call, with all lanes calling at once."""
        begun = cpu_seconds(self.pid)
        self.do(act, calls)
        return (cpu_seconds(self.pid) - begun) / (calls * len(self.lanes))

    def do(self, act: str, calls: int) -> None:
        """Let every lane call so many times."""
        with ThreadPoolExecutor(len(self.lanes)) as pool:
            for done in [pool.submit(_repeat, lane[act], calls) for lane in self.lanes]:
                done.result()


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
    calls = {side.name: _calls(side, act, effort) for side in sides}
    found = {side.name: Figures() for side in sides}
    for _ in range(effort.rounds):
        for side in sides:
            found[side.name].rounds.append(side.cpu_of(act, calls[side.name]))
    return found


def _calls(side: Side, act: str, effort: Effort) -> int:
    """Warm up, and return how many calls of every lane fill a round."""
    if effort.quick:
        side.do(act, 1)
        return 1
    side.do(act, WARM_UP // len(side.lanes))
    begun, few = time.perf_counter(), 5
    side.do(act, few)
    return max(few, int(few * effort.seconds / (time.perf_counter() - begun)))


def _repeat(call: Callable[[], object], calls: int) -> None:
    for _ in range(calls):
        call()
