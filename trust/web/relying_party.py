"""What this home says to the issuer at which its pages sign people in, and what it believes of the answers.

Standard:
    OpenID Connect Core 1.0, 3.1 (code flow), 12 (refresh); RFC 7636 PKCE; RFC 9126 PAR; RFC 9207 `iss`;
    RFC 8707 `resource`; RFC 9449, 5; OpenID Connect RP-Initiated Logout 1.0, 2.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from trust.clock import Clock
from trust.net.client import Answer
from trust.net.errors import OutboundFailed
from trust.values.sign_in import GrantOver, LogoutNotice, LogoutRefused, SignedIn, SignInRefused, Wish
from trust.web import dpop, jwt
from trust.web.bearer import AccessToken, Tokens
from trust.web.challenge import TokenInvalid
from trust.web.client_key import ClientKey
from trust.web.issued_tokens import IssuedTokens, require_nonce
from trust.web.issuer import Issuer
from trust.web.jwt import Claims, TokenUnfit

_REFUSALS: Final = (400, 401)


class Sender(Protocol):
    """Whoever sends forms over HTTP within limits."""

    def post(self, url: str, body: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer; raises OutboundRefused, OutboundFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What a browser asks the issuer; everything is derived from what the browser alone keeps."""

    browser: str
    state: str

    @property
    def nonce(self) -> str:
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """`code_challenge`, S256."""
        return jwt.base64url(hashlib.sha256(self.verifier.encode()).digest())

    def _derived(self, purpose: str) -> str:
        said = f"{purpose} {self.state}".encode()
        return jwt.base64url(hmac.new(self.browser.encode(), said, "sha256").digest())


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """This home as a client of its issuer."""

    issuer: Issuer
    tokens: Tokens
    send: Sender
    key: ClientKey
    client_id: str
    scopes: tuple[str, ...]
    redirect_uri: str
    clock: Clock

    def authorization_url(self, question: Question, wish: Wish, language: str) -> str:
        """Where the browser goes; the request itself is pushed where the issuer takes that.

        Raises:
            OutboundFailed: the issuer is out of reach, or does not take the request.
        """
        metadata = self.issuer.metadata()
        said = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.scopes), "state": question.state, "nonce": question.nonce,
            "code_challenge": question.challenge, "code_challenge_method": "S256",
            "resource": self.tokens.audience, "ui_locales": "zh-CN" if language == "zh" else "en",
        }  # fmt: skip
        if wish.rank.value:
            said["acr_values"] = f"{self.tokens.acr_prefix}{wish.rank}"
        if wish.within is not None:
            said["max_age"] = str(int(wish.within.total_seconds()))
        if metadata.par_endpoint is not None:
            pushed = self._ask(metadata.par_endpoint, said)
            uri = _object(pushed).get("request_uri") if pushed.status == 201 else None
            if not isinstance(uri, str):
                raise OutboundFailed("the issuer does not take the request")
            said = {"client_id": self.client_id, "request_uri": uri}
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return f"{metadata.authorization_endpoint}{joint}{urlencode(said)}"

    def accept_issuer(self, said: str | None) -> None:
        """Check the `iss` of an authorization response.

        Raises:
            SignInRefused: it came from another issuer, or does not say from which though ours always does.
        """
        if said is None and not self.issuer.metadata().names_itself:
            return
        if said != self.issuer.url:
            raise SignInRefused("the answer came from another issuer")

    def redeem(self, code: str, verifier: str, nonce: str) -> SignedIn:
        """As `TokenSource` says."""
        form = {
            "grant_type": "authorization_code", "code": code, "code_verifier": verifier,
            "redirect_uri": self.redirect_uri, "resource": self.tokens.audience,
        }  # fmt: skip
        answer = self._ask(self.issuer.metadata().token_endpoint, form)
        if answer.status in _REFUSALS:
            raise SignInRefused("the issuer refuses the code")
        return self._signed(_object(answer.require()), nonce)

    def renew(self, refresh: str) -> SignedIn:
        """As `TokenSource` says."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh, "resource": self.tokens.audience}
        answer = self._ask(self.issuer.metadata().token_endpoint, form)
        if answer.status in _REFUSALS and _object(answer).get("error") == "invalid_grant":
            raise GrantOver("the issuer renews nothing any more")
        return self._signed(_object(answer.require()), None)

    def end_url(self, id_token: str, home: str) -> str | None:
        """Where the browser goes to sign out at the issuer, and from there to `home`; None: the issuer has no such."""
        endpoint = self.issuer.metadata().end_session_endpoint
        if endpoint is None:
            return None
        said = {"id_token_hint": id_token, "client_id": self.client_id, "post_logout_redirect_uri": home}
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(said)}"

    def logout_notice(self, text: str) -> LogoutNotice:
        """Check a logout token.

        Raises:
            LogoutRefused: not one of the issuer's for us, too old, or a token of another kind.
        """
        try:
            return self._issued.logout(text, self.clock.now())
        except TokenUnfit as error:
            raise LogoutRefused(str(error)) from error

    @property
    def _issued(self) -> IssuedTokens:
        return IssuedTokens(self.issuer, self.client_id)

    def _ask(self, url: str, form: Mapping[str, str]) -> Answer:
        """Send a form as this client, with a proof of possession; once more if the issuer wants its nonce in it."""
        answer = self._sent(url, form, None)
        nonce = answer.headers.get("dpop-nonce")
        if nonce and answer.status in _REFUSALS and _object(answer).get("error") == "use_dpop_nonce":
            return self._sent(url, form, nonce)
        return answer

    def _sent(self, url: str, form: Mapping[str, str], nonce: str | None) -> Answer:
        at = self.clock.now()
        proof = dpop.make_proof(
            self.key, method="POST", url=url, at=at, identifier=secrets.token_urlsafe(16), nonce=nonce
        )
        credentials = self.key.assertion(self.client_id, self.issuer.url, at)
        return self.send.post(url, {**form, **credentials}, headers={"DPoP": proof, "Accept": "application/json"})

    def _signed(self, said: Mapping[str, Any], nonce: str | None) -> SignedIn:
        """Who the tokens say it is; the access token is made for us, so we may read it."""
        if str(said.get("token_type", "")).lower() not in ("bearer", "dpop"):
            raise SignInRefused("the issuer gives a token of another type")
        text, at = _text(said, "access_token"), self.clock.now()
        try:
            token = self.tokens.verify(text, at)
            sid = token.sid or ""
            if nonce is not None or "id_token" in said:
                claims = self._issued.id_token(_text(said, "id_token"), text, at)
                if nonce is not None:
                    require_nonce(claims, nonce)
                sid = _same_session(claims, token)
        except (TokenInvalid, TokenUnfit) as error:
            raise SignInRefused(str(error)) from error
        if token.key not in (None, self.key.public["kid"]) or token.principal.client != self.client_id:
            raise SignInRefused("the access token belongs to somebody else")
        refresh = _text(said, "refresh_token") if "refresh_token" in said else None
        return SignedIn(token.principal, sid, token.until, str(said.get("id_token", "")), refresh)


def _same_session(claims: Claims, token: AccessToken) -> str:
    """The session that both tokens speak of; raises TokenUnfit."""
    sid = claims.text_or_none("sid")
    if claims.text("sub") != token.principal.subject or (token.sid is not None and sid not in (None, token.sid)):
        raise TokenUnfit("ID token and access token speak of different sessions")
    return token.sid or sid or ""


def _object(answer: Answer) -> Mapping[str, Any]:
    found = answer.json()
    if not isinstance(found, dict):
        raise OutboundFailed("the issuer's answer is not an object")
    return found


def _text(said: Mapping[str, Any], name: str) -> str:
    found = said.get(name)
    if not isinstance(found, str) or not found:
        raise SignInRefused(f"the issuer's answer has no {name}")
    return found
