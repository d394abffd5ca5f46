"""Many at once: of any number of callers one redeems, and a token used too often takes its family back."""

import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from idp.factors.possession import Shown
from idp.model.assurance import Proof
from idp.model.grant import Context, Grant
from idp.oidc.server import TokenServer
from idp.oidc.tokens import digest, new_token
from idp.parts import Parts
from idp.storage.accounts import Accounts
from idp.storage.grants import Grants
from idp.storage.sessions import Sessions
from idp.usecases.end_session import EndSession
from idp.usecases.enter_session import EnterSession
from idp.usecases.issue_tokens import IssueTokens
from tests.support.clock import SettableClock
from tests.support.database import address
from tests.support.idp_home import Platform, house

PARALLEL = 64
ROUNDS = 20
BACK = "https://race.example/back"
PLATFORM = Platform("race", (BACK,), (), {"token_endpoint_auth_method": "client_secret_post", "pkce": "optional"})
PROVEN = {"client_id": PLATFORM.id, "client_secret": PLATFORM.secret}


@dataclass(frozen=True, slots=True)
class Stage:
    """A provider of which the use cases are called by many threads."""

    parts: Parts
    issue: IssueTokens
    end: EndSession
    account: str
    sid: str
    clock: SettableClock

    def code(self) -> str:
        """A fresh code of the session."""
        at, code = self.clock.now(), new_token()
        grant = Grant(
            secrets.token_hex(16), PLATFORM.id, self.account, self.sid, "sub", ("openid",), Context(redirect_uri=BACK),
            offline=False, at=at, code_until=at + timedelta(seconds=60),
        )  # fmt: skip
        with self.parts.floor.database.writing() as db:
            Grants(db).add(grant, digest(code))
        return code

    def redeem(self, code: str) -> str:
        form = {**PROVEN, "grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
        return self._asked(form)

    def refresh(self, token: str) -> str:
        return self._asked({**PROVEN, "grant_type": "refresh_token", "refresh_token": token})

    def live(self, access: str) -> bool:
        with self.parts.floor.database.reading() as db:
            found = Grants(db).find_access(digest(access))
        return found is not None and found.live(self.clock.now())

    def _asked(self, form: dict[str, str]) -> str:
        status, body, _ = self.issue(form, {})
        return f"{body['access_token']} {body['refresh_token']}" if status == 200 else str(body["error"])


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def stage(request: pytest.FixtureRequest, tmp_path: Path, clock: SettableClock) -> Iterator[Stage]:
    with address(request.param, tmp_path) as url, house(tmp_path, [PLATFORM], clock, url) as opened:
        parts = Parts.of(opened.host.floor)
        parts.keys.load()
        floor = parts.floor
        issue = IssueTokens(
            floor.new_work, clock, parts.authenticate, parts.bound, TokenServer(parts.tokens), parts.keys
        )
        with floor.database.reading() as db:
            account = Accounts(db, parts.vault).find_by_identifier("username", "user0")
        assert account is not None
        enter = EnterSession(floor.new_work, clock, parts.vault, parts.back_channel)
        cookie = enter(Shown(account.id, Proof("password", clock.now()), "password"), None, "", "")
        with floor.database.reading() as db:
            session = Sessions(db).find(digest(cookie))
        assert session is not None
        yield Stage(parts, issue, EndSession(floor.new_work, clock, parts.back_channel), account.id, session.sid, clock)


def test_one_of_many_redeems_a_code_and_the_replay_revokes_the_family(stage: Stage) -> None:
    with ThreadPoolExecutor(PARALLEL) as pool:
        for _ in range(ROUNDS):
            said = list(pool.map(stage.redeem, [stage.code()] * PARALLEL))
            refused = Counter(one for one in said if " " not in one)
            assert refused == {"invalid_grant": PARALLEL - 1}
            winner = next(one for one in said if " " in one)
            assert not stage.live(winner.split()[0])
            assert stage.refresh(winner.split()[1]) == "invalid_grant"


def test_a_refresh_token_serves_once_and_a_counted_few_times_within_the_grace(stage: Stage) -> None:
    grace = stage.parts.settings.refresh_grace_uses
    with ThreadPoolExecutor(PARALLEL) as pool:
        for _ in range(ROUNDS):
            first = stage.redeem(stage.code()).split()[1]
            said = list(pool.map(stage.refresh, [first] * PARALLEL))
            winners = [one for one in said if " " in one]
            assert 1 <= len(winners) <= 1 + grace
            assert {one for one in said if " " not in one} == {"invalid_grant"}
            assert not any(stage.live(one.split()[0]) for one in winners)  # the many others were a replay


def test_a_lost_answer_is_asked_for_again_within_the_grace_alone(stage: Stage) -> None:
    first = stage.redeem(stage.code()).split()[1]
    assert " " in stage.refresh(first)
    stage.clock.advance(timedelta(seconds=5))
    again = stage.refresh(first)
    assert stage.live(again.split()[0])
    stage.clock.advance(timedelta(seconds=6))
    assert stage.refresh(first) == "invalid_grant"
    assert not stage.live(again.split()[0])


def test_of_many_who_sign_out_one_ends_the_session(stage: Stage) -> None:
    with ThreadPoolExecutor(PARALLEL) as pool:
        ended = list(pool.map(lambda _: stage.end(stage.sid, stage.account), range(PARALLEL)))
    assert ended.count(True) == 1
    assert stage.redeem(stage.code()) == "invalid_grant"
