"""A real browser before a real provider: sign-in and consent, a passkey, a code scanned in another browser, sign-out."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.idp.browser.test_passkey import authenticator
from tests.idp.browser.test_qr import scanned
from tests.support.idp_home import PASSWORD, Platform, Running, serving
from tests.support.ports import free_port

PORT = free_port()
BACK = f"http://127.0.0.1:{PORT}/back"
PLATFORM = Platform("portal", (BACK,))
ASKED = {
    "client_id": PLATFORM.id, "redirect_uri": BACK, "response_type": "code", "scope": "openid profile",
    "state": "s" * 22, "nonce": "n" * 22, "code_challenge": "x" * 43, "code_challenge_method": "S256",
}  # fmt: skip


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Running]:
    assert chromium.is_connected()  # without a browser nothing needs serving
    platform = ThreadingHTTPServer(("127.0.0.1", PORT), Arrived)
    threading.Thread(target=platform.serve_forever, daemon=True).start()
    with serving(tmp_path_factory.mktemp("whole"), [PLATFORM], host_name="localhost") as running:
        yield replace(running, issuer=running.issuer.replace("127.0.0.1", "localhost"))
    platform.shutdown()
    platform.server_close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = fresh(chromium)
    yield made
    made.close()


def fresh(chromium: Browser) -> BrowserContext:
    """A browser of somebody's own, on a narrow screen."""
    return chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")


class Arrived(BaseHTTPRequestHandler):
    """The platform, which takes whatever comes back."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<!doctype html><p id=arrived>arrived</p>")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the parent
        """Say nothing."""


def ask(page: Page, provider: Running, **more: str) -> None:
    page.goto(f"{provider.issuer}/oauth/authorize?{urlencode({**ASKED, **more})}")


def sign_in(page: Page, name: str = "user0") -> None:
    page.fill("#username", name)
    page.fill("#password", PASSWORD)
    page.click("#login")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_sign_in_consent_account_and_sign_out(context: BrowserContext, provider: Running) -> None:
    page, refused = context.new_page(), list[str]()
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    ask(page, provider)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert fits(page)
    sign_in(page)
    expect(page.locator("#client")).to_have_text("portal")
    assert fits(page)
    page.click("#consent-allow")
    page.wait_for_url(f"{BACK}?**")
    page.goto(f"{provider.issuer}/idp/account")
    expect(page.locator("#platforms")).to_contain_text("portal")
    expect(page.locator("#history")).to_contain_text("profile")
    assert fits(page)
    ask(page, provider, prompt="none")  # signed in once, known everywhere
    page.wait_for_url(f"{BACK}?**")
    assert "code=" in page.url
    page.goto(f"{provider.issuer}/oauth/logout")
    page.click("#logout-yes")
    expect(page.locator("#logged-out")).to_be_visible()
    ask(page, provider, prompt="none")
    page.wait_for_url(f"{BACK}?**")
    assert "error=login_required" in page.url
    assert not refused, refused


def test_pages_work_without_scripts(chromium: Browser, provider: Running) -> None:
    made = chromium.new_context(java_script_enabled=False)
    page = made.new_page()
    ask(page, provider, response_mode="form_post")
    sign_in(page, "user1")
    page.click("#consent-allow")
    page.click("#go")
    page.wait_for_url(BACK)
    made.close()


def test_form_post_goes_on_by_itself(context: BrowserContext, provider: Running) -> None:
    page = context.new_page()
    ask(page, provider, response_mode="form_post")
    sign_in(page)
    if page.locator("#consent-allow").count():
        page.click("#consent-allow")
    page.wait_for_url(BACK)
    expect(page.locator("#arrived")).to_be_visible()


def test_large_type_and_english_are_kept(context: BrowserContext, provider: Running) -> None:
    page = context.new_page()
    ask(page, provider)
    page.get_by_role("link", name="长辈版大字").click()
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_class("large")
    assert fits(page)
    sign_in(page, "user2")
    expect(page.get_by_role("heading", level=1)).to_have_text("Consent")


def test_a_code_is_scanned_and_confirmed_in_another_browser(chromium: Browser, provider: Running) -> None:
    phone, desk = fresh(chromium), fresh(chromium)
    mobile, screen = phone.new_page(), desk.new_page()
    mobile.goto(f"{provider.issuer}/idp/account")
    sign_in(mobile)
    expect(mobile.locator("#level")).to_be_visible()
    ask(mobile, provider)
    if mobile.locator("#consent-allow").count():
        mobile.click("#consent-allow")
    ask(screen, provider)
    screen.click("#way-qr")
    number = screen.locator("#qr-number").inner_text()
    mobile.goto(scanned(screen))
    expect(mobile.locator("main")).to_contain_text("portal")
    mobile.fill("#number", number)
    mobile.click("#qr-allow")
    expect(mobile.locator("#qr-decided")).to_be_visible()
    screen.wait_for_url(f"{BACK}?**", timeout=20_000)  # the account agreed to this platform before
    assert "code=" in screen.url
    phone.close()
    desk.close()


def test_a_passkey_is_set_up_after_a_surer_sign_in_and_signs_in_alone(
    context: BrowserContext, provider: Running
) -> None:
    page = context.new_page()
    authenticator(page)
    page.goto(f"{provider.issuer}/idp/account/passkeys/new")
    sign_in(page, "user2")
    page.click("#send")
    page.fill("#otp", code_sent(provider))
    page.click("#code-go")
    page.click("#passkey-go")
    expect(page.locator("#passkeys")).to_be_visible()
    context.clear_cookies()
    page.goto(f"{provider.issuer}/idp/account")
    page.click("#way-passkey")
    page.click("#passkey-go")
    expect(page.locator("#level")).to_have_text("2")  # the sign-in is worth more than what is proved of the person


def code_sent(provider: Running) -> str:
    """The digits of the last short message of a home in development."""
    text = (provider.home / "outbox" / "sms.txt").read_text().splitlines()[-1].partition("\t")[2]
    found = re.search(r"\d{6}", text)
    assert found is not None, text
    return found.group()
