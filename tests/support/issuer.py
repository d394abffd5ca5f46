"""A small issuer: discovery, keys, pushed and plain authorization, tokens, logout tokens; everybody is signed in.

It answers whoever asks as the person in `person`, after checking what a real issuer checks: client, redirect, PKCE,
assertion. Tests change its fields to make it err.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc.jwk import ECKey

from certs.keys import load_private
from certs.signer import SoftwareSigner
from tests.support.clock import SettableClock
from tests.support.http_server import Asked, Given, serving
from trust.clock import Clock
from trust.web import jwt
from trust.web.client_key import ClientKey

JSON = {"content-type": "application/json"}
ACR = "urn:cn-gov:loa:l"


@dataclass(frozen=True)
class Person:
    """Whoever signs in, as tokens tell it."""

    sub: str = "person-1"
    level: int = 3
    proven_at: datetime | None = None  # none: at this moment
    sid: str = "session-1"
    more: Mapping[str, Any] = field(default_factory=lambda: {"subject_type": "natural"})


@dataclass
class SmallIssuer:
    """One issuer with one client, on a loopback address."""

    clock: Clock
    client: str = "trust-pages"
    audience: str = "trust-services"
    client_key: ECKey | None = None  # public; none: the assertion is not checked
    redirect_uri: str = ""
    url: str = ""
    person: Person = field(default_factory=Person)
    with_par: bool = False
    with_refresh: bool = True
    proof_nonce: str | None = None  # wanted in proofs at the token endpoint
    answers: dict[str, Any] = field(default_factory=dict)  # laid over what the token endpoint says
    changes: dict[str, Any] = field(default_factory=dict)  # laid over the claims of ID tokens
    metadata: dict[str, Any] = field(default_factory=dict)  # laid over the description
    asked: list[Asked] = field(default_factory=list)
    down: bool = False
    keys: list[ECKey] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)  # of authorization, as they were understood
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    pushed: dict[str, dict[str, str]] = field(default_factory=dict)
    refreshes: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rotate()

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one stays published."""
        self.keys.insert(0, ECKey.generate_key("P-256", {"kid": secrets.token_hex(4)}))

    # --- tokens ----------------------------------------------------------------------------------------------------

    def access_token(self, person: Person | None = None, *, typ: str = "at+jwt", **claims: Any) -> str:
        """An access token for our audience; a claim that is None is left out."""
        who, at = person or self.person, self._now()
        said = {
            "iss": self.url, "sub": who.sub, "aud": self.audience, "client_id": self.client, "iat": at, "exp": at + 60,
            "jti": secrets.token_hex(8), "sid": who.sid, "scope": "openid", **self._standing(who), **who.more, **claims,
        }  # fmt: skip
        return self.sign({name: value for name, value in said.items() if value is not None}, typ)

    def id_token(self, person: Person, nonce: str | None, **claims: Any) -> str:
        at = self._now()
        said = {
            "iss": self.url, "sub": person.sub, "aud": self.client, "iat": at, "exp": at + 300, "sid": person.sid,
            "nonce": nonce, **self._standing(person), **claims, **self.changes,
        }  # fmt: skip
        return self.sign({name: value for name, value in said.items() if value is not None}, "JWT")

    def logout_token(self, *, typ: str = "logout+jwt", **claims: Any) -> str:
        at = self._now()
        said = {
            "iss": self.url, "aud": self.client, "iat": at, "exp": at + 120, "jti": secrets.token_hex(8),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}}, **claims,
        }  # fmt: skip
        return self.sign({name: value for name, value in said.items() if value is not None}, typ)

    def sign(self, claims: Mapping[str, Any], typ: str, key: ECKey | None = None, **header: Any) -> str:
        key = key or self.keys[0]
        return jwt.sign(claims, key, "ES256", {"typ": typ, "kid": key.kid, **header})

    # --- HTTP ------------------------------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Given:
        self.asked.append(asked)
        if self.down:
            return Given(503)
        match asked.path:
            case "/.well-known/openid-configuration":
                return _json(self._description())
            case "/jwks":
                return _json({"keys": [{**key.as_dict(private=False), "use": "sig"} for key in self.keys]})
            case "/par":
                return self._push(asked.form)
            case "/token":
                return self._wants_nonce(asked) or self._token(asked.form)
        return Given(404)

    def authorize(self, location: str) -> str:
        """Follow the browser to the issuer; returns where it is sent back to."""
        query = dict(parse_qsl(location.partition("?")[2]))
        if "request_uri" in query:
            query = self.pushed.pop(query["request_uri"])
        assert query["client_id"] == self.client
        assert query["redirect_uri"] == self.redirect_uri
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        self.requests.append(query)
        said = urlencode({"code": code, "state": query["state"], "iss": self.url})
        return f"{self.redirect_uri}?{said}"

    def _description(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/logout",
            "authorization_response_iss_parameter_supported": True,
        }
        if self.with_par:
            said["pushed_authorization_request_endpoint"] = f"{self.url}/par"
        return {name: value for name, value in (said | self.metadata).items() if value is not None}

    def _wants_nonce(self, asked: Asked) -> Given | None:
        if self.proof_nonce is None:
            return None
        claims = jwt.Unverified.parse(asked.headers["dpop"], ("dpop+jwt",), ("ES256",)).claims
        if claims.get("nonce") == self.proof_nonce:
            return None
        wanted = {**JSON, "dpop-nonce": self.proof_nonce}
        return Given(400, json.dumps({"error": "use_dpop_nonce"}).encode(), wanted)

    def _push(self, form: dict[str, str]) -> Given:
        if not self._is_client(form):
            return _json({"error": "invalid_client"}, 401)
        uri = "urn:ietf:params:oauth:request_uri:" + secrets.token_urlsafe(16)
        self.pushed[uri] = form
        return _json({"request_uri": uri, "expires_in": 60}, 201)

    def _token(self, form: dict[str, str]) -> Given:
        if not self._is_client(form):
            return _json({"error": "invalid_client"}, 401)
        if form["grant_type"] == "refresh_token":
            person = self.refreshes.pop(form["refresh_token"], None)
            return _json({"error": "invalid_grant"}, 400) if person is None else self._issue(self.person, None)
        query = self.codes.pop(form["code"], None)
        challenge = jwt.base64url(hashlib.sha256(form["code_verifier"].encode()).digest())
        if query is None or query["code_challenge"] != challenge or form["redirect_uri"] != query["redirect_uri"]:
            return _json({"error": "invalid_grant"}, 400)
        return self._issue(self.person, query.get("nonce"))

    def _issue(self, person: Person, nonce: str | None) -> Given:
        said = {
            "access_token": self.access_token(person), "token_type": "Bearer", "expires_in": 60,
            "id_token": self.id_token(person, nonce),
        }  # fmt: skip
        if self.with_refresh:
            said["refresh_token"] = secrets.token_urlsafe(32)
            self.refreshes[str(said["refresh_token"])] = person
        return _json(said | self.answers)

    def _is_client(self, form: Mapping[str, str]) -> bool:
        if self.client_key is None:
            return True
        try:
            unverified = jwt.Unverified.parse(form.get("client_assertion", ""), ("jwt",), ("ES256",))
            claims = unverified.verify(self.client_key).values
        except jwt.TokenUnfit:
            return False
        return claims["iss"] == claims["sub"] == self.client and claims["aud"] == self.url and "jti" in claims

    def _standing(self, person: Person) -> dict[str, Any]:
        proven = int(person.proven_at.timestamp()) if person.proven_at else self._now()
        return {"acr": f"{ACR}{person.level}", "auth_time": proven}

    def _now(self) -> int:
        return int(self.clock.now().timestamp())


@contextmanager
def small_issuer(clock: Clock) -> Iterator[SmallIssuer]:
    """An issuer that answers on loopback until the end of the block."""
    issuer = SmallIssuer(clock)
    with serving(issuer.answer) as base:
        issuer.url = base
        yield issuer


def client_key() -> ClientKey:
    """A fresh key of a client."""
    pem = ECKey.generate_key("P-256").as_pem(private=True)
    return ClientKey(SoftwareSigner(load_private(pem)))


def older(person: Person, clock: SettableClock, by: timedelta) -> Person:
    """The same person, proven earlier."""
    return replace(person, proven_at=clock.now() - by)


def _json(value: object, status: int = 200) -> Given:
    return Given(status, json.dumps(value).encode(), JSON)
