"""Others' software from npm, which `make peers` puts beside the repository's caches; scripts run where it lies."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache" / "peers"
SCRIPTS = ROOT / "tests" / "peers"


def present(package: str) -> bool:
    """Whether Node and a package are here."""
    return shutil.which("node") is not None and (FOLDER / "node_modules" / package).is_dir()


def needs(package: str) -> None:
    """Skip the test where a package is absent."""
    if not present(package):
        pytest.skip(f"{package} is absent: `make peers` installs it where npm is")


def script(name: str) -> Path:
    """A script of `tests/peers`, where its imports find their packages."""
    target = FOLDER / name
    shutil.copyfile(SCRIPTS / name, target)
    return target


def start(name: str, environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Start a script; its first line says that it is ready."""
    node = shutil.which("node")
    assert node
    command = [node, str(script(name))]
    return subprocess.Popen(
        command, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
