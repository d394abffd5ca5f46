"""`trustctl seal make`, and the seal of the demonstration province."""

import json
from pathlib import Path

import pytest

from seal.ses.seal_data import Seal as Sealed
from seal.storage.seals import Seals
from trust import cli, host
from trust.bring_up import bring_up


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A development home with the demonstration province."""
    folder = tmp_path_factory.mktemp("home") / "var"
    bring_up(folder, region="330000", demo=True)
    return folder


def make(home: Path, *options: str) -> list[str]:
    fixed = ["seal", "make", "--owner", "11440000006939748G", "--owner-name", "示例省示例局", "--division", "440000"]
    return [*fixed, "--home", str(home), "--json", *options]


def test_the_demonstration_has_one_seal_however_often_it_is_brought_up(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seal.drawing.drawn", None)  # a second run draws nothing, which would take its time
    again = bring_up(home, region="330000", demo=True)
    with host.opened(home, ("seal",)) as built, built.floor.database.reading() as db:
        (seal,) = Seals(db).all()
    assert {one.name: one.value for one in again.told}["seal"] == str(seal.id) == "33000000000001"
    made = Sealed.decode(seal.data)
    assert made.info.picture.found_kind == "PNG"
    assert (made.info.picture.width, made.info.picture.height) == (45, 45)
    assert seal.owner.organisation_code_holds


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ([], (42, 42)),
        (["--size", "45"], (45, 45)),
        (["--shape", "oval", "--purpose", "发票专用章"], (40, 30)),
        (["--shape", "square", "--name", "示例局印"], (20, 20)),
    ],
)
def test_a_seal_is_made_once_for_each_order(
    home: Path, capsys: pytest.CaptureFixture[str], options: list[str], size: tuple[int, int]
) -> None:
    assert cli.run(make(home, *options)) == 0
    answer = json.loads(capsys.readouterr().out)
    assert cli.run(make(home, *options)) == 0
    assert json.loads(capsys.readouterr().out) == answer
    assert answer["standing"] == "usable"
    with host.opened(home, ("seal",)) as built, built.floor.database.reading() as db:
        seal = next(one for one in Seals(db).all() if str(one.id) == answer["seal"])
    assert (seal.width, seal.height) == size


@pytest.mark.parametrize(
    "options",
    [["--owner", "11440000006939748X"], ["--division", "44"], ["--name", "印" * 41], ["--name", "印"], ["--size", "9"]],
)
def test_what_no_seal_can_be_is_a_usage_error(home: Path, options: list[str]) -> None:
    assert cli.run(make(home, *options)) == 2
