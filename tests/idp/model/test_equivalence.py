"""Foreign levels are rounded down, end with their document, and stay below 5 without a treaty."""

from datetime import UTC, datetime, timedelta

import pytest

from idp.model.equivalence import Equivalence, EquivalenceMalformed
from idp.model.ladder import Ladder
from idp.model.ladder_data import LadderData, packaged
from trust.values.assurance import Rank

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
ROWS = [
    Equivalence("gd", "L1", Rank(2), "示例〔2026〕1号", AT, AT + timedelta(days=1)),
    Equivalence("gd", "L3", Rank(4), "示例〔2026〕1号", AT),
    Equivalence("eidas", "high", Rank(5), "treaty", AT, treaty=True),
]
LADDER = Ladder(LadderData.parse(packaged()), ROWS)


@pytest.mark.parametrize(
    ("scheme", "level", "rank"),
    [("gd", "L1", 2), ("gd", "L2", 2), ("gd", "L2.5", 2), ("gd", "L3", 4), ("gd", "L9", 4), ("gd", "L0", 0),
     ("gd", "X2", 0), ("other", "L3", 0), ("eidas", "high", 5), ("eidas", "low", 0)],
)  # fmt: skip
def test_a_foreign_level_counts_as_the_row_at_or_below_it(scheme: str, level: str, rank: int) -> None:
    assert LADDER.foreign(scheme, level, AT) == Rank(rank)


def test_a_second_hop_is_never_believed() -> None:
    assert LADDER.foreign("gd", "L3", AT, hops=2) == Rank(0)


def test_a_row_counts_from_its_first_instant_to_before_its_last() -> None:
    assert LADDER.foreign("gd", "L1", AT - timedelta(seconds=1)) == Rank(0)
    assert LADDER.foreign("gd", "L1", AT + timedelta(days=1)) == Rank(0)


def test_five_needs_a_treaty_and_every_row_a_document() -> None:
    with pytest.raises(EquivalenceMalformed, match="treaty"):
        Equivalence("gd", "L4", Rank(5), "示例〔2026〕1号", AT)
    with pytest.raises(EquivalenceMalformed, match="basis"):
        Equivalence("gd", "L4", Rank(4), " ", AT)


def test_a_row_that_ends_where_it_begins_never_counts() -> None:
    ladder = Ladder(LadderData.parse(packaged()), [Equivalence("gd", "L3", Rank(4), "x", AT, AT)])
    assert ladder.foreign("gd", "L3", AT) == Rank(0)
