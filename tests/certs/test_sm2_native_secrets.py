"""The time of the native SM2 does not depend on key, nonce or plain text: valgrind looks at every branch and address."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.native import COMPILERS, HARNESSES, build, need

FULL = "b9c9a6e04e9c91f7ba880429273747d7ef5ddeb0bb2ff6317eb00bef331a8308"
SHORT = "1a5b7c3d9e2f4a6b8c1d3"  # 81 bits
TINY = "5"  # 3 bits


@pytest.fixture(scope="module", params=COMPILERS)
def secrets(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("valgrind")
    folder: Path = tmp_path_factory.mktemp("native")
    track = ("-gdwarf-4", "-include", str(HARNESSES / "track.h"), "-I", str(HARNESSES))
    return build(request.param, "secrets.c", folder, *track)


def valgrind(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([need("valgrind"), *arguments], capture_output=True, text=True, check=False, timeout=300)


def test_no_secret_decides_a_branch_or_an_address(secrets: Path) -> None:
    done = valgrind("--error-exitcode=9", str(secrets), "check")
    assert done.returncode == 0, done.stderr
    assert "ERROR SUMMARY: 0 errors" in done.stderr
    assert done.stdout == "done\n"


def test_the_control_with_variable_time_is_found_out(secrets: Path) -> None:
    done = valgrind("--error-exitcode=9", str(secrets), "leak")
    assert done.returncode == 9
    found = re.search(r"ERROR SUMMARY: (\d+) errors", done.stderr)
    assert found is not None
    assert int(found[1]) > 20


@pytest.mark.parametrize(("act", "function"), [("count", "sm2_sign_with"), ("multiply", "curve_times")])
def test_every_scalar_takes_the_same_instructions(secrets: Path, tmp_path: Path, act: str, function: str) -> None:
    counts = set()
    for scalar in (FULL, SHORT, TINY):
        out = f"--callgrind-out-file={tmp_path / 'out'}"
        done = valgrind("--tool=callgrind", out, f"--toggle-collect={function}", str(secrets), act, scalar)
        assert done.returncode == 0, done.stderr
        counts.update(re.findall(r"Collected : (\d+)", done.stderr))
    assert len(counts) == 1
    assert int(counts.pop()) > 100_000
