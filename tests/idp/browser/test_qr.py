"""Two browsers: one shows a code, the other is signed in and confirms it."""

import time

import pytest
import zxingcpp
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.device_pages import COOKIE, DevicePagesHouse


def context(chromium: Browser, served: DevicePagesHouse, cookie: str, *, scripts: bool = True) -> BrowserContext:
    made = chromium.new_context(java_script_enabled=scripts)
    made.add_cookies([{"name": COOKIE, "value": cookie, "url": served.issuer}])
    return made


def scanned(page: Page) -> str:
    """What a camera reads from the screen."""
    import io

    from PIL import Image

    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    return str(found.text)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_screen_is_signed_in_by_another_browser(
    chromium: Browser, served: DevicePagesHouse, *, scripts: bool
) -> None:
    account = served.house.account()
    screen = context(chromium, served, "screen", scripts=scripts).new_page()
    phone = context(chromium, served, served.signed_in(account.id, 3)).new_page()
    screen.goto(f"{served.issuer}/idp/qr?i=handle")
    number = screen.locator("#qr-number").inner_text()
    began = time.monotonic()
    phone.goto(scanned(screen))
    expect(phone.locator("main")).to_contain_text("名称 portal")
    phone.fill("#number", number)
    phone.click("#qr-allow")
    expect(phone.locator("#qr-decided")).to_be_visible()
    if not scripts:
        expect(screen.locator("#qr-number")).to_have_count(0, timeout=15_000)  # the page loads itself again
        screen.click("#qr-continue")
    expect(screen.locator("#done")).to_be_visible(timeout=10_000)
    assert time.monotonic() - began < 60
    (shown,) = served.door.entered
    assert (shown.account, shown.proof.method, shown.cap.value) == (account.id, "qr", 3)
    screen.context.close()
    phone.context.close()


def test_a_screen_is_told_of_a_refusal(chromium: Browser, served: DevicePagesHouse) -> None:
    screen = context(chromium, served, "screen").new_page()
    phone = context(chromium, served, served.signed_in(served.house.account().id)).new_page()
    screen.goto(f"{served.issuer}/idp/qr")
    phone.goto(scanned(screen))
    expect(screen.locator("#qr-said")).to_contain_text("已扫描", timeout=10_000)
    phone.click("#qr-deny")
    expect(screen.locator("#error")).to_be_visible(timeout=10_000)
    screen.click("#qr-again")
    expect(screen.locator("#qr-number")).to_be_visible()
    assert not served.door.entered
    screen.context.close()
    phone.context.close()
