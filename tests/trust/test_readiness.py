"""Readiness asks each part by name, side by side, and waits for none too long."""

import threading
import time

from trust.readiness import Check, Readiness, examine


def broken() -> None:
    raise OSError("the disk is gone")


def test_each_check_is_answered_in_order_with_a_reason() -> None:
    outcomes = examine([Check("database", lambda: "sqlite"), Check("keys", broken)])
    assert [(each.name, each.well) for each in outcomes] == [("database", True), ("keys", False)]
    assert outcomes[0].said == "sqlite"
    assert "the disk is gone" in outcomes[1].said


def test_a_check_that_hangs_is_not_well_and_holds_nobody_up() -> None:
    never = threading.Event()
    began = time.monotonic()
    outcomes = examine([Check("hangs", never.wait), Check("fine", lambda: None)], timeout=0.05)
    assert time.monotonic() - began < 2
    assert [each.well for each in outcomes] == [False, True]
    never.set()


def test_asking_often_runs_the_checks_once() -> None:
    runs: list[int] = []
    readiness = Readiness([Check("counted", lambda: runs.append(1))])
    for _ in range(50):
        readiness()
    assert len(runs) == 1
