"""A long command says how far it is, to somebody who watches, after a second."""

import sys
import time

import pytest

from trust.commands import options


@pytest.mark.parametrize(("slow", "seen", "said"), [(True, True, True), (True, False, False), (False, True, False)])
def test_progress_is_said_when_it_lasts_and_somebody_watches(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], slow: bool, seen: bool, said: bool
) -> None:
    ticks = iter(range(0, 20, 2) if slow else [0] * 10)
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: seen)
    assert list(options.watched(["a", "b"], "verified")) == ["a", "b"]
    assert ("verified 2/2" in capsys.readouterr().err) is said
