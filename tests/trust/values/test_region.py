"""Areas by prefix, and divisions with their history."""

import subprocess
import sys

import pytest

from trust.values import region
from trust.values.region import Area, AreaMalformed, DivisionStatus


@pytest.mark.parametrize(
    ("wide", "narrow", "covered"),
    [
        ("440000", "440000", True),
        ("440000", "440300", True),
        ("440000", "440305", True),
        ("440300", "440305", True),
        ("440300", "440000", False),
        ("440300", "440400", False),
        ("440305", "440305", True),
        ("440305", "440306", False),
        ("330000", "440305", False),
        ("100000", "440305", True),
        ("440000", "100000", False),
    ],
)
def test_an_area_covers_what_lies_below_it(wide: str, narrow: str, covered: bool) -> None:
    assert Area.parse(wide).covers(Area.parse(narrow)) is covered


@pytest.mark.parametrize("text", ["", "44000", "4400000", "44000x", "044000", "940000", "４40000", "440000 "])
def test_what_is_no_area_code_is_refused(text: str) -> None:
    with pytest.raises(AreaMalformed):
        Area.parse(text)


def test_a_county_knows_its_prefecture() -> None:
    division = region.find(Area("440305"))
    assert division is not None
    assert (division.name, division.level, division.parent) == ("南山区", "county", Area("440300"))
    assert division.status is DivisionStatus.CURRENT


def test_an_abolished_county_names_its_successor() -> None:
    division = region.find(Area("440524"))
    assert division is not None
    assert (division.name, division.status) == ("潮阳县", DivisionStatus.ABOLISHED)
    assert region.successors(Area("440524")) == (Area("440513"),)
    assert region.successors(Area("440305")) == (Area("440305"),)
    assert region.successors(Area("499999")) == ()
    assert region.find(Area("830000")) is None


def test_every_row_of_the_list_is_read() -> None:
    rows = [region.find(Area(code)) for code in region._rows()]
    assert len(rows) == 7237
    current = [row for row in rows if row is not None and row.status is DivisionStatus.CURRENT]
    assert [sum(row.level == level for row in current) for level in ("province", "prefecture", "county")] == [
        34,
        333,
        2847,
    ]


def test_the_list_is_read_only_when_somebody_asks() -> None:
    probe = "from trust.values import region, person, principal, holder; print(region._rows.cache_info().currsize)"
    answer = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "0"
