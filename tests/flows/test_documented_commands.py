"""Every documented command that is marked as runnable does what the page says, page by page, each in a folder of its own.

A block whose fence says `console run` is run: each `$ ` line by one bash for the whole page, from the page's first
block to its last. It must succeed; the lines below it are its output, in which `…` stands for anything.
"""

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if re.search(r"^```console run$", page.read_text("utf-8"), re.MULTILINE)
)
SECONDS = 240
_BLOCK = re.compile(r"^```console run\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "\x01end of command"


@dataclass(frozen=True, slots=True)
class Step:
    """A command and the output its page shows."""

    command: str
    shown: str


def steps(text: str) -> list[Step]:
    found: list[Step] = []
    for block in _BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            count = 1
            while lines[count - 1].endswith("\\"):
                count += 1
            found.append(Step("\n".join(lines[:count]), "\n".join(lines[count:]).strip()))
    return found


def agrees(shown: str, output: str) -> bool:
    """Whether an output is what the page shows; blank lines and spaces at the ends of lines count for nothing."""

    def plain(text: str) -> str:
        return "\n".join(line.strip() for line in text.splitlines() if line.strip())

    pattern = ".*?".join(re.escape(part) for part in plain(shown).split("…"))
    return re.fullmatch(pattern, plain(output), re.DOTALL) is not None


def run(script: str, folder: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TRUST_", "LC_"))}
    environ |= {"PATH": f"{Path(sys.executable).parent}:{environ['PATH']}", "LANG": "C.UTF-8", "HOME": str(folder)}
    environ["DOCS"] = str(ROOT / "docs")
    process = subprocess.Popen(
        ["bash", "-c", script], cwd=folder, env=environ, text=True, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        return process.communicate(timeout=SECONDS)[0]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a server that the page left running


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    todo = steps(page.read_text("utf-8"))
    assert todo
    script = "\n".join(f"{step.command}\necho; echo '{_MARK}' $?" for step in todo)
    parts = run(script, tmp_path).split(_MARK)
    for step, output, after in zip(todo, parts, parts[1:], strict=False):
        said = output.partition("\n")[2] if output is not parts[0] else output
        assert after.split("\n")[0].strip() == "0", f"$ {step.command}\n{said}"
        assert not step.shown or agrees(step.shown, said), (
            f"$ {step.command}\n--- shown\n{step.shown}\n--- said\n{said}"
        )
    assert len(parts) == len(todo) + 1


def test_steps_are_read_with_their_output_and_continued_lines() -> None:
    text = "```console run\n$ a \\\n  b\nout …\n$ c\n```\n```console\n$ not run\n```\n"
    assert steps(text) == [Step("a \\\n  b", "out …"), Step("c", "")]
    assert agrees("x … z", "x y z\n")
    assert not agrees("x … z", "x y\n")
