"""`trustctl licence verify`: files in, words or JSON and an exit status out, and nothing heavy loaded."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from licence.commands.verify import command
from tests.licence.test_verification import HOME, LICENCE, unsealed
from tests.support.ofd import zipped
from tests.support.registries import AT, Region, entitlement, issuer, root
from trust.recognition.errors import RegistryKeyUnknown

HEAVY = (
    "gmssl",
    "sqlalchemy",
    "fastapi",
    "starlette",
    "uvicorn",
    "pyhanko",
    "aiohttp",
    "uharfbuzz",
    "PIL",
    "cbor2",
    "zxingcpp",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A licence, the root and the registry that recognise it, and files that are no licence."""
    (tmp_path / "licence.ofd").write_bytes(LICENCE)
    (tmp_path / "root.json").write_bytes(root(HOME.region))
    registry = HOME.region.first(*HOME.entries(), issuer(entitlement()))
    (tmp_path / "440000.json").write_bytes(registry)
    (tmp_path / "unsealed.ofd").write_bytes(zipped(unsealed()))
    (tmp_path / "broken.ofd").write_bytes(LICENCE[:500])
    return tmp_path


def run(folder: Path, *arguments: str, registry: str = "440000.json", catch: bool = False) -> Result:
    given = [str(folder / each) if each.endswith(".ofd") else each for each in arguments]
    trusted = ["--root", str(folder / "root.json"), "--registry", str(folder / registry), "--lang", "en"]
    return CliRunner().invoke(command, [*given, *trusted], standalone_mode=False, catch_exceptions=catch)


def test_a_licence_is_accepted_in_words_and_in_json(folder: Path) -> None:
    said = run(folder, "licence.ofd", "--at", "2026-03-02T08:00Z")
    assert said.return_value == 0
    assert "accepted as of 2026-03-01 16:00:00 (UTC+8)" in said.output
    assert "  authority: passed" in said.output
    told = json.loads(run(folder, "licence.ofd", "--at", "2026-03-02T16:00:00+08:00", "--json").output)
    assert (told["overall"], told["as_of"], told["judged_at"]) == (
        "ACCEPTED_AS_OF",
        "2026-03-01T08:00:00Z",
        "2026-03-02T08:00:00Z",
    )
    assert list(told) == [
        "file",
        "format",
        "digest",
        "judged_at",
        "overall",
        "as_of",
        "identifier",
        "verdicts",
        "report",
    ]
    assert list(told["verdicts"]) == ["integrity", "signer", "seal", "authority", "status", "presentation"]
    assert told["report"]["indication"] == "TOTAL_PASSED"


@pytest.mark.parametrize(
    ("files", "status"),
    [
        (["unsealed.ofd"], 4),
        (["broken.ofd"], 1),
        (["licence.ofd", "unsealed.ofd"], 4),
        (["unsealed.ofd", "broken.ofd", "licence.ofd"], 1),
        (["licence.ofd", "licence.ofd"], 0),
    ],
)
def test_the_exit_status_is_that_of_the_worst_file(folder: Path, files: list[str], status: int) -> None:
    done = run(folder, *files, "--at", "2026-03-02T08:00Z", "--json")
    assert done.return_value == status
    assert len(done.output.splitlines()) == len(files)


def test_an_old_proof_and_a_registry_that_has_run_out_leave_it_open(folder: Path) -> None:
    assert run(folder, "licence.ofd", "--at", "2026-03-02T08:00Z", "--max-age", "23h").return_value == 3
    over = run(folder, "licence.ofd", "--at", "2026-04-02T08:00Z")
    assert over.return_value == 3
    assert "[registry-expired]" in over.output


def test_a_registry_of_an_unknown_key_stops_the_command(folder: Path) -> None:
    (folder / "330000.json").write_bytes(Region("330000").first(issued_at=AT, next_update=AT + timedelta(days=9)))
    with pytest.raises(RegistryKeyUnknown):
        run(folder, "licence.ofd", "--at", "2026-03-02T08:00Z", registry="330000.json")


@pytest.mark.parametrize("wrong", [("--at", "yesterday"), ("--max-age", "1y"), ("--max-age", "-1d")])
def test_an_instant_is_a_date_and_a_duration_has_a_unit(folder: Path, wrong: tuple[str, str]) -> None:
    done = CliRunner().invoke(command, [str(folder / "licence.ofd"), "--root", str(folder / "root.json"), *wrong])
    assert done.exit_code == 2


def test_a_verifier_loads_nothing_of_a_server(folder: Path) -> None:
    probe = (
        "import sys; from trust import cli;"
        f"status = cli.run(['licence', 'verify', {str(folder / 'licence.ofd')!r}, '--root', {str(folder / 'root.json')!r},"
        f" '--registry', {str(folder / '440000.json')!r}, '--at', '2026-03-02T08:00Z', '--json']);"
        f"print(status, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr
