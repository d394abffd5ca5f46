"""`pip install .` succeeds with a C compiler and without one: the native module is there, or it is absent."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.native import ROOT, need

REPORT = """
import json
from certs.sm import providers
report = providers.report()
print(json.dumps([report.name, report.compiler, [refusal.name for refusal in report.refused]]))
"""


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    surroundings = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        command, cwd=cwd, env={**surroundings, **environment}, capture_output=True, text=True, check=False, timeout=600
    )


@pytest.mark.parametrize("compiler", ["gcc", "/nowhere/cc"])
def test_installed_in_a_clean_environment(compiler: str, tmp_path: Path) -> None:
    if compiler == "gcc":
        need("gcc")
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns(".*", "build", "*.egg-info", "*.so", "__pycache__", "tests", "docs", "var")
    shutil.copytree(ROOT, source, ignore=ignored)
    assert run(sys.executable, "-m", "venv", str(tmp_path / "venv"), cwd=tmp_path).returncode == 0
    python = str(tmp_path / "venv" / "bin" / "python")
    install = [python, "-m", "pip", "install", "--no-deps", "--disable-pip-version-check", str(source)]
    done = run(*install, cwd=tmp_path, CC=compiler)
    if done.returncode and "setuptools" in done.stderr and "No matching distribution" in done.stderr:
        pytest.skip("no package index within reach to build with")
    assert done.returncode == 0, done.stdout + done.stderr
    reported = run(python, "-c", REPORT, cwd=tmp_path)
    assert reported.returncode == 0, reported.stderr
    name, built_by, refused = json.loads(reported.stdout)
    (wheel,) = (tmp_path / "venv").glob("lib/python3*/site-packages/province_trust-*.dist-info/WHEEL")
    assert "Tag: cp311-abi3-" in wheel.read_text()  # one wheel for every Python from 3.11 on
    if compiler == "gcc":
        assert name == "native"
        assert built_by.startswith("gcc")
    else:
        assert name in ("openssl", "python")
        assert "native" in refused
