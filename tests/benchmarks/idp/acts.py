"""What a platform and a browser do with a provider, found by its description alone, so that any provider can be asked."""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from tests.benchmarks.idp.load import Answer, Caller

SCOPE: Final = "openid profile email"
MAX_HOPS: Final = 10
_PASSWORD: Final = re.compile(r'name="password"')


@dataclass(frozen=True, slots=True)
class Known:
    """Who asks: a client and a user that the provider knows."""

    client: str
    secret: str
    redirect_uri: str
    username: str
    password: str

    def of(self, username: str) -> "Known":
        """The same client with another user."""
        return replace(self, username=username)

    @property
    def basic(self) -> Mapping[str, str]:
        pair = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
        return {"authorization": f"Basic {pair}"}


@dataclass(slots=True)
class Acts:
    """Each method is one operation, complete and checked."""

    base: str
    known: Known
    endpoints: Mapping[str, Any]
    caller: Caller  # the platform's connection, without cookies
    browser: Caller  # a browser that is signed in
    fresh: Caller  # one that nobody knows
    tokens: dict[str, str] = field(default_factory=dict)

    @classmethod
    def opened(cls, base: str, known: Known) -> Self:
        """Read the description and sign in once."""
        caller = Caller(base)
        said = json.loads(caller.get("/.well-known/openid-configuration").body)
        acts = cls(base, known, said, caller, Caller(base), Caller(base))
        acts.tokens = acts._flow(acts.browser)
        return acts

    def close(self) -> None:
        for each in (self.caller, self.browser, self.fresh):
            each.close()

    def all(self) -> Mapping[str, Callable[[], object]]:
        """The operations by name."""
        return {
            "discovery": self.discovery,
            "client_credentials": self.client_credentials,
            "introspection": self.introspection,
            "userinfo": self.userinfo,
            "refresh": self.refresh,
            "single sign-on": self.single_sign_on,
            "sign-in": self.sign_in,
        }

    def discovery(self) -> None:
        _expect(self.caller.get("/.well-known/openid-configuration"))

    def client_credentials(self) -> None:
        form = {"grant_type": "client_credentials", "scope": "api"}
        _expect(self.caller.post(self.endpoints["token_endpoint"], form, self.known.basic))

    def introspection(self) -> None:
        form = {"token": self.tokens["access_token"]}
        answer = _expect(self.caller.post(self.endpoints["introspection_endpoint"], form, self.known.basic))
        assert b'"active":true' in answer.body.replace(b": ", b":"), answer.body

    def userinfo(self) -> None:
        bearer = {"authorization": f"Bearer {self.tokens['access_token']}"}
        answer = _expect(self.caller.get(self.endpoints["userinfo_endpoint"], bearer))
        assert b'"email"' in answer.body, answer.body

    def refresh(self) -> None:
        form = {"grant_type": "refresh_token", "refresh_token": self.tokens["refresh_token"]}
        answer = _expect(self.caller.post(self.endpoints["token_endpoint"], form, self.known.basic))
        self.tokens = json.loads(answer.body)
        assert "id_token" in self.tokens

    def single_sign_on(self) -> None:
        """A browser that is signed in asks for another code, and the platform redeems it."""
        self._flow(self.browser)

    def sign_in(self) -> None:
        """A browser that nobody knows: the page, the password, the code, the tokens."""
        self.fresh.cookies.clear()
        self._flow(self.fresh)

    def _flow(self, browser: Caller) -> dict[str, str]:
        verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": self.known.client, "redirect_uri": self.known.redirect_uri, "response_type": "code",
            "scope": SCOPE, "state": state, "nonce": secrets.token_urlsafe(16),
            "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        back = self._through(browser, f"{self.endpoints['authorization_endpoint']}?{urlencode(query)}")
        said = parse_qs(urlsplit(back).query)
        assert said["state"] == [state], back
        form = {
            "grant_type": "authorization_code", "code": said["code"][0], "redirect_uri": self.known.redirect_uri,
            "code_verifier": verifier,
        }  # fmt: skip
        answer = _expect(self.caller.post(self.endpoints["token_endpoint"], form, self.known.basic))
        tokens: dict[str, str] = json.loads(answer.body)
        assert {"access_token", "id_token", "refresh_token"} <= tokens.keys(), tokens.keys()
        return tokens

    def _through(self, browser: Caller, url: str) -> str:
        """Go on until the provider sends the browser back; returns where to."""
        answer = browser.get(url)
        for _ in range(MAX_HOPS):
            if answer.status in (302, 303):
                to = urljoin(url, answer.headers["location"])
                if to.startswith(self.known.redirect_uri):
                    return to
                url = to
                answer = browser.get(url)
            else:
                assert _PASSWORD.search(_expect(answer).text), answer.text[:2000]
                said = {"username": self.known.username, "password": self.known.password}
                answer = browser.submit(answer, url, said)
        raise AssertionError("the provider never sends the browser back")


def _expect(answer: Answer) -> Answer:
    assert answer.status == 200, (answer.status, answer.body[:2000])
    return answer
