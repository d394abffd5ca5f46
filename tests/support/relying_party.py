"""A platform that does by hand what a library does, so that a test can do it wrongly: requests, codes, tokens."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from joserfc import jws
from joserfc.jwk import KeySet

from tests.support.idp_home import PASSWORD, Platform
from tests.support.walker import Page, Visitor, Walker

METADATA = "/.well-known/openid-configuration"
USER = Visitor("user0", PASSWORD)


@dataclass(slots=True)
class RelyingParty:
    """A platform and one browser."""

    issuer: str
    platform: Platform
    walker: Walker
    last: dict[str, str] = field(default_factory=dict)  # the last request
    verifier: str = ""
    _metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def metadata(self) -> dict[str, Any]:
        if not self._metadata:
            self._metadata = self.walker.client.get(self.issuer + METADATA).json()
        return self._metadata

    @property
    def redirect_uri(self) -> str:
        return self.platform.redirect_uris[0]

    # --- the front channel -----------------------------------------------------------------------------------------

    def request(self, **changes: str | None) -> dict[str, str]:
        """A good request with some parameters changed, or left out where the change is None."""
        self.verifier = secrets.token_urlsafe(32)
        challenge = hashlib.sha256(self.verifier.encode()).digest()
        said = {
            "client_id": self.platform.id, "redirect_uri": self.redirect_uri, "response_type": "code",
            "scope": "openid", "state": secrets.token_urlsafe(16), "nonce": secrets.token_urlsafe(16),
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256", **changes,
        }  # fmt: skip
        self.last = {name: value for name, value in said.items() if value is not None}
        return self.last

    def ask(self, visitor: Visitor = USER, **changes: str | None) -> Page:
        """Send the browser to the provider and let the visitor answer, until it is sent back or a page remains."""
        url = f"{self.metadata['authorization_endpoint']}?{urlencode(self.request(**changes))}"
        return self.walker.walk(url, visitor, stop=self.redirect_uri)

    def show(self, **changes: str | None) -> Page:
        """The page that the provider shows first, or the redirect that leads back."""
        url = f"{self.metadata['authorization_endpoint']}?{urlencode(self.request(**changes))}"
        return self.walker.follow(self.walker.get(url), stop=self.redirect_uri)

    def back(self, page: Page) -> dict[str, str]:
        """What came back with the browser."""
        assert page.location is not None, (page.status, page.url, page.text)
        assert page.location.startswith(self.redirect_uri), page.location
        read = parse_qs(urlsplit(page.location).query, keep_blank_values=True)
        assert all(len(values) == 1 for values in read.values())
        said = {name: values[0] for name, values in read.items()}
        assert said["iss"] == self.issuer
        assert said.get("state") == self.last.get("state")
        return said

    def code(self, visitor: Visitor = USER, **changes: str | None) -> str:
        """Sign in and return the code."""
        said = self.back(self.ask(visitor, **changes))
        assert "code" in said, said
        return said["code"]

    # --- the back channel ------------------------------------------------------------------------------------------

    def token(self, **form: str) -> httpx2.Response:
        """Ask the token endpoint, authenticated as registered."""
        return self.post(self.metadata["token_endpoint"], **form)

    def post(self, url: str, **form: str) -> httpx2.Response:
        """Send a form as this client."""
        method = self.platform.auth_method
        headers: dict[str, str] = {}
        if method == "client_secret_basic":
            pair = base64.b64encode(f"{self.platform.id}:{self.platform.secret}".encode()).decode()
            headers["authorization"] = f"Basic {pair}"
        elif method == "client_secret_post":
            form |= {"client_id": self.platform.id, "client_secret": self.platform.secret}
        else:
            form |= {"client_id": self.platform.id}
        return self.walker.client.post(url, data=form, headers=headers)

    def redeem(self, code: str, **changes: str) -> httpx2.Response:
        """Redeem a code of the last request."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        return self.token(**{**form, "code_verifier": self.verifier, **changes})

    def refresh(self, token: str, **more: str) -> httpx2.Response:
        return self.token(grant_type="refresh_token", refresh_token=token, **more)

    def sign_in(self, visitor: Visitor = USER, **changes: str | None) -> dict[str, Any]:
        """Sign in and redeem; returns the answer with the ID token's claims under `claims`."""
        answer = self.redeem(self.code(visitor, **changes))
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens | {"claims": self.claims(tokens["id_token"])}

    def userinfo(self, access_token: str) -> httpx2.Response:
        bearer = {"authorization": f"Bearer {access_token}"}
        return self.walker.client.get(self.metadata["userinfo_endpoint"], headers=bearer)

    def claims(self, id_token: str, algorithm: str = "RS256") -> dict[str, Any]:
        """The claims of an ID token whose signature the provider's published keys verify."""
        keys = KeySet.import_key_set(self.walker.client.get(self.metadata["jwks_uri"]).json())
        found = jws.deserialize_compact(id_token, keys, algorithms=[algorithm])
        claims: dict[str, Any] = json.loads(found.payload)
        assert claims["iss"] == self.issuer
        assert self.platform.id == claims["aud"] or claims["aud"] == [self.platform.id]
        return claims


def with_none(id_token: str) -> str:
    """The same token without a signature."""
    _, payload, _ = id_token.split(".")
    return f"{_segment({'alg': 'none'})}.{payload}."


def unsigned(claims: Mapping[str, Any]) -> str:
    """A request object that nobody signed."""
    return f"{_segment({'alg': 'none'})}.{_segment(claims)}."


def _segment(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(dict(value)).encode()).rstrip(b"=").decode()
