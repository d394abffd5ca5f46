"""Run the benchmarks and print one Markdown table: `python -m tests.benchmarks [--quick] [NAME…]`."""

import argparse
import importlib
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.harness import Effort, Row


def names() -> list[str]:
    """Return the names of all benchmarks."""
    return sorted(file.stem.removeprefix("bench_") for file in Path(__file__).parent.glob("bench_*.py"))


def rows(name: str, effort: Effort) -> list[Row]:
    """Run one benchmark."""
    found: list[Row] = importlib.import_module(f"tests.benchmarks.bench_{name}").run(effort)
    return found


def table(lines: list[Row]) -> Iterator[str]:
    """Yield a Markdown table."""
    yield "| what | figure | ratio | against | aim |"
    yield "|---|---|---|---|---|"
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        yield f"| {line.what} | {line.figure} | {ratio} | {line.against} | {line.aim} |"


def main() -> None:
    """Run what was asked for."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="only show that each benchmark works")
    arguments.add_argument("name", nargs="*", choices=[[], *names()], default=[])
    given = arguments.parse_args()
    effort = Effort(0.02, 1) if given.quick else Effort()
    for name in given.name or names():
        print(f"\n### {name}\n")  # noqa: T201 - printing the table is what this program is for
        print("\n".join(table(rows(name, effort))), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
