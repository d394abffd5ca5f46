"""The demonstration's licence: printed with the command that verifies it, accepted, and the same the next time."""

import json
import shlex
from pathlib import Path

import pytest

from licence.formats import licence_file
from trust import cli
from trust.bring_up import bring_up


def test_the_printed_command_accepts_the_printed_licence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "a home" / "var"
    told = {each.name: each.value for each in bring_up(home, demo=True).told}
    name, *arguments = shlex.split(told["verify"])
    assert name == "trustctl"
    assert told["licence"] in arguments
    assert {told["root"], told["registry"]} < set(arguments)
    assert cli.run([*arguments, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["overall"] == "ACCEPTED_AS_OF"
    assert Path(told["licence"]).stem == answer["identifier"]
    found = licence_file.read(Path(told["licence"]).read_bytes())
    assert found.metadata.type_name == "营业执照"
    assert found.shown["legalRepresentative"].endswith("䶮𬱖")


def test_a_second_run_gives_the_same_and_restores_a_lost_file(tmp_path: Path) -> None:
    home = tmp_path / "var"
    first = bring_up(home, demo=True).told
    path = Path({each.name: each.value for each in first}["licence"])
    content = path.read_bytes()
    path.unlink()
    assert bring_up(home, demo=True).told == first
    assert path.read_bytes() == content
