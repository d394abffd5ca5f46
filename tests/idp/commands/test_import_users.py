"""`trustctl idp import` and `trustctl idp conflict …` in a home of its own."""

import hashlib
import json
from pathlib import Path

import pytest

from idp.model.account import Person
from idp.storage.accounts import Accounts
from idp.storage.persons import Vault
from trust import cli, host
from trust.bring_up import bring_up

NUMBER = "330102199003076234"
HASH = f"sha256$pepper${hashlib.sha256(b'pepperOld1!').hexdigest()}"
HEADER = "old_id,username,hash,name,number,number_digest,phone,level\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "var"
    bring_up(folder, region="330000", demo=False)
    with host.opened(folder, ("idp",)) as built, built.floor.new_work() as work:
        known = Accounts(work.db, Vault.of(built.floor.keys))
        known.add(Person(id_number=NUMBER), built.floor.clock.now(), identifiers={"number": NUMBER})
    return folder


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_file_comes_in_and_what_conflicts_is_decided(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users.csv"
    file.write_text(HEADER + f"1,zhou,{HASH},周明远,{NUMBER},,,\n2,li,plain,,,,,\n3,wang,{HASH},,,,,\n", "utf-8")
    at = ["--home", str(home), "--json"]
    assert cli.run(["idp", "import", str(file), "--source", "old-portal", *at]) == 0
    (run,) = told(capsys)
    assert (run["rows"], run["faults"]) == (3, 1)
    errors = Path(str(run["errors"]))
    assert errors.read_text("utf-8").splitlines() == ["2,hash: of a kind that cannot be checked"]
    assert cli.run(["idp", "import", str(file), "--source", "Old Portal", *at]) != 0
    capsys.readouterr()
    assert cli.run(["idp", "conflict", "list", *at]) == 0
    (conflict,) = told(capsys)
    assert conflict["source"] == "old-portal"
    name = str(conflict["id"])
    assert cli.run(["idp", "conflict", "resolve", name, "--decision", "mine", *at]) == 0
    assert told(capsys) == [{"id": name, "decision": "mine"}]
    assert cli.run(["idp", "conflict", "resolve", name, "--decision", "mine", *at]) != 0
    assert cli.run(["idp", "conflict", "list", *at]) == 0
    assert not [line for line in capsys.readouterr().out.splitlines() if name in line]


def test_a_file_without_faults_leaves_no_list_of_them(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "more.csv"
    file.write_text(HEADER + f"9,sun,{HASH},,,,,\n", "utf-8")
    assert cli.run(["idp", "import", str(file), "--source", "old-portal", "--home", str(home), "--lang", "zh"]) == 0
    assert capsys.readouterr().out == "读入 1 行，其中 0 行未导入\n"
    assert [one.name for one in tmp_path.iterdir()] == ["more.csv"]
