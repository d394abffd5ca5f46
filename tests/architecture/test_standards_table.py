"""Each row of docs/standards.md names files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    line
    for line in (ROOT / "docs" / "standards.md").read_text("utf-8").splitlines()
    if line.startswith("|") and not re.fullmatch(r"[|\s:-]+", line) and not line.startswith("| standard, clause")
]


def test_the_table_has_rows() -> None:
    assert ROWS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:60])
def test_a_row_names_a_clause_a_module_and_a_test_that_exist(row: str) -> None:
    cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
    assert len(cells) == 3
    clause, modules, tests = cells
    assert clause
    for cell in (modules, tests):
        named = re.findall(r"`([^`]+)`", cell)
        assert named, f"{cell!r} names no file"
        missing = [name for name in named if not list(ROOT.glob(name.split("::")[0]))]
        assert not missing
