"""Scopes of mandates: what covers what, and what both allow."""

import pytest

from idp.errors_ties import MandateMalformed
from idp.model.mandate import Scope


@pytest.mark.parametrize(
    ("outer", "inner", "covered"),
    [
        (Scope(), Scope(("a",), "330102"), True),
        (Scope(("a",)), Scope(), False),
        (Scope(("a", "b")), Scope(("b",)), True),
        (Scope(("a",)), Scope(("a", "b")), False),
        (Scope((), "330000"), Scope((), "330102"), True),
        (Scope((), "330100"), Scope((), "330000"), False),
        (Scope((), "330100"), Scope((), ""), False),
        (Scope((), "330100"), Scope((), "330200"), False),
        (Scope((), "330102"), Scope((), "330102"), True),
    ],
)
def test_what_covers_what(outer: Scope, inner: Scope, *, covered: bool) -> None:
    assert outer.covers(inner) is covered
    assert (outer.within(inner) == inner) is covered


def test_two_scopes_allow_together_what_each_allows() -> None:
    assert Scope(("a", "b"), "330100").within(Scope(("b", "c"), "330000")) == Scope(("b",), "330100")
    assert Scope(("a",)).within(Scope(("b",))) is None
    assert Scope((), "330100").within(Scope((), "330200")) is None
    assert Scope(("a",), "330000").permits("a", "330102")
    assert not Scope(("a",), "330000").permits("b", "330102")


@pytest.mark.parametrize(
    ("items", "region"), [(("",), ""), (("a b",), ""), (("a",) * 201, ""), ((), "33"), ((), "3301x0")]
)
def test_what_is_no_code_is_refused(items: tuple[str, ...], region: str) -> None:
    with pytest.raises(MandateMalformed):
        Scope(items, region)


def test_a_scope_reads_back_as_it_was_written() -> None:
    scope = Scope(("item:1", "item:2"), "330100")
    assert Scope.decode(scope.encode(), scope.region) == scope
