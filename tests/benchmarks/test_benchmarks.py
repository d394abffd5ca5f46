"""Every benchmark runs and yields figures; how large they are is not a test's business."""

import pytest

from tests.benchmarks.__main__ import names, rows, table
from tests.benchmarks.harness import Effort, Row, cpu_per_call


@pytest.mark.parametrize("name", names())
def test_each_benchmark_yields_figures(name: str) -> None:
    assert rows(name, Effort(0.01, 1))


def test_the_slower_of_two_is_seen_as_slower() -> None:
    figures = cpu_per_call({"one": lambda: sum(range(1000)), "ten": lambda: sum(range(100_000))}, Effort(0.02, 3))
    assert figures["ten"] > figures["one"]


def test_a_table_has_a_line_for_each_row() -> None:
    lines = list(table([Row("sign", "1 ms", 2.0, "plain", "≥ 1")]))
    assert lines[-1] == "| sign | 1 ms | 2.00 | plain | ≥ 1 |"
