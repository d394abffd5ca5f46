"""Whether everything a service stands on is well: each check by name, side by side, within a time limit."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Final

TIMEOUT_SECONDS: Final = 4.0  # a load balancer is told within five
FRESH_SECONDS: Final = 1.0  # asking more often than this costs nothing

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be well: `probe` returns a word about it, or raises when it is not."""

    name: str
    probe: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found; `said` is for an operator, not for the world."""

    name: str
    well: bool
    said: str


def examine(checks: Sequence[Check], timeout: float = TIMEOUT_SECONDS) -> tuple[Outcome, ...]:
    """Run all checks side by side; one that does not come back in time is not well."""
    answers: SimpleQueue[tuple[int, Outcome]] = SimpleQueue()
    for index, check in enumerate(checks):
        # Daemon threads: a check that hangs on a dead disk must not keep the process from ending.
        threading.Thread(target=lambda i, c: answers.put((i, _run(c))), args=(index, check), daemon=True).start()
    found: dict[int, Outcome] = {}
    deadline = time.monotonic() + timeout
    while len(found) < len(checks):
        try:
            index, outcome = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            break
        found[index] = outcome
    late = f"no answer within {timeout:g} s"
    return tuple(found.get(index, Outcome(check.name, False, late)) for index, check in enumerate(checks))


def _run(check: Check) -> Outcome:
    try:
        said = check.probe()
    except Exception as error:  # noqa: BLE001 -- whatever a broken dependency raises, it is not well
        _LOG.warning("not ready: %s", check.name, exc_info=error)
        return Outcome(check.name, False, f"{type(error).__name__}: {error}")
    return Outcome(check.name, True, "" if said is None else str(said))


@dataclass(slots=True)
class Readiness:
    """The checks of one process, asked at most once a second however many ask."""

    checks: Sequence[Check]
    timeout: float = TIMEOUT_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _last: tuple[float, tuple[Outcome, ...]] | None = field(default=None, repr=False)

    def __call__(self) -> tuple[Outcome, ...]:
        with self._lock:
            now = time.monotonic()
            if self._last is None or now - self._last[0] > FRESH_SECONDS:
                self._last = (now, examine(self.checks, self.timeout))
            return self._last[1]
