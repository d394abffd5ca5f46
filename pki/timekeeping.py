"""The authority's time: the clock, refused as soon as it cannot be relied on.

Two rules hold in every mode: what the clock says moves as the machine's steady counter does, and it never says less
than before. Production adds that the kernel counts its clock as synchronised, as whatever disciplines it reports.

Standard:
    RFC 3161 section 2.1 (a trustworthy source of time); GM/T 0033-2014.
"""

import ctypes
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pki.errors import ClockUnsure
from trust.clock import Clock, SystemClock

MAX_DRIFT: Final = 0.001  # twice what a kernel slews at most
FOLLOWED_AFTER: Final = timedelta(minutes=1)
_TIME_ERROR: Final = 5  # TIME_ERROR of <sys/timex.h>
_STA_UNSYNC: Final = 0x0040
_TIMEX_BYTES: Final = 208  # struct timex on 64-bit Linux


@dataclass(frozen=True, slots=True)
class Synchronised:
    """What the kernel says about its clock."""

    holds: bool
    largest_error: timedelta


@dataclass(slots=True)
class Timekeeper:
    """A clock that raises instead of telling a wrong time.

    Attributes:
        clock: what tells the time.
        max_jump: how far it may move against the steady counter.
        steady: seconds that only go forward, while the machine sleeps too; None where time is set by hand.
        synchronised: asked where the home is in production; None elsewhere.
        accuracy: what tokens promise, and so the largest error the kernel may report.
    """

    clock: Clock
    max_jump: timedelta
    accuracy: timedelta
    steady: Callable[[], float] | None = None
    synchronised: Callable[[], Synchronised] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _start: tuple[datetime, float] | None = field(default=None, repr=False)

    def now(self) -> datetime:
        """Return the present instant.

        Raises:
            ClockUnsure: the clock jumped, or is not synchronised.
        """
        at = self.clock.now()
        if self.steady is not None:
            self._compare(at, self.steady())
        if self.synchronised is not None:
            state = self.synchronised()
            if not state.holds or state.largest_error > self.accuracy:
                raise ClockUnsure(f"the clock is not synchronised to {self.accuracy} (error {state.largest_error})")
        return at

    def _compare(self, at: datetime, steady: float) -> None:
        with self._lock:
            if self._start is None:
                self._start = at, steady
                return
            start_at, start_steady = self._start
            passed = timedelta(seconds=steady - start_steady)
            moved = at - start_at - passed
            if abs(moved) > self.max_jump:
                raise ClockUnsure(f"the clock jumped by {moved} since this process began")
            if passed > FOLLOWED_AFTER and abs(moved) <= passed * MAX_DRIFT:
                # A disciplined clock drifts a little against the counter; following it, weeks add up to nothing.
                self._start = at, steady


def timekeeper(clock: Clock, *, max_jump: timedelta, accuracy: timedelta, production: bool) -> Timekeeper:
    """Return the timekeeper of a home: a clock set by hand has no steady companion."""
    real = isinstance(clock, SystemClock)
    return Timekeeper(
        clock=clock,
        max_jump=max_jump,
        accuracy=accuracy,
        steady=_since_boot if real else None,
        synchronised=kernel_state if real and production else None,
    )


def kernel_state() -> Synchronised:
    """Ask the Linux kernel whether its clock is synchronised, and how far off it may be.

    Raises:
        ClockUnsure: the kernel does not answer.
    """
    buffer = ctypes.create_string_buffer(_TIMEX_BYTES)
    adjtimex = getattr(ctypes.CDLL(None, use_errno=True), "adjtimex", None)
    if adjtimex is None:
        raise ClockUnsure("only Linux says how good its clock is")
    state = adjtimex(buffer)
    if state < 0:
        raise ClockUnsure(f"the kernel does not say how good its clock is: {os.strerror(ctypes.get_errno())}")
    words = (ctypes.c_long * (_TIMEX_BYTES // 8)).from_buffer(buffer)
    largest_error, status = words[3], ctypes.c_int.from_buffer(buffer, 40).value
    return Synchronised(state != _TIME_ERROR and not status & _STA_UNSYNC, timedelta(microseconds=largest_error))


def _since_boot() -> float:
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
