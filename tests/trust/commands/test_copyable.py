"""A printed command can be copied and run as it stands, also where `trustctl` is on no search path."""

import sys

import pytest

from trust.commands.options import copyable, labelled


@pytest.mark.parametrize(
    ("started", "value", "said"),
    [
        (".venv/bin/trustctl", "trustctl licence verify a.ofd", ".venv/bin/trustctl licence verify a.ofd"),
        (".venv/bin/trustctl", "33000000000001", "33000000000001"),
        ("/usr/bin/pytest", "trustctl doctor", "trustctl doctor"),
    ],
)
def test_a_command_is_named_as_it_was_started(
    monkeypatch: pytest.MonkeyPatch, started: str, value: str, said: str
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sys, "argv", [started])
    assert copyable(value) == said


def test_a_command_stands_on_a_line_of_its_own() -> None:
    assert labelled("verify it", "trustctl doctor").splitlines()[1:] == ["    trustctl doctor"]
    assert labelled("seal", "33000000000001") == "  seal: 33000000000001"
