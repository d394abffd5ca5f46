"""`trustctl idp level …` in a home of its own."""

import json
from pathlib import Path

import pytest

from idp.model.ladder_data import packaged
from trust import cli
from trust.bring_up import bring_up

BASIS = ["--basis", "示例〔2026〕1号"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "var"
    bring_up(folder, region="330000", demo=False)
    return folder


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_province_edits_its_table(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--home", str(home)]
    assert cli.run(["idp", "level", "show", *at]) == 0
    assert capsys.readouterr().out == packaged()
    table = tmp_path / "levels.toml"
    table.write_text(packaged().replace('zh = "实人"', 'zh = "高级"'), "utf-8")
    for new in (True, False):
        assert cli.run(["idp", "level", "set", str(table), *BASIS, *at, "--json"]) == 0
        assert told(capsys) == [{"version": 2, "new": new}]
    assert cli.run(["idp", "level", "list", *at, "--json"]) == 0
    rows = told(capsys)
    assert [(row["version"], row["code"], row["rank"]) for row in rows] == [
        (2, f"l{rank}", rank) for rank in range(1, 6)
    ]
    assert rows[3]["name"] == "高级"


@pytest.mark.parametrize(
    ("old", "new", "why"), [("rank = 5\nzh", "rank = 4\nzh", "gap"), ("[[level]]", "[[level", "table")]
)
def test_an_erroneous_table_is_refused_with_the_reason(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, why: str
) -> None:
    table = tmp_path / "levels.toml"
    table.write_text(packaged().replace(old, new), "utf-8")
    assert cli.run(["idp", "level", "set", str(table), *BASIS, "--home", str(home)]) == 2
    error = capsys.readouterr().err
    assert "[levels-malformed]" in error
    assert why in error


def test_foreign_levels_are_set_told_and_ended(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verb = ["idp", "level", "equivalence"]
    at = ["--home", str(home), "--json"]
    assert cli.run([*verb, "set", "gd", "L3", "--rank", "4", *BASIS, *at]) == 0
    assert cli.run([*verb, "list", *at]) == 0
    rows = told(capsys)
    assert (rows[-1]["scheme"], rows[-1]["rank"], rows[-1]["until"]) == ("gd", 4, "")
    assert cli.run([*verb, "set", "gd", "L4", "--rank", "5", *BASIS, *at]) == 2
    assert "treaty" in capsys.readouterr().err
    assert cli.run([*verb, "end", "gd", "L3", *BASIS, *at]) == 0
    assert cli.run([*verb, "end", "gd", "L3", *BASIS, *at]) == 5
    capsys.readouterr()
    assert cli.run([*verb, "list", *at]) == 0
    assert told(capsys)[-1]["until"] != ""
