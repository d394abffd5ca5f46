"""Measure alternatives side by side in one run, so that a ratio holds when the machine's speed drifts.

A benchmark is a module `bench_*.py` with one function `run(effort) -> list[Row]`. Nothing here judges: a bar that a
busy machine can miss is no test.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

QUICK: Final = 0.05


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        what: the thing measured.
        figure: its absolute figure with its unit, only for scale.
        ratio: the figure over the baseline's of the same run; None where there is no baseline.
        against: what the baseline is.
        aim: what we want the ratio or figure to be, in words.
    """

    what: str
    figure: str
    ratio: float | None = None
    against: str = ""
    aim: str = ""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure: seconds for each alternative in each round, and the number of rounds."""

    seconds: float = 0.3
    rounds: int = 7

    @property
    def quick(self) -> bool:
        """Whether this run only shows that the benchmark works."""
        return self.seconds <= QUICK


def cpu_per_call(alternatives: Mapping[str, Callable[[], object]], effort: Effort) -> dict[str, float]:
    """Return the median CPU seconds of one call of each alternative, measured in turn, round by round."""
    return _per_call(alternatives, effort, time.process_time)


def wall_per_call(alternatives: Mapping[str, Callable[[], object]], effort: Effort) -> dict[str, float]:
    """Return the median elapsed seconds of one call of each alternative, for work that waits for a disk or another process."""
    return _per_call(alternatives, effort, time.perf_counter)


def _per_call(
    alternatives: Mapping[str, Callable[[], object]], effort: Effort, clock: Callable[[], float]
) -> dict[str, float]:
    counts = {name: _calls_within(call, effort.seconds) for name, call in alternatives.items()}
    figures: dict[str, list[float]] = {name: [] for name in alternatives}
    for _ in range(effort.rounds):
        for name, call in alternatives.items():
            begun = clock()
            for _ in range(counts[name]):
                call()
            figures[name].append((clock() - begun) / counts[name])
    return {name: statistics.median(values) for name, values in figures.items()}


def _calls_within(call: Callable[[], object], seconds: float) -> int:
    """Warm the call up and return how many fit into the given time."""
    call()
    begun = time.perf_counter()
    call()
    return max(1, int(seconds / max(time.perf_counter() - begun, 1e-7)))


def milliseconds(seconds: float) -> str:
    """Write a duration for the table."""
    return f"{seconds * 1000:.3f} ms" if seconds < 0.01 else f"{seconds * 1000:.1f} ms"


def per_second(seconds: float) -> str:
    """Write a rate for the table."""
    return f"{1 / seconds:,.0f}/s"
