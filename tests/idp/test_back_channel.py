"""Platforms hear that a session ended, whoever ended it; what cannot be told is tried again, then recorded as such."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from idp.oidc import jose
from idp.oidc.back_channel import EVENT
from idp.parts import Parts
from idp.storage.accounts import Accounts
from idp.storage.logouts import KIND, Delivery, Logouts
from idp.usecases.end_due_sessions import EndDueSessions
from idp.usecases.end_session import EndSession
from tests.support.clock import SettableClock
from tests.support.database import address
from tests.support.http_server import Asked, Given, serving
from tests.support.idp_home import House, Platform, house
from tests.support.relying_party import USER, RelyingParty

LEASE = timedelta(seconds=60)


@dataclass
class Town:
    """Two platforms that listen, and one browser that is signed in at both."""

    opened: House
    parts: Parts
    parties: list[RelyingParty]
    heard: list[list[Asked]]
    answers: list[int]
    clock: SettableClock

    def work(self) -> None:
        """Do the jobs that are due."""
        floor = self.opened.host.floor
        while True:
            with floor.new_work() as work:
                group = work.jobs.claim(KIND, LEASE)
            if group is None:
                return
            self.parts.deliveries(group)

    def tokens(self, number: int) -> list[dict[str, Any]]:
        """What a platform was told, each token's signature verified."""
        found = []
        for one in self.heard[number]:
            assert one.headers["content-type"] == "application/x-www-form-urlencoded"
            read = jose.verify(
                one.form["logout_token"], self.parts.keys, algorithms=("RS256",), types=("logout+jwt",),
                at=self.clock.now(), issuer=self.opened.issuer, audience=(self.parties[number].platform.id,),
            )  # fmt: skip
            found.append(dict(read.values))
        return found

    def records(self) -> list[Delivery]:
        with self.opened.host.floor.database.reading() as db:
            return list(Logouts(db).newest())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def town(request: pytest.FixtureRequest, tmp_path: Path, clock: SettableClock) -> Iterator[Town]:
    heard: list[list[Asked]] = [[], []]
    answers = [200, 204]

    def listener(number: int) -> Any:
        def answer(one: Asked) -> Given:
            heard[number].append(one)
            return Given(answers[number])

        return answer

    with ExitStack() as stack:
        bases = [stack.enter_context(serving(listener(number))) for number in (0, 1)]
        platforms = [
            Platform(f"town{number}", (f"https://town{number}.example/back",), (), {"backchannel_logout_uri": f"{base}/out"})
            for number, base in enumerate(bases)
        ]  # fmt: skip
        url = stack.enter_context(address(request.param, tmp_path))
        opened = stack.enter_context(house(tmp_path, platforms, clock, url))
        walker = stack.enter_context(opened.browser())
        parties = [RelyingParty(opened.issuer, platform, walker) for platform in platforms]
        parts = Parts.of(opened.host.floor)
        parts.keys.load()
        yield Town(opened, parts, parties, heard, answers, clock)


def test_both_platforms_hear_of_a_sign_out(town: Town) -> None:
    said = [party.sign_in()["claims"] for party in town.parties]
    town.parties[0].walker.walk(f"{town.opened.issuer}/oauth/logout", USER)
    town.work()
    for number in (0, 1):
        (token,) = town.tokens(number)
        assert (token["sub"], token["sid"]) == (said[number]["sub"], said[number]["sid"])
        assert token["events"] == {EVENT: {}}
        assert token["exp"] - token["iat"] <= 120
        assert "nonce" not in token
    assert {one.state for one in town.records()} == {"told"}
    town.work()
    assert [len(one) for one in town.heard] == [1, 1]


def test_a_session_that_runs_out_is_told_of(town: Town) -> None:
    town.parties[0].sign_in()
    town.clock.advance(timedelta(days=31))
    floor = town.opened.host.floor
    assert EndDueSessions(floor.new_work, town.clock, town.parts.back_channel)() == 1
    town.work()
    assert len(town.tokens(0)) == 1
    assert not town.heard[1]  # it was never signed in to


def test_the_end_of_all_sessions_names_none(town: Town) -> None:
    sub = town.parties[0].sign_in()["claims"]["sub"]
    floor = town.opened.host.floor
    with floor.database.reading() as db:
        account = Accounts(db, town.parts.vault).find_by_identifier("username", "user0")
    assert account is not None
    assert EndSession(floor.new_work, town.clock, town.parts.back_channel).all(account.id) == 1
    town.work()
    (token,) = town.tokens(0)
    assert token["sub"] == sub
    assert "sid" not in token


def test_a_platform_that_fails_is_asked_again_three_times(town: Town) -> None:
    town.answers[0] = 503
    town.parties[0].sign_in()
    town.parties[0].walker.walk(f"{town.opened.issuer}/oauth/logout", USER)
    for seconds, tries in ((0, 1), (2, 2), (11, 3), (61, 4), (600, 4)):
        town.clock.advance(timedelta(seconds=seconds))
        town.work()
        assert len(town.heard[0]) == tries
    (record,) = town.records()
    assert (record.state, record.tries) == ("given-up", 4)
    assert len({one.form["logout_token"] for one in town.heard[0]}) == 4


def test_a_refusal_is_final(town: Town) -> None:
    town.answers[0] = 400
    town.parties[0].sign_in()
    town.parties[0].walker.walk(f"{town.opened.issuer}/oauth/logout", USER)
    town.work()
    town.clock.advance(timedelta(hours=1))
    town.work()
    assert len(town.heard[0]) == 1
    assert [one.state for one in town.records()] == ["refused"]
