"""Our pages fit a narrow screen, and every field has a name that is read out."""

import pytest
from playwright.sync_api import Browser

from tests.support.authenticator import Authenticator
from tests.support.certificate_people import PEOPLE, bind
from tests.support.device_pages import COOKIE, DevicePagesHouse
from tests.support.hierarchy import NOW

PATHS = (
    "/idp/passkey", "/idp/account/passkeys/new", "/idp/certificate?i=handle", "/idp/account/certificates/new", "/idp/qr",
    "/idp/qr/confirm?code={code}", "/idp/qr/confirm?code=x", "/idp/account/devices", "/idp/account/apps/new",
)  # fmt: skip
NAMELESS = """() => [...document.querySelectorAll("input:not([type=hidden]), textarea, button")]
    .filter((one) => !(one.labels && one.labels.length) && !one.textContent.trim() && !one.ariaLabel).map((one) => one.id)"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_fit_360_pixels(chromium: Browser, served: DevicePagesHouse, lang: str) -> None:
    house = served.house
    house.clock.set(NOW)
    account = house.account()
    house.passkey(account, Authenticator())
    bind(house, account, PEOPLE["person"])
    code = house.offer_qr(bytes(32), "portal", "Firefox", "192.0.2.0/24").id
    context = chromium.new_context(viewport={"width": 360, "height": 700})
    context.add_cookies([{"name": COOKIE, "value": served.signed_in(account.id), "url": served.issuer}])
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if "Refused" in said.text else None)  # by the policy
    page.on("pageerror", lambda error: faults.append(str(error)))
    for path in PATHS:
        address = path.format(code=code)
        page.goto(f"{served.issuer}{address}{'&' if '?' in address else '?'}lang={lang}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert page.evaluate(NAMELESS) == [], path
    assert not faults, faults
    context.close()
