"""Step-up: who is known too weakly or too long ago is told what would do."""

from datetime import timedelta

import pytest
from starlette.requests import Request

from tests.support.clock import SettableClock
from trust.clock import Clock
from trust.values.assurance import Rank
from trust.values.principal import Principal, PrincipalKind
from trust.web import problems
from trust.web.challenge import ScopeMissing
from trust.web.step_up import StepUpNeeded, permit, require

FIVE = timedelta(minutes=5)


def person(level: int, clock: SettableClock, minutes_ago: float | None = 0) -> Principal:
    proven = None if minutes_ago is None else clock.now() - timedelta(minutes=minutes_ago)
    return Principal("p", PrincipalKind.PERSON, Rank(level), proven)


@pytest.mark.parametrize(("level", "ago"), [(4, 0), (5, 5), (4, 4.9)])
def test_enough_passes(clock: SettableClock, level: int, ago: float) -> None:
    permit(person(level, clock, ago), Rank(4), FIVE, clock.now())


@pytest.mark.parametrize(("level", "ago"), [(3, 0), (0, None), (5, 5.1), (5, None), (4, 60)])
def test_too_little_or_too_long_ago_does_not(clock: SettableClock, level: int, ago: float | None) -> None:
    with pytest.raises(StepUpNeeded):
        permit(person(level, clock, ago), Rank(4), FIVE, clock.now())


def test_an_old_proof_is_enough_where_nothing_is_said_of_age(clock: SettableClock) -> None:
    permit(person(4, clock, 60), Rank(4), None, clock.now())
    permit(person(4, clock, None), Rank(4), None, clock.now())


def test_the_answer_names_level_and_age() -> None:
    answer = problems.answer(StepUpNeeded(Rank(4), FIVE))
    assert answer.status_code == 401
    assert answer.media_type == problems.MEDIA_TYPE
    said = answer.headers["www-authenticate"]
    assert said.startswith('Bearer realm="province-trust", error="insufficient_user_authentication"')
    assert 'acr_values="urn:cn-gov:loa:l4", max_age="300"' in said
    assert "max_age" not in StepUpNeeded(Rank(4)).challenge
    assert 'acr_values="urn:x:2"' in StepUpNeeded(Rank(2), prefix="urn:x:").challenge


def test_a_dependency_asks_who_calls_then_scope_then_level(clock: SettableClock) -> None:
    class Known:
        def __init__(self, by: Principal) -> None:
            self.by = by
            self.clock: Clock = clock

        def principal(self, request: Request) -> Principal:
            assert request.url.path == "/"
            return self.by

    request = Request(
        {"type": "http", "path": "/", "headers": [], "query_string": b"", "server": ("a", 1), "scheme": "http"}
    )
    strong = person(4, clock)
    assert require(Known(strong), Rank(4), within=FIVE)(request) is strong
    with pytest.raises(StepUpNeeded):
        require(Known(person(3, clock)), Rank(4))(request)
    with pytest.raises(ScopeMissing):
        require(Known(person(3, clock)), Rank(4), scope="seal")(request)
