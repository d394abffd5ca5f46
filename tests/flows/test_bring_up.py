"""One command brings up the demonstration; run again, it changes nothing and loses nothing."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LINE = [sys.executable, "-c", "import sys; from trust.cli import main; sys.argv[0] = 'trustctl'; main()"]


def trustctl(home: Path, *arguments: str) -> dict[str, Any]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TRUST_")}
    done = subprocess.run(
        [*LINE, *arguments, "--home", str(home), "--json"], capture_output=True, text=True, env=environ, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def content(home: Path) -> tuple[dict[str, bytes], dict[str, int]]:
    """The bytes of every file but the database's, and how many rows each of its tables has."""
    files = {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file() and ".db" not in path.name}
    db = sqlite3.connect(home / "trust.db")
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    rows = {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
    db.close()
    return files, rows


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demonstration") / "home"


def test_running_it_again_changes_nothing_and_loses_nothing(home: Path) -> None:
    first = trustctl(home, "init", "--demo")
    assert first["new"]
    before = content(home)
    again = trustctl(home, "init", "--demo")
    assert again == first | {"new": False}
    assert content(home) == before


def test_what_it_tells_is_there(home: Path) -> None:
    told = trustctl(home, "init", "--demo")
    assert Path(told["registry"]).is_file()
    assert Path(told["root"]).is_file()


def test_the_home_it_makes_is_well_and_its_journal_intact(home: Path) -> None:
    trustctl(home, "init", "--demo")
    assert trustctl(home, "doctor")["well"]
    journal = trustctl(home, "verify-journal")
    assert journal["intact"]
    assert journal["waiting"] == 0
    assert journal["size"] > 0
