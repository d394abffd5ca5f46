"""Under the address and undefined-behaviour sanitizers the native SM2 has nothing to confess."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.support.native import ROOT, SOURCES, build, need

MUTATIONS = 100_000
SANITIZE = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g")
RUNNER = """
import importlib.machinery, importlib.util, sys
loader = importlib.machinery.ExtensionFileLoader("certs.sm._sm2", sys.argv[1])
module = importlib.util.module_from_spec(importlib.util.spec_from_loader("certs.sm._sm2", loader))
loader.exec_module(module)
import certs.sm
sys.modules["certs.sm._sm2"] = certs.sm._sm2 = module
from certs.sm import providers
assert providers.report().name == "native", providers.report()
import pytest
sys.exit(pytest.main(["-q", *sys.argv[2:]]))
"""


@pytest.mark.parametrize("compiler", ["gcc"])  # Debian's clang comes without the sanitizers' run-time library
def test_mutated_signatures_texts_and_keys(compiler: str, tmp_path: Path) -> None:
    program = build(compiler, "mutations.c", tmp_path, *SANITIZE)
    done = subprocess.run([program, str(MUTATIONS)], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    assert "held" in done.stdout
    assert not done.stderr


def test_the_test_suite_on_a_sanitized_module(tmp_path: Path) -> None:
    gcc = need("gcc")
    include = sysconfig.get_paths()["include"]
    if not (Path(include) / "Python.h").is_file():
        pytest.skip("the headers of Python are not installed")
    module = tmp_path / "_sm2.abi3.so"
    flags = ["-std=c11", "-O1", "-fPIC", "-shared", "-DPy_LIMITED_API=0x030B0000", f"-I{include}", *SANITIZE]
    sources = sorted(str(path) for path in SOURCES.glob("*.c"))
    subprocess.run([gcc, *flags, *sources, "-o", str(module)], check=True, timeout=300)
    library = subprocess.run(
        [gcc, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True, timeout=60
    )
    environment = {
        **os.environ,
        "LD_PRELOAD": library.stdout.strip(),
        "ASAN_OPTIONS": "detect_leaks=0",  # Python keeps what it interned
        "PYTHONPATH": str(ROOT),
        "PYTHONMALLOC": "malloc",
    }
    tests = ["tests/certs/test_sm2.py", "tests/certs/test_sm2_providers.py", "tests/certs/test_sm2_native.py"]
    chosen = ["-k", "native and not gcc and not clang"]  # what runs on the module itself
    command = [sys.executable, "-c", RUNNER, str(module), *tests, *chosen]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "passed" in done.stdout
    assert "Sanitizer" not in done.stderr
