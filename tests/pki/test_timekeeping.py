"""The clock is refused when it jumps against the steady counter, or when the kernel does not vouch for it."""

import sys
from datetime import timedelta

import pytest

from pki.errors import ClockUnsure
from pki.timekeeping import Synchronised, Timekeeper, kernel_state, timekeeper
from tests.support.clock import SettableClock
from trust.clock import SystemClock

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


class Steady:
    """A counter that the test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def keeper(clock: SettableClock, steady: Steady) -> Timekeeper:
    return Timekeeper(clock, max_jump=MINUTE, accuracy=SECOND, steady=steady)


def test_a_clock_that_moves_with_the_counter_is_told(clock: SettableClock) -> None:
    steady = Steady()
    time = keeper(clock, steady)
    for _ in range(100):
        assert time.now() == clock.now()
        clock.advance(timedelta(hours=1))
        steady.seconds += 3600


@pytest.mark.parametrize(
    "jump", [timedelta(seconds=61), timedelta(seconds=-61), timedelta(hours=1), -timedelta(days=30)]
)
def test_a_jump_stops_the_authority_until_the_clock_is_right_again(clock: SettableClock, jump: timedelta) -> None:
    """F16."""
    steady = Steady()
    time = keeper(clock, steady)
    time.now()
    clock.advance(jump)
    for _ in range(3):
        with pytest.raises(ClockUnsure, match="jumped"):
            time.now()
        steady.seconds += 10
        clock.advance(timedelta(seconds=10))
    clock.advance(-jump)
    time.now()


def test_small_jumps_add_up(clock: SettableClock) -> None:
    steady = Steady()
    time = keeper(clock, steady)
    time.now()
    for _ in range(2):
        clock.advance(timedelta(seconds=95))
        steady.seconds += 70
        time.now()
    clock.advance(timedelta(seconds=95))
    steady.seconds += 70
    with pytest.raises(ClockUnsure):
        time.now()


def test_a_slow_drift_is_followed(clock: SettableClock) -> None:
    steady = Steady()
    time = keeper(clock, steady)
    for _ in range(500):
        time.now()
        clock.advance(timedelta(seconds=1000, milliseconds=500))  # 500 ppm: seconds of drift every hour, for days
        steady.seconds += 1000
    assert time.now() == clock.now()


@pytest.mark.parametrize(
    ("state", "holds"),
    [
        (Synchronised(holds=True, largest_error=timedelta(milliseconds=20)), True),
        (Synchronised(holds=False, largest_error=timedelta(milliseconds=20)), False),
        (Synchronised(holds=True, largest_error=timedelta(seconds=2)), False),
    ],
)
def test_production_asks_the_kernel(clock: SettableClock, state: Synchronised, *, holds: bool) -> None:
    time = Timekeeper(clock, max_jump=MINUTE, accuracy=SECOND, synchronised=lambda: state)
    if holds:
        time.now()
    else:
        with pytest.raises(ClockUnsure, match="synchronised"):
            time.now()


def test_a_home_gets_the_rules_of_its_mode(clock: SettableClock) -> None:
    by_hand = timekeeper(clock, max_jump=MINUTE, accuracy=SECOND, production=True)
    assert (by_hand.steady, by_hand.synchronised) == (None, None)
    development = timekeeper(SystemClock(), max_jump=MINUTE, accuracy=SECOND, production=False)
    assert development.steady is not None
    assert development.synchronised is None
    development.now()
    production = timekeeper(SystemClock(), max_jump=MINUTE, accuracy=SECOND, production=True)
    assert production.synchronised is kernel_state


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how good its clock is")
def test_the_kernel_answers() -> None:
    assert kernel_state().largest_error >= timedelta(0)
