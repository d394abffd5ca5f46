"""Chromium's own passkeys, held by its virtual authenticator, walk our pages."""

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from idp.storage.passkeys import Passkeys
from tests.support.device_pages import COOKIE, DevicePagesHouse


def context(chromium: Browser, served: DevicePagesHouse, cookie: str) -> BrowserContext:
    made = chromium.new_context()
    made.add_cookies([{"name": COOKIE, "value": cookie, "url": served.issuer}])
    return made


def authenticator(page: Page, **more: Any) -> tuple[Any, str]:
    """A virtual authenticator of the page's browser context; returns the session that steers it, and its id."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True, **more,
    }  # fmt: skip
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp, str(made["authenticatorId"])


def methods(served: DevicePagesHouse, account: str) -> frozenset[str]:
    with served.house.database.reading() as db:
        return Passkeys(db).methods(account)


@pytest.mark.parametrize(
    ("flags", "method"),
    [({}, "passkey-device"), ({"defaultBackupEligibility": True, "defaultBackupState": True}, "passkey")],
)
def test_a_passkey_is_set_up_and_signs_in(
    chromium: Browser, served: DevicePagesHouse, flags: dict[str, bool], method: str
) -> None:
    account = served.house.account()
    mine = context(chromium, served, served.signed_in(account.id))
    page = mine.new_page()
    authenticator(page, **flags)
    page.goto(f"{served.issuer}/idp/account/passkeys/new?lang=en")
    page.get_by_label("A name for it").fill("My key")
    page.click("#passkey-go")
    expect(page.locator("#passkeys")).to_contain_text("My key")
    assert methods(served, account.id) == {method}

    mine.clear_cookies()  # signed out, the authenticator stays with this browser
    for _ in range(2):  # the second time its counter has grown
        mine.add_cookies([{"name": COOKIE, "value": f"signed out {_}".replace(" ", "-"), "url": served.issuer}])
        page.goto(f"{served.issuer}/idp/passkey?i=handle")
        page.click("#passkey-go")
        expect(page.locator("#done")).to_be_visible()
        shown = served.door.entered.pop()
        assert (shown.account, shown.proof.method) == (account.id, method)
    mine.close()


def test_an_unverified_user_is_not_let_in(chromium: Browser, served: DevicePagesHouse) -> None:
    account = served.house.account()
    mine = context(chromium, served, served.signed_in(account.id))
    page = mine.new_page()
    cdp, name = authenticator(page)
    page.goto(f"{served.issuer}/idp/account/passkeys/new")
    page.click("#passkey-go")
    page.wait_for_url("**/idp/account/devices")
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": name, "isUserVerified": False})
    page.goto(f"{served.issuer}/idp/passkey?lang=en")
    page.click("#passkey-go")
    expect(page.locator("#passkey-said")).to_contain_text("did not finish", timeout=20_000)
    assert not served.door.entered
    mine.close()


def test_a_passkey_of_another_provider_is_not_there(chromium: Browser, served: DevicePagesHouse) -> None:
    mine = context(chromium, served, "fresh")
    page = mine.new_page()
    authenticator(page)
    page.goto(f"{served.issuer}/idp/passkey?lang=en")
    page.click("#passkey-go")
    expect(page.locator("#passkey-said")).to_contain_text("did not finish", timeout=20_000)
    assert not served.door.entered
    mine.close()
