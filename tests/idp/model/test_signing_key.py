"""What is due for the keys of one algorithm, from their first day on."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from idp.model.signing_key import ES256, KeyRecord, KeyRules, Standing, Turn, due, rotation, withdrawal

AT = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = KeyRules(every=30 * DAY, ahead=7 * DAY, keep=timedelta(hours=2))


def key(number: int, standing: Standing, since: timedelta = timedelta(0)) -> KeyRecord:
    return KeyRecord(f"k{number}", ES256, number, standing, {}, AT + since)


def moves(turn: Turn) -> list[tuple[str, str]]:
    return [(one.kid, standing.value) for one, standing in turn.moves]


def test_an_algorithm_begins_with_a_key_that_signs_and_one_that_is_announced() -> None:
    assert due((), AT, RULES) == Turn([], (Standing.CURRENT, Standing.NEXT))


@pytest.mark.parametrize(
    ("keys", "makes"),
    [
        ([key(1, Standing.CURRENT)], (Standing.NEXT,)),
        ([key(1, Standing.NEXT)], (Standing.CURRENT,)),
        ([key(1, Standing.WITHDRAWN), key(2, Standing.ARCHIVED)], (Standing.CURRENT, Standing.NEXT)),
        ([key(1, Standing.CURRENT), key(2, Standing.NEXT)], ()),
    ],
)
def test_what_is_missing_is_made(keys: Sequence[KeyRecord], makes: tuple[Standing, ...]) -> None:
    assert tuple(due(keys, AT, RULES).makes) == makes


@pytest.mark.parametrize(
    ("current", "following", "turns"),
    [(0, 0, False), (-30, -30, True), (-30, -7, True), (-30, -6, False), (-29, -29, False), (-400, -1, False)],
)
def test_a_key_signs_its_time_and_was_announced_long_enough(current: int, following: int, turns: bool) -> None:
    keys = [key(1, Standing.CURRENT, current * DAY), key(2, Standing.NEXT, following * DAY)]
    turn = due(keys, AT, RULES)
    assert bool(turn) is turns
    if turns:
        assert moves(turn) == [("k1", "retired"), ("k2", "current")]
        assert turn.makes == (Standing.NEXT,)


@pytest.mark.parametrize(("minutes", "gone"), [(0, False), (119, False), (120, True), (9999, True)])
def test_a_retired_key_is_archived_once_nothing_it_signed_is_in_use(minutes: int, gone: bool) -> None:
    keys = [
        key(1, Standing.RETIRED, -timedelta(minutes=minutes)),
        key(2, Standing.CURRENT),
        key(3, Standing.NEXT),
    ]
    assert moves(due(keys, AT, RULES)) == ([("k1", "archived")] if gone else [])


def test_a_rotation_needs_a_key_that_was_announced() -> None:
    both = [key(1, Standing.CURRENT), key(2, Standing.NEXT)]
    assert moves(rotation(both)) == [("k1", "retired"), ("k2", "current")]
    assert not rotation(both[:1])
    assert not rotation(both[1:])


@pytest.mark.parametrize(
    ("kid", "moved", "makes"),
    [
        ("k1", [("k1", "withdrawn")], ()),
        ("k2", [("k2", "withdrawn"), ("k3", "current")], (Standing.NEXT,)),
        ("k3", [("k3", "withdrawn")], (Standing.NEXT,)),
        ("k4", [], ()),
        ("nobody", [], ()),
    ],
)
def test_a_withdrawn_key_is_replaced_where_it_stood(
    kid: str, moved: list[tuple[str, str]], makes: tuple[Standing, ...]
) -> None:
    keys = [
        key(1, Standing.RETIRED), key(2, Standing.CURRENT), key(3, Standing.NEXT), key(4, Standing.WITHDRAWN),
    ]  # fmt: skip
    turn = withdrawal(keys, kid)
    assert (moves(turn), tuple(turn.makes)) == (moved, makes)


def test_a_current_key_without_a_next_one_is_replaced_all_the_same() -> None:
    turn = withdrawal([key(1, Standing.CURRENT)], "k1")
    assert moves(turn) == [("k1", "withdrawn")]
    assert turn.makes == (Standing.CURRENT, Standing.NEXT)
