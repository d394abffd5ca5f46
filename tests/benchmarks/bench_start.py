"""Whole processes of the offline verifier, from start to exit status, beside one that only imports its libraries."""

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.harness import Effort, Row, milliseconds
from trust.bring_up import bring_up

ROOT = Path(__file__).parents[2]
LIBRARIES = "import cryptography, lxml.etree, click"
VERB = "from trust.cli import main; main()"
# The most memory it ever had resident, as the kernel counts it; a figure of the parent would count its own too.
MEMORY = "import atexit, sys; atexit.register(lambda: sys.stderr.write(open('/proc/self/status').read())); "


def run(effort: Effort) -> list[Row]:
    """Measure warm: modules compiled, files in the page cache."""
    with tempfile.TemporaryDirectory() as folder:
        home, environment = Path(folder) / "home", _environment(folder)
        told = {one.name: one.value for one in bring_up(home, demo=True).told}
        licence = ["licence", "verify", told["licence"], "--root", told["root"], "--registry", told["registry"]]
        seal = ["seal", "verify", told["licence"], "--anchors", told["root_certificate"]]
        commands: dict[str, tuple[str, Sequence[str]]] = {
            "cryptography, lxml and click imported": (LIBRARIES, ()),
            "`trustctl --help`": (VERB, ["--help"]),
            "`trustctl licence verify`": (VERB, licence),
            "`trustctl seal verify`": (VERB, seal),
        }
        memory = {name: _memory(*command, environment) for name, command in commands.items()}  # and compile
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(max(1, int(effort.seconds * effort.rounds * 10))):
            for name, (code, arguments) in commands.items():
                spent[name].append(_spent(code, arguments, environment))
    elapsed = {name: min(one for one, _ in each) for name, each in spent.items()}
    cpu = {name: statistics.median(one for _, one in each) for name, each in spent.items()}
    base, *_ = commands
    return [
        Row(
            name,
            f"{milliseconds(elapsed[name])} at best, {milliseconds(cpu[name])} of CPU, {memory[name]:.0f} MB",
            cpu[name] / cpu[base],
            "libraries imported, CPU" if name != base else "",
            "≤ 250 ms, ≤ 60 MB" if "verify" in name else "",
        )
        for name in commands
    ]


def _environment(folder: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TRUST_", "PYTHONDONT"))}
    return inherited | {"PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}


def _spent(code: str, arguments: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return the seconds that passed and those that the process computed."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    _run(code, arguments, environment)
    elapsed, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _memory(code: str, arguments: Sequence[str], environment: dict[str, str]) -> float:
    """Return the megabytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", _run(MEMORY + code, arguments, environment))
    assert found is not None
    return int(found[1]) * 1024 / 1e6


def _run(code: str, arguments: Sequence[str], environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stderr
