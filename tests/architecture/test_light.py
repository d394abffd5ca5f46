"""Offline verification runs on the base install: three libraries, no server, little time and memory."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    "aiohttp", "alembic", "cbor2", "fastapi", "gmssl", "isal", "jinja2", "PIL", "psycopg", "pydantic", "pyhanko", "sqlalchemy",
    "starlette", "uharfbuzz", "uvicorn", "zxingcpp",
}  # fmt: skip
COMMANDS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["trust.commands"]
LIGHT_VERBS = sorted({"seal verify", "licence verify", "licence show"} & set(COMMANDS))
ALWAYS_LIGHT = [
    "certs.certificate", "certs.cms", "certs.crl", "certs.keys", "certs.pfx", "certs.revocation", "certs.sm.sm2", "certs.timestamp",
    "certs.validation", "licence.formats", "licence.verification", "seal.ofd", "seal.ses", "seal.verification", "trust.cli",
    "trust.errors", "trust.recognition", "trust.settings", "trust.values",
]  # fmt: skip


def modules_of(name: str) -> list[str]:
    """A module, or all modules of a package, as far as they are there."""
    path = ROOT / Path(*name.split("."))
    if path.is_dir():
        return [".".join(each.relative_to(ROOT).with_suffix("").parts) for each in sorted(path.rglob("*.py"))]
    return [name] if path.with_suffix(".py").exists() else []


def loaded_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint('\\0', *sys.modules)"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "\0" in done.stdout, done.stderr
    return {name.split(".")[0] for name in done.stdout.rpartition("\0")[2].split()}


@pytest.mark.parametrize("name", ALWAYS_LIGHT)
def test_importing_it_loads_nothing_heavy(name: str) -> None:
    modules = modules_of(name)
    if not modules:
        pytest.skip(f"{name} is not there")
    imports = "\n".join(f"import {module.removesuffix('.__init__')}" for module in modules)
    assert not HEAVY & loaded_by(imports)


@pytest.mark.parametrize("verb", LIGHT_VERBS)
def test_a_light_verb_refuses_a_file_without_loading_anything_heavy(verb: str, tmp_path: Path) -> None:
    wrong = tmp_path / "no.ofd"
    wrong.write_bytes(b"no document")
    arguments = [*verb.split(), str(wrong), "--json"]
    loaded = loaded_by(f"from trust import cli\ncode = cli.run({arguments!r})\nassert code in range(9), code")
    assert not HEAVY & loaded


def test_the_help_of_everything_loads_no_verb() -> None:
    loaded = loaded_by(
        "from trust import cli\ncli.run(['--help'])\nfor v in ('seal', 'pki', 'licence', 'registry'): cli.run([v, '--help'])"
    )
    assert not (HEAVY | {"cryptography", "lxml"}) & loaded
