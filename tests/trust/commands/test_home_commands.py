"""A home is made, examined and migrated from the command line, without a terminal, in both languages."""

import json
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner, Result

from trust import host, sequencing
from trust.commands import doctor, init, migrate, verify_journal
from trust.errors import TrustError
from trust.home import open_database, open_floor
from trust.migrations import schema
from trust.settings import Settings


@pytest.fixture(autouse=True)
def without_services(monkeypatch: pytest.MonkeyPatch) -> None:
    """The floor alone, whatever services this installation has."""
    monkeypatch.setattr(host, "entry_points", lambda group: [])  # noqa: ARG005
    for variable in ("TRUST_HOME", "LC_ALL", "LC_MESSAGES", "LANG", "TRUST_MODE"):
        monkeypatch.delenv(variable, raising=False)


def run(command: Command, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments], standalone_mode=False, catch_exceptions=False)


def test_init_makes_a_home_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert "已建立" in run(init.command, "--home", home).output
    assert "已经存在" in run(init.command, "--home", home).output
    assert "unchanged" in run(init.command, "--home", home, "--lang", "en").output


def test_init_answers_as_json(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = json.loads(run(init.command, "--home", home, "--demo", "--json").output)
    assert first["new"]
    assert Path(first["registry"]).is_file()
    assert Path(first["root"]).is_file()
    assert json.loads(run(init.command, "--home", home, "--demo", "--json").output) == first | {"new": False}
    assert Settings.load(home, environ={}).region == "330000"


def test_the_home_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUST_HOME", str(tmp_path / "elsewhere"))
    run(init.command)
    assert (tmp_path / "elsewhere" / "trust.toml").exists()


def test_the_demonstration_stays_out_of_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUST_MODE", "production")
    with pytest.raises(TrustError, match="demonstration"):
        run(init.command, "--home", tmp_path / "home", "--demo")


def test_doctor_finds_a_fresh_home_well(tmp_path: Path) -> None:
    run(init.command, "--home", tmp_path)
    result = run(doctor.command, "--home", tmp_path, "--json")
    found = {line["what"]: line["state"] for line in json.loads(result.output)["found"]}
    assert result.return_value == 0
    assert found["sm2"] == found["cross-check"] == found["database"] == found["keys"] == found["journal"] == "well"
    assert found["production"] == "remark"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_doctor_names_what_is_wrong_and_goes_on(tmp_path: Path, lang: str) -> None:
    run(init.command, "--home", tmp_path)
    floor = open_floor(Settings.load(tmp_path))
    schema.downgrade(floor.database, "trust@base")
    floor.database.close()
    result = run(doctor.command, "--home", tmp_path, "--lang", lang)
    assert result.return_value == 1
    assert "✗" in result.output
    assert "✓" in result.output


@pytest.mark.parametrize("text", ["[http]\nprot = 1\n", 'mode = "production"\n'])
def test_doctor_explains_settings_that_refuse_to_start(tmp_path: Path, text: str) -> None:
    run(init.command, "--home", tmp_path)
    (tmp_path / "trust.toml").write_text(text)
    result = run(doctor.command, "--home", tmp_path, "--json")
    assert result.return_value == 1
    assert not json.loads(result.output)["well"]


def test_doctor_of_no_home_changes_nothing(tmp_path: Path) -> None:
    assert run(doctor.command, "--home", tmp_path / "none").return_value == 1
    assert not (tmp_path / "none").exists()


def test_migrate_tells_and_applies_what_waits(tmp_path: Path) -> None:
    run(init.command, "--home", tmp_path)
    assert "已是最新" in run(migrate.command, "--home", tmp_path).output
    database = open_database(Settings.load(tmp_path))
    schema.downgrade(database, "trust_0001")
    database.close()
    waiting = run(migrate.command, "--home", tmp_path, "--check", "--json")
    assert waiting.return_value == 1
    assert json.loads(waiting.output)["waiting"]
    assert json.loads(run(migrate.command, "--home", tmp_path, "--json").output)["applied"]
    assert run(migrate.command, "--home", tmp_path, "--check").return_value == 0


def test_migrate_makes_no_home_of_a_mistyped_folder(tmp_path: Path) -> None:
    with pytest.raises(TrustError, match="not a home"):
        run(migrate.command, "--home", tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_verify_journal_finds_a_journal_intact_and_then_names_the_edit(tmp_path: Path) -> None:
    run(init.command, "--home", tmp_path)
    floor = open_floor(Settings.load(tmp_path))
    for number in range(5):
        with floor.new_work() as work:
            work.journal.append("tried", f"subject-{number}", "operator os:test")
    sequencing.of_floor(floor)()
    good = run(verify_journal.command, "--home", tmp_path, "--json")
    assert good.return_value == 0
    assert json.loads(good.output) | {"flaws": []} == {
        "intact": True, "size": 5, "waiting": 0, "heads": 1, "first_bad": None, "flaws": [],
    }  # fmt: skip
    assert "日志完整" in run(verify_journal.command, "--home", tmp_path).output
    with floor.database.writing() as db:
        db.exec_driver_sql("UPDATE trust_journal_entry SET subject = 'another' WHERE leaf_index = 3")
    floor.database.close()
    bad = run(verify_journal.command, "--home", tmp_path, "--json")
    assert bad.return_value == 1
    assert json.loads(bad.output)["first_bad"] == 3
    assert "first bad entry: 3" in run(verify_journal.command, "--home", tmp_path, "--lang", "en").output
