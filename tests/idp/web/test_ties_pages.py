"""Pages of mandates, links, merges and recovery: plain forms of one browser, in Chinese and English."""

import html
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from httpx2 import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from idp.model.account import Account, Person
from idp.model.mandate import MandateRole, Offer, Scope
from idp.storage.accounts import Accounts
from idp.storage.conflicts import Conflicts
from tests.support.clock import SettableClock
from tests.support.ties import BODY, ISSUER, L3, L4, VAULT, TiesHouse
from tests.support.ties_pages import TiesPagesHouse
from trust.storage.database import Database
from trust.storage.unit_of_work import units_of_work

NUMBER, NAME = "330102199003076234", "周明远"


@pytest.fixture
def made(sqlite_database: Database, clock: SettableClock) -> TiesPagesHouse:
    return TiesPagesHouse(TiesHouse(sqlite_database, units_of_work(sqlite_database, clock, bytes(32)), clock))


def button(text: str, name: str) -> tuple[str, dict[str, str]]:
    """The address and the fields of the form whose button has this id."""
    forms = re.findall(r"<form ([^>]*)>(.*?)</form>", text, re.DOTALL)
    attributes, inside = next(one for one in forms if f'id="{name}"' in one[1])
    address = re.search(r'action="([^"]*)"', attributes)
    assert address
    fields = re.findall(r'<input type="(?:hidden|text|tel)"[^>]*name="([^"]+)"(?: value="([^"]*)")?', inside)
    own = re.search(rf'<button[^>]*name="([^"]+)" value="([^"]+)" id="{name}"', inside)
    said = {key: html.unescape(value) for key, value in fields} | ({own[1]: own[2]} if own else {})
    return html.unescape(address[1]), said


def press(browser: TestClient, page: str, name: str, /, **more: str) -> Response:
    address, said = button(browser.get(page).text, name)
    return browser.post(address, data=said | more)


def element(text: str, name: str) -> str:
    found = re.search(f'id="{name}"[^>]*>([^<]*)<', text)
    assert found, name
    return html.unescape(found[1])


PAGES = ("/idp/account/bodies", "/idp/account/links", "/idp/account/merges", "/idp/account/recovery")


@pytest.mark.parametrize("page", [*PAGES, f"/idp/account/mandates?body={BODY}"])
def test_pages_of_an_account_ask_for_a_sign_in(made: TiesPagesHouse, page: str) -> None:
    assert made.browser_of().get(page).status_code == 401


@pytest.mark.parametrize("page", PAGES)
def test_pages_speak_chinese_and_english_and_run_no_script(made: TiesPagesHouse, page: str) -> None:
    browser = made.browser_of(made.house.account())
    chinese, english = browser.get(page).text, browser.get(f"{page}?lang=en").text
    assert 'lang="zh-CN"' in chinese
    assert re.search("[\u4e00-\u9fff]", re.sub("<[^>]*>", "", chinese))
    assert not re.search("[\u4e00-\u9fff]", re.sub("<[^>]*>", "", english))
    assert "<script" not in chinese + english
    assert "style=" not in chinese + english


@pytest.mark.parametrize(
    "path",
    [
        "/idp/account/bodies/act",
        "/idp/account/bodies/accept",
        "/idp/account/bodies/give-up",
        "/idp/account/mandates/grant",
        "/idp/account/mandates/confirm",
        "/idp/account/mandates/end",
        "/idp/account/links/go",
        "/idp/account/links/remove",
        "/idp/sign-in/outside",
        "/idp/sign-in/national",
        "/idp/account/merges/imported",
        "/idp/account/merges/accounts",
        "/idp/account/merges/undo",
        "/idp/account/recovery/password",
        "/idp/account/recovery/phone",
        "/idp/account/recovery/cancel",
        "/idp/recovery/cancel",
    ],
)
def test_a_form_of_another_browser_does_nothing(made: TiesPagesHouse, path: str) -> None:
    browser = made.browser_of(made.house.account())
    assert browser.post(path, data={"csrf_token": "of another"}).status_code == 403
    stranger = made.browser_of()
    token = button(made.browser_of().get("/idp/recovery/cancel").text, "cancel")[1]
    assert stranger.post(path, data=token).status_code == 403


def granted_by_page(head: TestClient, /, **more: str) -> Response:
    page = f"/idp/account/mandates?body={BODY}"
    return press(head, page, "grant", role="operator", name=NAME, number=NUMBER, **more)


def test_a_mandate_from_grant_to_end(made: TiesPagesHouse) -> None:
    house = made.house
    head, clerk = house.represented(), house.account(Person(name=NAME, id_number=NUMBER))
    heads, clerks = made.browser_of(head), made.browser_of(clerk)
    assert granted_by_page(heads, items="item:1，item:2", region="330100", until="2026-12-31").status_code == 303
    page = clerks.get("/idp/account/bodies").text
    offered = re.findall('id="accept-([0-9a-f]{32})"', page)
    assert len(offered) == 1
    assert f"单位 {BODY}" in page
    assert "item:1、item:2" in page
    assert press(clerks, "/idp/account/bodies", f"accept-{offered[0]}").status_code == 303
    assert press(clerks, "/idp/account/bodies", f"act-{offered[0]}").status_code == 303
    assert element(clerks.get("/idp/account/bodies").text, "acting")
    assert house.acting(made.seats[clerks.cookies["browser"]].session.sid) == offered[0]
    assert press(clerks, "/idp/account/bodies", "act-stop").status_code == 303
    assert press(heads, f"/idp/account/mandates?body={BODY}", f"end-{offered[0]}").status_code == 303
    assert offered[0] not in clerks.get("/idp/account/bodies").text


def test_what_is_granted_wrongly_is_told(made: TiesPagesHouse) -> None:
    house = made.house
    head, weak = house.represented(), house.account(Person(name=NAME, id_number=NUMBER))
    heads = made.browser_of(head)
    for more in (
        {"name": "周明"},
        {"items": "a;b"},
        {"region": "x"},
        {"until": "soon"},
        {"floor": "9"},
        {"role": "king"},
    ):
        page = f"/idp/account/mandates?body={BODY}"
        told = press(heads, page, "grant", **({"role": "operator", "name": NAME, "number": NUMBER} | more))
        assert told.status_code == 400, more
        assert element(told.text, "error")
    low = made.browser_of(head, 3)
    assert granted_by_page(low).text == "sign in at 4"
    assert made.browser_of(weak).get(f"/idp/account/mandates?body={BODY}").headers["location"] == "/idp/account/bodies"


def test_a_mandate_is_narrowed_on_the_page_and_never_widened(made: TiesPagesHouse) -> None:
    house = made.house
    head, clerk = house.represented(), house.account()
    mandate = house.granted(head, clerk, scope=Scope(("item:1", "item:2"), "330000"))
    browser, page = made.browser_of(head), f"/idp/account/mandates?body={BODY}"
    name = f"narrow-{mandate.id}"
    assert press(browser, page, name, items="item:1", floor="3", until="2026-06-30").status_code == 303
    held = house.held(mandate.id)
    assert (held.scope, held.floor) == (Scope(("item:1",), "330000"), L3)
    assert held.until is not None
    assert mandate.until is not None
    assert held.until < mandate.until
    for more in ({"items": "item:1 item:2"}, {"items": ""}, {"region": ""}, {"until": "2028-01-01"}, {"mandate": "x"}):
        assert press(browser, page, name, **more).status_code == 400, more
    assert house.held(mandate.id) == held


def test_frozen_mandates_are_confirmed_on_the_page(made: TiesPagesHouse) -> None:
    house = made.house
    head, clerk = house.represented(), house.account()
    mandate = house.granted(head, clerk)
    following = house.represented()
    browser, page = made.browser_of(following), f"/idp/account/mandates?body={BODY}"
    assert press(browser, page, f"confirm-{mandate.id}").status_code == 303
    assert house.held(mandate.id).state.value == "active"


def test_an_agent_is_named_by_its_code_and_declines(made: TiesPagesHouse) -> None:
    house, agent = made.house, "91330000MA27D4E5F6"
    head, other = house.represented(), house.represented(agent)
    heads = made.browser_of(head)
    told = press(heads, f"/idp/account/mandates?body={BODY}", "grant", role="agent_body", agent=agent)
    assert told.status_code == 303
    browser = made.browser_of(other)
    (offered,) = re.findall('id="decline-([0-9a-f]{32})"', browser.get("/idp/account/bodies").text)
    assert press(browser, "/idp/account/bodies", f"decline-{offered}").status_code == 303
    assert house.held(offered).why == "given-up"


def test_too_little_sureness_asks_for_more(made: TiesPagesHouse) -> None:
    house = made.house
    head, clerk = house.represented(), house.account()
    mandate = house.granted(head, clerk, floor=L3)
    browser = made.browser_of(clerk, 1, "password")
    assert press(browser, "/idp/account/bodies", f"act-{mandate.id}").text == "sign in at 3"
    offered = house.grant(head.id, L4, Offer(BODY, clerk.id, MandateRole.OPERATOR, floor=L3))
    assert press(browser, "/idp/account/bodies", f"accept-{offered.id}").text == "sign in at 3"
    house.body_kinds = ()
    assert press(made.browser_of(clerk), "/idp/account/bodies", f"act-{mandate.id}").status_code == 400


def visited(browser: TestClient, left: Response, **said: str) -> Response:
    """Answer the player's page to which the browser was sent, and come back."""
    assert left.status_code == 303
    page = browser.get(left.headers["location"])
    address, fields = button(page.text, "answer")
    back = browser.get(address, params=fields | said)
    assert back.headers["referrer-policy"] == "no-referrer"
    return browser.get(back.headers["location"])


def test_a_provider_is_linked_signs_in_and_is_unlinked(made: TiesPagesHouse) -> None:
    account = made.house.account()
    browser, fresh = made.browser_of(account), made.browser_of()
    assert visited(browser, press(browser, "/idp/account/links", "link-alipay"), who="2088-1").headers["location"]
    assert "remove-alipay" in browser.get("/idp/account/links").text
    token = button(fresh.get("/idp/recovery/cancel").text, "cancel")[1]["csrf_token"]
    left = fresh.post("/idp/sign-in/outside", data={"csrf_token": token, "provider": "alipay", "i": "handle"})
    assert visited(fresh, left, who="2088-1").headers["location"] == "/done"
    shown, back = made.entered[0]
    assert (shown.account, shown.proof.method, back) == (account.id, "link:alipay", "handle")
    left = fresh.post("/idp/sign-in/outside", data={"csrf_token": token, "provider": "alipay"})
    refused = visited(fresh, left, who="2088-unknown")
    assert refused.status_code == 401
    assert element(refused.text, "error")
    assert press(browser, "/idp/account/links", "remove-alipay").status_code == 303


def test_links_are_changed_after_a_fresh_real_name_sign_in(made: TiesPagesHouse) -> None:
    browser = made.browser_of(made.house.account(), 1)
    assert press(browser, "/idp/account/links", "link-alipay").text == "sign in at 2"


def test_an_answer_brought_to_another_browser_links_nothing(made: TiesPagesHouse) -> None:
    mine, theirs = made.browser_of(made.house.account()), made.browser_of(made.house.account())
    page = mine.get(press(mine, "/idp/account/links", "link-alipay").headers["location"])
    address, fields = button(page.text, "answer")
    back = mine.get(address, params={**fields, "who": "2088-1"}).headers["location"]
    assert theirs.get(back).status_code == 400
    assert "remove-alipay" not in theirs.get("/idp/account/links").text


def test_a_provider_tells_that_an_account_was_closed(made: TiesPagesHouse) -> None:
    browser = made.browser_of(made.house.account())
    visited(browser, press(browser, "/idp/account/links", "link-alipay"), who="2088-1")
    outside = made.browser_of()
    assert outside.post("/api/idp/outside/alipay/closed", data={"notice": "forged.x"}).status_code == 401
    notice = made.house.providers["alipay"].notice("2088-1")
    assert outside.post("/api/idp/outside/alipay/closed", data={"notice": notice}).status_code == 204
    assert "remove-alipay" not in browser.get("/idp/account/links").text


def test_the_players_page_sends_nobody_elsewhere(made: TiesPagesHouse) -> None:
    browser = made.browser_of()
    for page in ("alipay", "national"):
        for path in (page, f"{page}/answer"):
            told = browser.get(f"/idp/simulated/{path}", params={"back": "https://evil.example/", "who": "x"})
            assert told.status_code == 401
    assert browser.get("/idp/simulated/unheard-of").status_code == 404


def test_the_national_platform_signs_in_only_at_a_mapped_level(made: TiesPagesHouse) -> None:
    browser = made.browser_of()
    token = button(browser.get("/idp/recovery/cancel").text, "cancel")[1]["csrf_token"]
    left = browser.post("/idp/sign-in/national", data={"csrf_token": token})
    refused = visited(browser, left, name=NAME, number=NUMBER, level="L3")
    assert refused.status_code == 401
    assert not made.entered


def test_a_second_account_goes_into_this_one_and_comes_back(made: TiesPagesHouse) -> None:
    house = made.house
    kept, gone = house.account(), house.account()
    with house.new_work() as work:
        name = Conflicts(work.db).between(kept.id, gone.id, house.clock.now()).id
    low, browser = made.browser_of(kept, 3), made.browser_of(kept)
    assert press(low, "/idp/account/merges", f"merge-{name}").text == "sign in at 4"
    assert press(browser, "/idp/account/merges", f"merge-{name}").status_code == 303
    (merge,) = re.findall('id="undo-([0-9a-f]{32})"', browser.get("/idp/account/merges").text)
    again = button(low.get("/idp/account/merges").text, f"undo-{merge}")
    assert press(browser, "/idp/account/merges", f"undo-{merge}").status_code == 303
    assert low.post(again[0], data=again[1]).text == "sign in at 4"
    token = button(browser.get("/idp/account/recovery").text, "password-go")[1]["csrf_token"]
    for path, said in (
        ("imported", {"conflict": name, "decision": "mine"}),
        ("undo", {"merge": merge}),
        ("imported", {}),
    ):
        told = browser.post(f"/idp/account/merges/{path}", data={"csrf_token": token, **said})
        assert told.status_code == 400
        assert element(told.text, "error")


def phone_of(made: TiesPagesHouse, account: Account) -> str:
    with made.house.database.reading() as db:
        return VAULT.open(Accounts(db, VAULT).get(account.id)).phone


def test_a_face_sets_a_new_password(made: TiesPagesHouse) -> None:
    account = made.house.account()
    browser = made.browser_of(account, 4, "passkey", "face")
    page = "/idp/account/recovery"
    for new, again in (("New-pass-1", "other"), ("short", "short")):
        told = press(browser, page, "password-go", new=new, again=again)
        assert told.status_code == 400
        assert new not in told.text
    done = press(browser, page, "password-go", new="New-pass-1", again="New-pass-1")
    assert element(done.text, "recovered")
    assert account.id in made.house.passwords
    refused = press(made.browser_of(account, 1, "sms"), page, "password-go", new="New-pass-1", again="New-pass-1")
    assert "窗口" in element(refused.text, "error")


def test_a_phone_is_changed_in_sight_and_the_change_is_cancelled(made: TiesPagesHouse) -> None:
    account = made.house.account(Person(phone="13900000001"))
    browser, page = made.browser_of(account, 4, "passkey", "face"), "/idp/account/recovery"
    assert press(browser, page, "phone-code", phone="12").status_code == 400
    asked = press(browser, page, "phone-code", phone="13900000002")
    address, said = button(asked.text, "phone-go")
    assert browser.post(address, data=said | {"code": "x"}).status_code == 400
    assert browser.post(address, data=said | {"code": made.house.digits}).status_code == 303
    assert element(browser.get(page).text, "waiting")
    assert press(browser, page, "cancel").status_code == 303

    made.house.clock.advance(timedelta(minutes=1))
    address, said = button(press(browser, page, "phone-code", phone="13900000002").text, "phone-go")
    assert browser.post(address, data=said | {"code": made.house.digits}).status_code == 303
    notice = [more for _, what, more in made.house.told if what == "recovery-begun"][-1]
    anybody = made.browser_of()
    link = urlsplit(notice)
    assert notice.startswith(ISSUER)
    asked = anybody.get(f"{link.path}?{link.query}")
    address, said = button(asked.text, "cancel")
    assert element(anybody.post(address, data=said).text, "cancelled")
    assert anybody.post(address, data=said).status_code == 400
    made.house.clock.advance(timedelta(hours=73))
    assert made.house.finish() == 0
    assert phone_of(made, account) == "13900000001"


RUBBISH = ("\0", "x" * 5_000, "\ud7ff\U0001f600", "' or 1=1 --", "../..", "")
FIELDS = ("mandate", "body", "role", "agent", "name", "number", "items", "region", "floor", "until", "provider", "i",
          "conflict", "decision", "merge", "word", "phone", "code", "used-0", "notice")  # fmt: skip


def test_rubbish_is_answered_and_never_a_fault_on_either_database(database: Database, clock: SettableClock) -> None:
    made = TiesPagesHouse(TiesHouse(database, units_of_work(database, clock, bytes(32)), clock))
    head = made.house.represented()
    browser = made.browser_of(head)
    token = button(browser.get("/idp/account/recovery").text, "password-go")[1]["csrf_token"]
    posts = [one.path for one in made.app.routes if isinstance(one, Route) and "POST" in (one.methods or ())]
    gets = [one.path for one in made.app.routes if isinstance(one, Route) and "GET" in (one.methods or ())]
    for rubbish in RUBBISH:
        said = dict.fromkeys(FIELDS[:8], rubbish) | {"csrf_token": token}
        more = dict.fromkeys(FIELDS[8:], rubbish) | {"csrf_token": token, "body": BODY}
        agent = {"csrf_token": token, "body": BODY, "role": "agent_body", "agent": rubbish}
        for path in posts:
            for fields in (said, more, agent):
                told = browser.post(path.replace("{provider}", "alipay"), data=fields)
                assert told.status_code < 500, (path, rubbish)
        for path in gets:
            asked = dict.fromkeys(("state", "code", "ticket", "word", "body", "back"), rubbish)
            for provider in ("alipay", "%00"):
                assert browser.get(path.replace("{provider}", provider), params=asked).status_code < 500, path
