"""Pages of passkeys, certificates, apps and codes: forms of this browser alone, plain where no browser interface is needed."""

import html
import json
import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from idp.storage.passkeys import Passkeys
from tests.support.authenticator import Authenticator
from tests.support.certificate_people import PEOPLE, bare, bind, house_of, signed_data
from tests.support.clock import SettableClock
from tests.support.device_pages import COOKIE, DevicePagesHouse, pages
from tests.support.devices import ISSUER
from trust.storage.database import Database
from trust.storage.unit_of_work import units_of_work


@pytest.fixture
def made(sqlite_database: Database, clock: SettableClock) -> DevicePagesHouse:
    house = house_of(sqlite_database, units_of_work(sqlite_database, clock, bytes(32)), clock)
    return pages(house, ISSUER)


def browser(made: DevicePagesHouse, cookie: str = "a browser") -> TestClient:
    return TestClient(made.application, cookies={COOKIE: cookie}, follow_redirects=False)


def fields(text: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text)
    return {name: html.unescape(value) for name, value in found}


def attribute(text: str, name: str) -> str:
    found = re.search(f'{name}="([^"]*)"', text)
    assert found, name
    return html.unescape(found[1])


def element(text: str, name: str) -> str:
    found = re.search(f'id="{name}"[^>]*>([^<]*)<', text)
    assert found, name
    return html.unescape(found[1])


def test_a_passkey_is_set_up_and_signs_in(made: DevicePagesHouse) -> None:
    account, authenticator = made.house.account(), Authenticator()
    signed_in = browser(made, made.signed_in(account.id))
    page = signed_in.get("/idp/account/passkeys/new").text
    said = {**fields(page), "answer": authenticator.create(attribute(page, "data-options")), "name": "钥匙"}
    assert signed_in.post("/idp/account/passkeys/new", data=said).headers["location"] == "/idp/account/devices"
    assert "钥匙" in signed_in.get("/idp/account/devices").text

    fresh = browser(made)
    page = fresh.get("/idp/passkey?i=handle").text
    assert attribute(page, "action") == "/idp/passkey?i=handle"
    said = {**fields(page), "answer": authenticator.get(attribute(page, "data-options"))}
    assert fresh.post("/idp/passkey?i=handle", data=said).headers["location"] == "/done"
    assert made.door.entered[-1].account == account.id
    again = fresh.post("/idp/passkey?i=handle", data=said)
    assert again.status_code == 400
    assert 'id="error"' in again.text


def test_forms_of_another_browser_are_refused(made: DevicePagesHouse) -> None:
    account = made.house.account()
    client = browser(made, made.signed_in(account.id))
    for path in (
        "/idp/passkey", "/idp/account/passkeys/new", "/idp/certificate", "/idp/account/certificates/new", "/idp/qr",
        "/idp/qr/confirm", "/idp/account/devices/remove", "/idp/account/apps/new",
    ):  # fmt: skip
        answer = client.post(path, data={"csrf_token": "of another"})
        assert (answer.status_code, answer.json()["code"]) == (403, "form-stale"), path


@pytest.mark.parametrize(
    ("path", "level"),
    [
        ("/idp/account/devices", 0),
        ("/idp/account/passkeys/new", 1),
        ("/idp/account/certificates/new", 2),
        ("/idp/account/apps/new", 2),
        ("/idp/qr/confirm", 0),
    ],
)
def test_pages_ask_for_a_surer_sign_in(made: DevicePagesHouse, path: str, level: int) -> None:
    client = browser(made, made.signed_in(made.house.account().id, level) if level else "nobody")
    assert client.get(path).status_code == 401
    csrf = fields(client.get("/idp/passkey").text)["csrf_token"]
    if path != "/idp/account/devices":
        assert client.post(path, data={"csrf_token": csrf, "answer": "{}"}).status_code in (400, 401)


@pytest.mark.parametrize("path", ["passkeys/new", "certificates/new", "apps/new"])
def test_an_unattended_session_makes_no_way_in(made: DevicePagesHouse, clock: SettableClock, path: str) -> None:
    client = browser(made, made.signed_in(made.house.account().id))
    said = fields(client.get(f"/idp/account/{path}").text)
    clock.advance(timedelta(minutes=11))
    assert client.get(f"/idp/account/{path}").status_code == 401
    assert client.post(f"/idp/account/{path}", data={**said, "answer": "{}"}).status_code == 401
    assert client.post("/idp/account/devices/remove", data=said).status_code == 401


def test_a_link_from_elsewhere_confirms_nothing(made: DevicePagesHouse) -> None:
    page, _ = shown(browser(made))
    phone = browser(made, made.signed_in(made.house.account().id))
    address = f"/idp/qr/confirm?code={fields(page)['code']}"
    sent = phone.get(address, headers={"sec-fetch-site": "cross-site"})
    assert (sent.status_code, 'id="error"' in sent.text) == (400, True)
    assert phone.get(address, headers={"sec-fetch-site": "none"}).status_code == 200


def test_a_certificate_signs_in_through_a_plain_form(made: DevicePagesHouse) -> None:
    account, person = made.house.account(), PEOPLE["person"]
    signed_in = browser(made, made.signed_in(account.id, 3))
    page = signed_in.get("/idp/account/certificates/new").text
    signature, certificate = bare(person, element(page, "statement"))
    said = {**fields(page), "signature": signature, "certificate": certificate}
    assert signed_in.post("/idp/account/certificates/new", data=said).status_code == 303
    assert str(person.certificate.issuer.get("2.5.4.3")) in signed_in.get("/idp/account/devices").text

    fresh = browser(made)
    page = fresh.get("/idp/certificate?i=handle").text
    assert "名称 portal" in page
    assert element(page, "statement").split("\n")[2] == "portal"
    said = {**fields(page), "signature": signed_data(person, element(page, "statement"))[0]}
    assert fresh.post("/idp/certificate?i=handle", data=said).status_code == 303
    assert made.door.entered[-1].proof.method == "certificate"


def test_a_refused_signature_gets_new_words(made: DevicePagesHouse) -> None:
    bind(made.house, made.house.account(), PEOPLE["person"])
    client = browser(made)
    page = client.get("/idp/certificate").text
    said = {**fields(page), "signature": signed_data(PEOPLE["other"], element(page, "statement"))[0]}
    answer = client.post("/idp/certificate", data=said)
    assert answer.status_code == 400
    assert element(answer.text, "statement") != element(page, "statement")
    assert element(client.get("/idp/certificate?lang=en").text, "login") == "Sign in"


def shown(client: TestClient) -> tuple[str, str]:
    """A code on a screen: its page and its address."""
    address = client.get("/idp/qr?i=handle").headers["location"]
    return client.get(address).text, address


def test_a_code_is_confirmed_with_its_number_without_a_script(made: DevicePagesHouse) -> None:
    account = made.house.account()
    screen, phone = browser(made), browser(made, made.signed_in(account.id, 3))
    page, address = shown(screen)
    code, number = fields(page)["code"], element(page, "qr-number")
    assert screen.get(f"/idp/qr/state?code={code}").json() == {"state": "new"}
    question = phone.get(f"/idp/qr/confirm?code={code}").text
    assert "名称 portal" in question
    assert "testclient" in question
    assert number not in re.sub(r"<[^>]*>", "", question), "the number stands on the other screen alone"
    assert screen.post(address, data=fields(page)).headers["location"] == address  # not confirmed yet
    mistyped = phone.post("/idp/qr/confirm", data={**fields(question), "decision": "allow", "number": ""})
    assert mistyped.status_code == 400
    decided = phone.post("/idp/qr/confirm", data={**fields(question), "decision": "allow", "number": number})
    assert element(decided.text, "qr-decided")
    assert "已确认" in screen.get(address).text
    assert screen.post(address, data=fields(page)).headers["location"] == "/done"
    entered = made.door.entered[-1]
    assert (entered.account, entered.cap.value) == (account.id, 3)
    assert screen.post(address, data=fields(page)).headers["location"] == address
    assert 'id="error"' in screen.get(address).text


@pytest.mark.parametrize(("decision", "text"), [("allow", "error"), ("deny", "qr-decided")])
def test_a_wrong_number_or_a_refusal_ends_a_code(made: DevicePagesHouse, decision: str, text: str) -> None:
    screen, phone = browser(made), browser(made, made.signed_in(made.house.account().id))
    page, address = shown(screen)
    question = phone.get(f"/idp/qr/confirm?code={fields(page)['code']}").text
    number = 10 + (int(element(page, "qr-number")) - 9) % 90
    decided = phone.post("/idp/qr/confirm", data={**fields(question), "decision": decision, "number": str(number)})
    assert f'id="{text}"' in decided.text
    assert screen.get(f"/idp/qr/state?code={fields(page)['code']}").json() == {"state": "refused"}
    assert attribute(screen.get(address).text, "href") == "/idp/qr?i=handle"


def test_another_browser_learns_nothing_of_a_code(made: DevicePagesHouse) -> None:
    page, address = shown(browser(made))
    other = browser(made, "another")
    assert other.get(f"/idp/qr/state?code={fields(page)['code']}").json() == {"state": "expired"}
    assert "qr-number" not in other.get(address).text


def test_a_code_that_ran_out_is_replaced(made: DevicePagesHouse, clock: SettableClock) -> None:
    screen = browser(made)
    page, address = shown(screen)
    assert attribute(page, "data-next") == "/idp/qr?i=handle&n=1"
    assert "<noscript><meta" in page
    clock.advance(timedelta(seconds=90))
    assert 'id="qr-again"' in screen.get(address).text
    last = screen.get(screen.get("/idp/qr?i=handle&n=5").headers["location"]).text
    assert attribute(last, "data-next") == ""
    phone = browser(made, made.signed_in(made.house.account().id))
    assert 'id="error"' in phone.get(f"/idp/qr/confirm?code={fields(page)['code']}").text


def test_devices_are_taken_away(made: DevicePagesHouse) -> None:
    account, other = made.house.account(), made.house.account()
    made.house.passkey(account, Authenticator())
    client = browser(made, made.signed_in(account.id))
    page = client.get("/idp/account/devices").text
    said = fields(page)
    stranger = browser(made, made.signed_in(other.id))
    csrf = fields(stranger.get("/idp/passkey").text)["csrf_token"]
    assert stranger.post("/idp/account/devices/remove", data={**said, "csrf_token": csrf}).status_code == 400
    assert client.post("/idp/account/devices/remove", data={**said, "kind": "nothing"}).status_code == 400
    assert client.post("/idp/account/devices/remove", data=said).status_code == 303
    with made.house.database.reading() as db:
        assert not Passkeys(db).of(account.id)


def test_an_app_is_invited_by_a_code(made: DevicePagesHouse) -> None:
    client = browser(made, made.signed_in(made.house.account().id, 3))
    page = client.get("/idp/account/apps/new").text
    invited = client.post("/idp/account/apps/new", data=fields(page)).text
    assert len(element(invited, "app-code")) == 43
    assert "<svg" in invited


def test_options_ask_for_verified_users_only(made: DevicePagesHouse) -> None:
    client = browser(made, made.signed_in(made.house.account().id))
    asked = json.loads(attribute(client.get("/idp/account/passkeys/new").text, "data-options"))
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["attestation"] == "none"


@pytest.mark.parametrize(
    "body", [b"a=1&a=2", b"\xff", b"a=" + b"x" * 300_000, b"&".join(b"a%d=1" % n for n in range(40))]
)
def test_what_no_form_sends_is_refused(made: DevicePagesHouse, body: bytes) -> None:
    answer = browser(made).post("/idp/passkey", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "form-malformed")
