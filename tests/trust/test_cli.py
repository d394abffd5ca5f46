"""The command line finds one verb, loads only that, and turns errors into a line and a code."""

import subprocess
import sys
import types
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint

import click
import pytest

from trust import cli
from trust.commands import exits
from trust.commands.options import language
from trust.errors import Kind, TrustError


class Frozen(TrustError):
    kind, code = Kind.CONFLICT, "frozen-for-the-test"


@click.command()
def fails() -> None:
    raise Frozen("first line\nsecond line")


@click.command()
def crashes() -> None:
    raise RuntimeError("a secret detail")


@click.command()
def answers() -> int:
    return 3


@click.command()
@click.pass_context
def leaves(ctx: click.Context) -> None:
    ctx.exit(4)


@click.command()
def lacks() -> None:
    raise ModuleNotFoundError("No module named 'sqlalchemy'", name="sqlalchemy")


@click.command()
def writes() -> None:
    raise FileNotFoundError(2, "No such file or directory", "/absent/out.ofd")


@click.command()
def stops() -> None:
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("verbs_for_the_test")
    module.__spec__ = ModuleSpec(module.__name__, None)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    entries = [EntryPoint("broken verify", "absent.module:command", cli.TABLE)]
    for command in (fails, crashes, answers, leaves, lacks, writes, stops):
        setattr(module, str(command.name), command)
        entries.append(EntryPoint(f"group {command.name}", f"{module.__name__}:{command.name}", cli.TABLE))
    monkeypatch.setattr(cli, "entry_points", lambda group: [entry for entry in entries if entry.group == group])
    monkeypatch.delenv("TRUST_DEBUG", raising=False)


@pytest.mark.parametrize(
    ("verb", "code"), [("fails", 6), ("crashes", 70), ("answers", 3), ("leaves", 4), ("lacks", 8), ("stops", 130)]
)
def test_each_ending_has_its_exit_code(verb: str, code: int) -> None:
    assert cli.run(["group", verb]) == code


def test_an_error_is_one_line_with_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["group", "fails"])
    assert capsys.readouterr().err == "trustctl: first line second line [frozen-for-the-test]\n"


def test_an_unplanned_fault_tells_no_detail(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["group", "crashes"])
    said = capsys.readouterr().err
    assert "internal" in said
    assert "secret" not in said


def test_debugging_shows_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUST_DEBUG", "1")
    with pytest.raises(RuntimeError):
        cli.run(["group", "crashes"])


@pytest.mark.parametrize("arguments", [["nothing"], ["group", "nothing"], ["group", "fails", "--unknown"]])
def test_a_usage_error_is_two(arguments: list[str]) -> None:
    assert cli.run(arguments) == exits.USAGE


def test_every_kind_of_error_has_an_exit_code() -> None:
    assert set(exits.OF_KIND) == set(Kind)
    assert not {0, 1, 3, 4} & set(exits.OF_KIND.values())


def test_a_summary_is_read_without_running_the_module() -> None:
    assert cli.summary("trust.cli").startswith("The `trustctl` command")
    assert cli.summary("trust").startswith("The floor")
    assert cli.summary("trust.cli", "main") == "The console script."
    assert cli.summary("trust.cli", "TABLE").startswith("The `trustctl` command")
    assert cli.summary("no_such_module_anywhere") == ""


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US"}, "en"),
        ({"LANG": "de_DE"}, "en"),
    ],
)
def test_the_environment_chooses_the_language(environ: dict[str, str], expected: str) -> None:
    assert language(environ) == expected


def test_the_command_line_loads_nothing_heavy() -> None:
    code = "import sys, trust.cli, trust.commands.options; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"cryptography", "lxml", "sqlalchemy", "fastapi", "gmssl"} & set(loaded)


def test_a_file_that_cannot_be_used_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["group", "writes"]) == exits.UNAVAILABLE
    assert capsys.readouterr().err == "trustctl: /absent/out.ofd: No such file or directory [file-unusable]\n"
