"""Signing in at pages: the whole way and back, and every answer that is not one to this browser's question."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.support.clock import SettableClock
from tests.support.issuer import Person, SmallIssuer, client_key, older, small_issuer
from trust.net.client import Outbound
from trust.net.guard import Guard
from trust.storage.database import Database
from trust.storage.sign_ins import sign_ins
from trust.storage.unit_of_work import units_of_work
from trust.usecases.complete_sign_in import CompleteSignIn
from trust.usecases.end_sign_in import EndSignIn
from trust.usecases.heed_logout import HeedLogout
from trust.usecases.recall_sign_in import RecallSignIn
from trust.values.assurance import Rank
from trust.web.bearer import Tokens
from trust.web.challenge import Challenged
from trust.web.issuer import Issuer
from trust.web.relying_party import RelyingParty
from trust.web.sign_in import SignInPages
from trust.web.sign_in_cookies import Cookies, local_path
from trust.web.sign_in_sessions import Browsers, origin_of
from trust.web.step_up import permit

HOME = "https://trust.example"
COOKIE = "__Host-trust-sign-in"


@dataclass
class World:
    """A home with pages, its issuer, and one browser."""

    issuer: SmallIssuer
    browser: TestClient
    clock: SettableClock
    database: Database
    pages: SignInPages
    app: Starlette

    def go(self, path: str = "/page", browser: TestClient | None = None) -> Any:
        """Ask for a page and follow every redirect, through the issuer too."""
        browser = browser or self.browser
        answer = browser.get(path, follow_redirects=False)
        for _ in range(8):
            if answer.status_code != 303:
                return answer
            location = answer.headers["location"]
            if location.startswith(self.issuer.url):
                location = self.issuer.authorize(location)
            answer = browser.get(location, follow_redirects=False)
        pytest.fail("redirects without end")

    def to_issuer(self, path: str = "/sign-in?to=/page") -> str:
        answer = self.browser.get(path, follow_redirects=False)
        assert answer.status_code == 303
        return str(answer.headers["location"])

    def back(self, location: str, **changes: str | None) -> Any:
        """Come back from the issuer with some parameters changed."""
        said = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()} | changes
        params = {name: value for name, value in said.items() if value is not None}
        return self.browser.get("/sign-in/callback", params=params, follow_redirects=False)

    def another_browser(self) -> TestClient:
        return TestClient(self.app, base_url=HOME)

    def rows(self) -> list[Any]:
        with self.database.reading() as db:
            return list(db.execute(sign_ins.select()))

    def events(self) -> list[str]:
        with self.database.reading() as db:
            return [row[0] for row in db.exec_driver_sql("SELECT event FROM trust_journal_entry ORDER BY id")]


def app_of(pages: SignInPages) -> Starlette:
    """A service: a page for whoever is signed in, one for level 4 within five minutes, a form."""
    browsers = pages.browsers

    def page_for(rank: int, within: timedelta | None) -> Callable[[Request], Response]:
        def endpoint(request: Request) -> Response:
            try:
                by = browsers.principal(request)
                permit(by, Rank(rank), within, browsers.clock.now())
            except Challenged as needed:
                return browsers.challenge(request, needed, "/page" if request.method == "POST" else None)
            return PlainTextResponse(f"{by} level {by.level} csrf {browsers.csrf(request)}")

        return endpoint

    return Starlette(
        routes=[
            *pages.routes(),
            Route("/page", page_for(0, None)),
            Route("/strong", page_for(4, timedelta(minutes=5)), methods=["GET", "POST"]),
            Route("/", lambda _: PlainTextResponse("home")),
        ]
    )


@pytest.fixture
def world(sqlite_database: Database, clock: SettableClock) -> Iterator[World]:
    """On SQLite alone; what the databases do differently is tested with `world_on_both`."""
    with world_over(sqlite_database, clock) as made:
        yield made


@pytest.fixture
def world_on_both(database: Database, clock: SettableClock) -> Iterator[World]:
    with world_over(database, clock) as made:
        yield made


@contextmanager
def world_over(database: Database, clock: SettableClock) -> Iterator[World]:
    new_work = units_of_work(database, clock, bytes(32))
    key = client_key()
    with small_issuer(clock) as issuer:
        issuer.client_key = ECKey.import_key({name: key.public[name] for name in ("kty", "crv", "x", "y")})
        issuer.redirect_uri = f"{HOME}/sign-in/callback"
        outbound = Outbound(Guard.rule(issuer.url, ()))
        believed = Issuer(issuer.url, outbound, clock)
        party = RelyingParty(
            believed, Tokens(believed, issuer.audience), outbound, key, issuer.client, ("openid", "offline_access"),
            issuer.redirect_uri, clock,
        )  # fmt: skip
        browsers = Browsers(RecallSignIn(party, database, new_work, clock), Cookies(https=True), origin_of(HOME), clock)
        pages = SignInPages(
            browsers,
            party,
            CompleteSignIn(party, new_work, clock, timedelta(hours=12)),
            EndSignIn(new_work, clock),
            HeedLogout(new_work, clock),
            HOME,
        )
        app = app_of(pages)
        yield World(issuer, TestClient(app, base_url=HOME), clock, database, pages, app)
        outbound.close()


def csrf(answer: Any) -> str:
    return str(answer.text.rpartition(" ")[2])


def asked_tokens(world: World) -> int:
    return sum(each.path == "/token" for each in world.issuer.asked)


# --- there and back ------------------------------------------------------------------------------------------------


def test_a_page_leads_to_the_issuer_and_back_to_itself(world_on_both: World) -> None:
    world = world_on_both
    answer = world.go("/page?a=1")
    assert answer.status_code == 200
    assert answer.text.startswith("person person-1 level 3")
    assert str(answer.url) == f"{HOME}/page?a=1"
    assert world.events() == ["signed-in"]
    assert world.go("/page").status_code == 200
    assert asked_tokens(world) == 1


def test_the_request_has_what_the_standards_want(world: World) -> None:
    world.issuer.authorize(world.to_issuer("/sign-in?to=/page&rank=4&within=300&lang=en"))
    said = world.issuer.requests[0]
    assert said["scope"] == "openid offline_access"
    assert len(said["state"]) == len(said["nonce"]) == len(said["code_challenge"]) == 43
    assert (said["acr_values"], said["max_age"], said["ui_locales"]) == ("urn:cn-gov:loa:l4", "300", "en")
    assert said["resource"] == world.issuer.audience


def test_the_request_is_pushed_where_the_issuer_takes_that(world: World) -> None:
    world.issuer.with_par = True
    location = world.to_issuer()
    assert set(parse_qs(urlsplit(location).query)) == {"client_id", "request_uri"}
    assert world.go().status_code == 200
    pushed = next(each for each in world.issuer.asked if each.path == "/par")
    assert pushed.headers["dpop"]


def test_cookies_are_bound_to_this_host_and_hidden_from_scripts(world: World) -> None:
    answer = world.browser.get("/sign-in?to=/page", follow_redirects=False)
    back = world.browser.get(world.issuer.authorize(answer.headers["location"]), follow_redirects=False)
    for said in (*answer.headers.get_list("set-cookie"), *back.headers.get_list("set-cookie")):
        assert said.startswith("__Host-")
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(said.split("; "))
        assert "Domain" not in said
    assert any(said.startswith(COOKIE) for said in back.headers.get_list("set-cookie"))
    assert Cookies(https=False).prefix == ""


def test_every_sign_in_has_a_new_session_and_ends_the_one_before(world_on_both: World) -> None:
    world = world_on_both
    world.go()
    first = world.browser.cookies[COOKIE]
    world.go("/sign-in?to=/page")
    assert world.browser.cookies[COOKIE] != first
    stale = world.another_browser()
    stale.cookies.set(COOKIE, first)
    assert stale.get("/page", follow_redirects=False).status_code == 303
    assert [row.ended_at is None for row in sorted(world.rows(), key=lambda row: row.ended_at is None)] == [False, True]


def test_a_session_name_chosen_by_somebody_else_is_never_taken(world: World) -> None:
    world.browser.cookies.set(COOKIE, "A" * 43)
    assert world.go().status_code == 200
    assert world.browser.cookies.get(COOKIE, domain="trust.example") != "A" * 43


def test_the_table_holds_neither_cookie_nor_token(world: World) -> None:
    world.go()
    cookie = world.browser.cookies[COOKIE]
    held = b"".join(str(row).encode() + bytes(row.sealed) for row in world.rows())
    for secret in (cookie, *world.issuer.refreshes):
        assert secret.encode() not in held
    assert b"eyJ" not in held


@pytest.mark.parametrize(
    "to",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/%0d%0a".replace("%0d%0a", "\r\n"), "page",
     "javascript:x", "/" + "a" * 2000, "", "///x", "/\x00", "/a\\b"],
)  # fmt: skip
def test_the_way_back_never_leads_elsewhere(world: World, to: str) -> None:
    assert local_path(to) == "/"
    answer = world.browser.get("/sign-in", params={"to": to}, follow_redirects=False)
    back = world.browser.get(world.issuer.authorize(answer.headers["location"]), follow_redirects=False)
    assert back.headers["location"] == "/"


def test_places_on_this_home_are_kept() -> None:
    for path in ("/", "/page", "/page?a=1&b=%2F", "/a//b", "/page#x"):
        assert local_path(path) == path


# --- answers to another question -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"state": "A" * 43}, 400), ({"state": None}, 400), ({"state": "x"}, 400), ({"iss": "https://evil.example"}, 403),
        ({"iss": None}, 403), ({"code": "guessed"}, 403), ({"code": None}, 403),
        ({"code": None, "error": "access_denied"}, 403), ({"code": None, "error": "server_error"}, 403),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_signs_nobody_in(world: World, changes: dict[str, str | None], status: int) -> None:
    answer = world.back(world.issuer.authorize(world.to_issuer()), **changes)
    assert answer.status_code == status
    assert "text/html" in answer.headers["content-type"]
    assert world.rows() == []


def test_an_answer_that_another_browser_asked_for_signs_nobody_in(world: World) -> None:
    """A23, login CSRF: the attacker's code in the victim's browser."""
    location = world.issuer.authorize(world.to_issuer())
    victim = world.another_browser()
    assert victim.get(location, follow_redirects=False).status_code == 400
    # Even with a request of its own under way.
    victim.get("/sign-in?to=/page", follow_redirects=False)
    assert victim.get(location, follow_redirects=False).status_code == 400


def test_a_code_that_was_stolen_does_not_fit_the_thiefs_question(world: World) -> None:
    stolen = parse_qs(urlsplit(world.issuer.authorize(world.to_issuer())).query)["code"][0]
    answer = world.back(world.issuer.authorize(world.to_issuer()), code=stolen)
    assert answer.status_code == 403


def test_an_answer_counts_once(world: World) -> None:
    location = world.issuer.authorize(world.to_issuer())
    assert world.browser.get(location, follow_redirects=False).status_code == 303
    assert world.browser.get(location, follow_redirects=False).status_code == 400


def test_a_parameter_that_occurs_twice_is_refused(world: World) -> None:
    location = world.issuer.authorize(world.to_issuer())
    answer = world.browser.get(f"{location}&code=other", follow_redirects=False)
    assert (answer.status_code, answer.json()["code"]) == (400, "token-ambiguous")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"}, {"aud": "others"}, {"aud": ["trust-pages", "others"]}, {"azp": "others"},
        {"nonce": "other"}, {"nonce": None}, {"sub": "person-2"}, {"sub": None}, {"exp": 0}, {"exp": None}, {"iat": None},
        {"iat": 9_999_999_999, "exp": 9_999_999_999}, {"exp": 9_999_999_999}, {"sid": "session-2"}, {"at_hash": "other"},
    ],
)  # fmt: skip
def test_an_id_token_that_does_not_hold_signs_nobody_in(world: World, changes: dict[str, Any]) -> None:
    world.issuer.changes = changes
    assert world.go().status_code == 403
    assert world.rows() == []


@pytest.mark.parametrize(
    "more", [{"aud": "others"}, {"client_id": "others"}, {"subject_type": None}, {"cnf": {"jkt": "another key"}}]
)
def test_an_access_token_that_is_not_for_us_signs_nobody_in(world: World, more: dict[str, Any]) -> None:
    world.issuer.person = Person(more={"subject_type": "natural", **more})
    assert world.go().status_code == 403
    assert world.rows() == []


def test_an_access_token_bound_to_our_key_is_ours(world: World) -> None:
    kid = world.pages.party.key.public["kid"]
    world.issuer.person = Person(more={"subject_type": "natural", "cnf": {"jkt": kid}})
    assert world.go().status_code == 200


def test_an_issuer_out_of_reach_is_said_in_words(world: World) -> None:
    world.issuer.down = True
    answer = world.go()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "认证中心暂时没有响应" in answer.text


def test_an_issuer_that_wants_its_nonce_in_the_proof_gets_it(world: World) -> None:
    world.issuer.proof_nonce = "n-1"
    assert world.go().status_code == 200
    assert asked_tokens(world) == 2


def test_an_answer_of_another_shape_signs_nobody_in(world: World) -> None:
    shapes: list[dict[str, Any]] = [
        {"token_type": "mac"},
        {"access_token": 7},
        {"id_token": None},
        {"access_token": ""},
    ]
    for laid_over in shapes:
        world.issuer.answers = laid_over
        assert world.go().status_code == 403
    assert world.rows() == []


def test_a_pushed_request_that_is_not_taken_is_said_in_words(world: World) -> None:
    world.issuer.with_par = True
    world.issuer.client_key = ECKey.generate_key("P-256")
    answer = world.go("/sign-in?to=/page")
    assert answer.status_code == 503
    assert 'href="/sign-in?to=/page"' in answer.text


def test_an_issuer_without_a_sign_out_page_leads_home(world: World) -> None:
    world.issuer.metadata = {"end_session_endpoint": None}
    token = csrf(world.go())
    answer = world.browser.post("/sign-in/out", data={"csrf": token}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_client_that_the_issuer_does_not_know_is_told_so(world: World) -> None:
    world.issuer.client_key = ECKey.generate_key("P-256")
    assert world.go().status_code == 403


# --- step-up -------------------------------------------------------------------------------------------------------


def test_a_page_for_more_asks_for_more_and_comes_back(world: World) -> None:
    world.go()
    world.issuer.person = Person(level=4)
    answer = world.go("/strong")
    assert (answer.status_code, "level 4" in answer.text) == (200, True)
    assert (world.issuer.requests[1]["acr_values"], world.issuer.requests[1]["max_age"]) == ("urn:cn-gov:loa:l4", "300")
    world.clock.advance(timedelta(minutes=6))
    world.issuer.person = older(Person(level=4), world.clock, timedelta(minutes=6))
    assert world.go("/strong").status_code == 403  # the issuer gave a stale proof


def test_a_proof_that_was_not_given_changes_nothing_and_does_not_go_round(world: World) -> None:
    world.go()
    before = world.browser.cookies[COOKIE]
    answer = world.go("/strong")
    assert answer.status_code == 403
    assert "没有得到这项操作所需的身份验证" in answer.text
    assert world.browser.cookies[COOKIE] == before
    assert world.go("/page").status_code == 200


def test_a_form_goes_on_by_a_link(world: World) -> None:
    answer = world.browser.post("/strong", follow_redirects=True)
    assert answer.status_code == 401
    link = re.search(r'href="(/sign-in\?[^"]+)"', answer.text)
    assert link is not None
    assert link[1] == "/sign-in?to=%2Fpage"
    world.issuer.person = Person(level=4)
    assert world.go(link[1]).text.startswith("person person-1 level 4")


@pytest.mark.parametrize("query", ["rank=6", "rank=-1", "rank=x", "within=x", "within=999999999999", "within=-5"])
def test_a_level_or_an_age_that_is_none_is_refused(world: World, query: str) -> None:
    assert world.browser.get(f"/sign-in?to=/&{query}", follow_redirects=False).status_code == 400


# --- going on ------------------------------------------------------------------------------------------------------


def test_after_a_minute_the_issuer_is_asked_anew_without_the_browser(world: World) -> None:
    world.go()
    world.clock.advance(timedelta(seconds=61))
    world.issuer.person = older(Person(level=2), world.clock, timedelta(minutes=1))
    answer = world.browser.get("/page", follow_redirects=False)
    assert (answer.status_code, "level 2" in answer.text) == (200, True)
    assert asked_tokens(world) == 2


def test_requests_side_by_side_renew_once(world_on_both: World) -> None:
    world = world_on_both
    world.go()
    world.clock.advance(timedelta(seconds=61))
    cookie = world.browser.cookies[COOKIE]

    def ask(_: int) -> int:
        browser = world.another_browser()
        browser.cookies.set(COOKIE, cookie)
        return int(browser.get("/page", follow_redirects=False).status_code)

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(16))) == {200}
    assert asked_tokens(world) == 2


def test_who_is_signed_out_at_the_issuer_is_so_here(world: World) -> None:
    world.go()
    world.issuer.refreshes.clear()
    world.clock.advance(timedelta(seconds=61))
    assert world.browser.get("/page", follow_redirects=False).status_code == 303
    assert world.events() == ["signed-in", "sign-in-ended"]


def test_an_issuer_that_is_out_of_reach_ends_nothing(world: World) -> None:
    world.go()
    world.clock.advance(timedelta(seconds=61))
    world.issuer.down = True
    with pytest.raises(Exception, match="answered 503"):
        world.browser.get("/page")
    world.issuer.down = False
    assert world.browser.get("/page", follow_redirects=False).status_code == 200


def test_another_person_behind_the_same_refresh_ends_the_session(world: World) -> None:
    world.go()
    world.issuer.person = Person(sub="person-2")
    world.clock.advance(timedelta(seconds=61))
    assert world.browser.get("/page", follow_redirects=False).status_code == 303


def test_without_a_refresh_token_the_browser_goes_to_the_issuer_again(world: World) -> None:
    world.issuer.with_refresh = False
    world.go()
    world.clock.advance(timedelta(seconds=61))
    assert world.browser.get("/page", follow_redirects=False).status_code == 303


def test_a_session_ends_after_its_hours(world: World) -> None:
    world.go()
    world.clock.advance(timedelta(hours=12))
    assert world.browser.get("/page", follow_redirects=False).status_code == 303


# --- signing out ---------------------------------------------------------------------------------------------------


def test_signing_out_ends_it_here_and_leads_to_the_issuer(world_on_both: World) -> None:
    world = world_on_both
    token = csrf(world.go())
    cookie = world.browser.cookies[COOKIE]
    answer = world.browser.post("/sign-in/out", data={"csrf": token}, follow_redirects=False)
    # The issuer is another site, to which a form may not lead.
    assert answer.status_code == 200
    url = answer.headers["refresh"].removeprefix("0; url=")
    assert url.startswith(f"{world.issuer.url}/logout?")
    said = parse_qs(urlsplit(url).query)
    assert said["post_logout_redirect_uri"] == [f"{HOME}/"]
    assert said["id_token_hint"][0].count(".") == 2
    stale = world.another_browser()
    stale.cookies.set(COOKIE, cookie)
    assert stale.get("/page", follow_redirects=False).status_code == 303
    assert world.events() == ["signed-in", "signed-out"]


def test_a_link_asks_before_it_signs_out(world: World) -> None:
    assert world.browser.get("/sign-in/out", follow_redirects=False).headers["location"] == "/"
    world.go()
    asked = world.browser.get("/sign-in/out?lang=en")
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', asked.text)
    assert found is not None
    assert world.browser.get("/page", follow_redirects=False).status_code == 200
    assert world.browser.post("/sign-in/out", data={"csrf": found[1]}).status_code == 200
    assert world.browser.get("/page", follow_redirects=False).status_code == 303


def test_an_issuer_on_this_host_is_reached_by_a_redirect(world: World) -> None:
    world.issuer.metadata = {"end_session_endpoint": f"{HOME}/oauth/logout"}
    token = csrf(world.go())
    answer = world.browser.post("/sign-in/out", data={"csrf": token}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{HOME}/oauth/logout?")


@pytest.mark.parametrize(
    ("headers", "value"),
    [
        ({}, ""), ({}, "0" * 64), ({"Origin": "https://evil.example"}, None), ({"Origin": "null"}, None),
        ({"Sec-Fetch-Site": "cross-site"}, None), ({"Sec-Fetch-Site": "same-site"}, None),
    ],
)  # fmt: skip
def test_a_form_of_another_site_signs_nobody_out(world: World, headers: dict[str, str], value: str | None) -> None:
    token = csrf(world.go()) if value is None else value
    world.go()
    answer = world.browser.post("/sign-in/out", data={"csrf": token}, headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign-form")
    assert world.browser.get("/page", follow_redirects=False).status_code == 200


def test_our_own_forms_pass(world: World) -> None:
    token = csrf(world.go())
    headers = {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}
    assert world.browser.post("/sign-in/out", data={"csrf": token}, headers=headers).status_code == 200


def notify(world: World, token: str) -> Any:
    return world.another_browser().post("/sign-in/back-channel", data={"logout_token": token})


def test_a_notice_of_the_issuer_signs_the_browser_out(world_on_both: World) -> None:
    world = world_on_both
    world.go()
    answer = notify(world, world.issuer.logout_token(sid="session-1"))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert world.browser.get("/page", follow_redirects=False).status_code == 303
    assert world.events() == ["signed-in", "logout-heeded"]


def test_a_notice_of_another_session_changes_nothing(world: World) -> None:
    world.go()
    assert notify(world, world.issuer.logout_token(sid="session-2")).status_code == 200
    assert world.browser.get("/page", follow_redirects=False).status_code == 200


def test_a_notice_of_a_subject_ends_all_of_its_sessions(world_on_both: World) -> None:
    world = world_on_both
    other = world.another_browser()
    world.go()
    world.issuer.person = replace(world.issuer.person, sid="session-2")
    world.go("/page", other)
    assert notify(world, world.issuer.logout_token(sub="person-1")).status_code == 200
    for browser in (world.browser, other):
        assert browser.get("/page", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"}, {"aud": "others"}, {"iat": None}, {"exp": 0}, {"exp": None},
        {"exp": 9_999_999_999}, {"jti": None}, {"events": None}, {"events": {}}, {"events": {"other": {}}},
        {"events": ["http://schemas.openid.net/event/backchannel-logout"]}, {"nonce": "n"}, {"sid": None},
        {"typ": "JWT"}, {"typ": "at+jwt"}, {"events": {"http://schemas.openid.net/event/backchannel-logout": 1}},
    ],
)  # fmt: skip
def test_a_forged_notice_signs_nobody_out(world: World, claims: dict[str, Any]) -> None:
    """A25."""
    world.go()
    answer = notify(world, world.issuer.logout_token(**{"sid": "session-1", **claims}))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert world.browser.get("/page", follow_redirects=False).status_code == 200


def test_a_notice_counts_once_and_only_with_the_issuers_key(world: World) -> None:
    world.go()
    token = world.issuer.logout_token(sid="session-2")
    assert [notify(world, token).status_code for _ in range(2)] == [200, 400]
    stranger = ECKey.generate_key("P-256", {"kid": world.issuer.keys[0].kid or ""})
    issuer_keys, world.issuer.keys = world.issuer.keys, [stranger]
    forged = world.issuer.logout_token(sid="session-1")
    world.issuer.keys = issuer_keys
    assert notify(world, forged).status_code == 400
    assert notify(world, world.issuer.id_token(world.issuer.person, None)).status_code == 400
    for rubbish in ("", "a.b.c", "x" * 9000):
        assert notify(world, rubbish).status_code == 400
    assert world.browser.get("/page", follow_redirects=False).status_code == 200


def test_a_notice_that_is_faster_than_the_sign_in_is_heeded(world: World) -> None:
    location = world.issuer.authorize(world.to_issuer())
    assert notify(world, world.issuer.logout_token(sid="session-1")).status_code == 200
    assert world.browser.get(location, follow_redirects=False).status_code == 403
    assert world.rows() == []


def test_a_form_that_is_large_or_no_form_is_refused(world: World) -> None:
    post = world.another_browser().post
    assert post("/sign-in/back-channel", content=b"x" * 17000).status_code == 413
    assert post("/sign-in/back-channel", content=b"\xff").status_code == 400
    assert post("/sign-in/back-channel", content=b"a=1&a=2").status_code == 400
    assert post("/sign-in/back-channel", content=b"&".join(b"a%d=1" % n for n in range(50))).status_code == 400


def test_the_public_key_is_there_for_the_issuer(world: World) -> None:
    keys = world.another_browser().get("/sign-in/jwks.json").json()["keys"]
    assert keys == [dict(world.pages.party.key.public)]
    assert "d" not in keys[0]
