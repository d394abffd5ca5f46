"""A provider that is restarted, has a second process, or changes its keys in the middle of a sign-in loses none."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from starlette.testclient import TestClient

from idp.key_parts import rotation
from tests.support.clock import SettableClock
from tests.support.idp_home import SERVICES, House, Platform, make
from tests.support.relying_party import USER, RelyingParty
from tests.support.walker import Walker
from trust import host
from trust.readiness import Readiness
from trust.values.principal import Principal
from trust.web import app
from trust.web.pages import StartPage

PLATFORM = Platform("steady", ("https://steady.example/back",))


@contextmanager
def process(home: Path, issuer: str, clock: SettableClock) -> Iterator[House]:
    """One process of the provider, which knows nothing of others but by the database."""
    with host.opened(home, SERVICES, clock) as opened:
        settings = opened.floor.settings
        routes = [route for name in SERVICES for route in opened.services[name].routes()]
        start = StartPage(settings.region, production=False, services=[], demonstration=())
        yield House(issuer, home, app.create(settings.http, routes, Readiness([]), start), opened)


def moved(party: RelyingParty, to: House) -> RelyingParty:
    """The same platform and browser before another process."""
    client = TestClient(to.application, base_url=to.issuer, follow_redirects=False)
    client.cookies.update(party.walker.client.cookies)
    following = RelyingParty(party.issuer, party.platform, Walker(client), party.last, party.verifier)
    following.walker.seen = party.walker.seen
    return following


def test_a_sign_in_goes_from_process_to_process(tmp_path: Path, clock: SettableClock) -> None:
    home, issuer = make(tmp_path, [PLATFORM], clock)
    with process(home, issuer, clock) as first, first.browser() as walker:
        party = RelyingParty(issuer, PLATFORM, walker)
        page = party.show()
    with process(home, issuer, clock) as second:  # a restart before the password
        party = moved(party, second)
        page = party.walker.submit(page, {"username": "user0", "password": USER.password})
        to = page.location
        assert to is not None
    with ExitStack() as stack:
        one, two = (stack.enter_context(process(home, issuer, clock)) for _ in range(2))
        party = moved(party, one)
        page = party.walker.walk(to, USER, stop=party.redirect_uri)  # and one before consent
        code = party.back(page)["code"]
        tokens = moved(party, two).redeem(code).json()
        assert moved(party, one).userinfo(tokens["access_token"]).status_code == 200
        refreshed = moved(party, two).refresh(tokens["refresh_token"])
        assert refreshed.status_code == 200
        silent = moved(party, two)
        assert "code" in silent.back(silent.show(prompt="none"))


def test_keys_change_in_the_middle_of_a_sign_in(tmp_path: Path, clock: SettableClock) -> None:
    home, issuer = make(tmp_path, [PLATFORM], clock)
    with process(home, issuer, clock) as provider, provider.browser() as walker:
        party = RelyingParty(issuer, PLATFORM, walker)
        before = party.sign_in()
        code = party.back(party.show())["code"]
        rotate = rotation(provider.host.floor)
        for _ in range(120):  # long enough for the next key to be published and then to sign
            clock.advance(timedelta(days=1))
            rotate(Principal.service("idp-keys"))
        after = party.sign_in()
        kids = {one["id_token"].split(".")[0] for one in (before, after)}
        assert len(kids) == 2
        assert party.redeem(code).json()["error"] == "invalid_grant"  # it was over long ago
        assert party.back(party.show(prompt="none", id_token_hint=after["id_token"]))["code"]
