"""Who calls an interface: an access token of the configured issuer, turned into a `Principal`.

Standard:
    RFC 9068, 4 validating JWT access tokens; RFC 6750, 2.1 and 3; RFC 9449, 7 protected resource access.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from starlette.requests import Request

from trust.clock import Clock
from trust.errors import TrustError
from trust.values.assurance import UNPROVEN, Rank
from trust.values.credit_code import CreditCode
from trust.values.principal import Principal, PrincipalKind
from trust.values.region import Area
from trust.web import dpop, jwt
from trust.web.challenge import ProofInvalid, RequestAmbiguous, TokenInvalid, TokenMissing
from trust.web.dpop import ProofsSeen
from trust.web.jwt import Claims, Key, TokenUnfit, Unverified
from trust.web.step_up import ACR_PREFIX

ALGORITHMS: Final = ("ES256",)  # our audiences are registered for it
TYPES: Final = ("at+jwt",)
MAX_LIFE: Final = timedelta(seconds=60)
SKEW: Final = timedelta(seconds=10)
MAX_SCOPES: Final = 64
_BODY_WITHOUT_CODE: Final = re.compile(r"[0-9a-f]{32}")
_KINDS: Final[Mapping[str, PrincipalKind]] = {  # by claim `subject_type`
    "natural": PrincipalKind.PERSON,
    "legal": PrincipalKind.BODY,
    "unincorporated": PrincipalKind.BODY,
    "staff": PrincipalKind.OFFICIAL,
    "client": PrincipalKind.CLIENT,
}


class KeysByName(Protocol):
    """Whoever knows the issuer's keys."""

    url: str

    def find_key(self, kid: str) -> Key | None:
        """Return the key of this name, or None."""
        ...


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a verified access token says."""

    principal: Principal
    until: datetime
    key: str | None  # thumbprint of the key it belongs to
    sid: str | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Reads the access tokens of one issuer that are meant for one audience."""

    issuer: KeysByName
    audience: str
    acr_prefix: str = ACR_PREFIX

    def verify(self, text: str, at: datetime) -> AccessToken:
        """Check a token and read it.

        Raises:
            TokenInvalid: not of this issuer, not for this audience, over, too long-lived, or not readable.
            OutboundFailed: the issuer's keys cannot be had.
        """
        try:
            unverified = Unverified.parse(text, TYPES, ALGORITHMS)
            key = self.issuer.find_key(unverified.kid) if unverified.kid else None
            if key is None:
                raise TokenUnfit("the issuer has no such key")  # noqa: TRY301  the one place that words it
            claims = unverified.verify(key)
            return self._read(claims, at)
        except TokenUnfit as error:
            raise TokenInvalid(str(error)) from error

    def _read(self, claims: Claims, at: datetime) -> AccessToken:
        if claims.text("iss") != self.issuer.url:
            raise TokenUnfit("the token is of another issuer")
        if self.audience not in claims.audience():
            raise TokenUnfit("the token is for somebody else")
        until, made = claims.instant("exp"), claims.instant("iat")
        if at >= until + SKEW:
            raise TokenUnfit("the token is over")
        if made > at + SKEW or until - made > MAX_LIFE:
            raise TokenUnfit("the token lives longer than tokens for us do")
        if "nbf" in claims.values and claims.instant("nbf") > at + SKEW:
            raise TokenUnfit("the token does not count yet")
        claims.text("jti")
        return AccessToken(self._principal(claims), until, _key_of(claims), claims.text_or_none("sid"))

    def _principal(self, claims: Claims) -> Principal:
        subject, client = claims.text("sub"), claims.text("client_id")
        kind = _kind(claims, subject, client)
        try:
            region = claims.text_or_none("region", 6)
            return Principal(
                subject=subject,
                kind=kind,
                level=self.rank(claims.values.get("acr")),
                proven_at=claims.instant_or_none("auth_time"),
                body=_body(claims.text_or_none("body", 32)),
                post=claims.text_or_none("post", 100),
                region=None if region is None else Area.parse(region),
                holder=_holder(claims.text_or_none("holder_ix", 100)),
                acting_for=claims.text_or_none("mandate", 100),
                client=client,
                scopes=_scopes(claims),
            )
        except TokenUnfit:
            raise
        except (TrustError, ValueError) as error:
            raise TokenUnfit("the token names a body, an area or a holder that cannot be read") from error

    def rank(self, acr: object) -> Rank:
        """The rank behind an `acr`; a value that nobody here knows proves nothing."""
        if isinstance(acr, str) and acr.startswith(self.acr_prefix):
            rest = acr.removeprefix(self.acr_prefix)
            if rest in ("1", "2", "3", "4", "5"):
                return Rank(int(rest))
        return UNPROVEN


@dataclass(frozen=True, slots=True)
class Bearer:
    """Tells from the `Authorization` header who calls; give it to `step_up.require`."""

    tokens: Tokens
    seen: ProofsSeen
    public_url: str  # where proofs say that they were sent to, whatever the `Host` header claims
    clock: Clock

    def principal(self, request: Request) -> Principal:
        """Return who calls.

        Raises:
            TokenMissing: no token.
            RequestAmbiguous: more than one, or one in the address.
            TokenInvalid: not a token for us.
            ProofInvalid: the token belongs to a key that the caller did not prove to hold.
        """
        scheme, text = _presented(request)
        at = self.clock.now()
        token = self.tokens.verify(text, at)
        if scheme == "dpop":
            if token.key is None:
                raise TokenInvalid("the token belongs to no key")
            self._prove(request, text, token.key, at)
        elif token.key is not None:
            raise ProofInvalid("the token belongs to a key; send it with the DPoP scheme and a proof")
        return token.principal

    def _prove(self, request: Request, text: str, key: str, at: datetime) -> None:
        proofs = request.headers.getlist("dpop")
        if len(proofs) != 1:
            raise ProofInvalid("one proof belongs to a request")
        path = str(request.scope.get("raw_path") or b"", "latin-1").partition("?")[0] or request.url.path
        url = self.public_url.rstrip("/") + path
        made_by = dpop.verify_proof(proofs[0], method=request.method, url=url, at=at, seen=self.seen, access_token=text)
        if made_by != key:
            raise ProofInvalid("the proof was made with another key")


def _presented(request: Request) -> tuple[str, str]:
    """The scheme in lower case, and the token."""
    if "access_token" in request.query_params:
        raise RequestAmbiguous("a token does not belong into an address")
    headers = request.headers.getlist("authorization")
    if not headers:
        raise TokenMissing("this needs an access token")
    scheme, _, text = headers[0].partition(" ")
    if len(headers) > 1:
        raise RequestAmbiguous("more than one Authorization header")
    if scheme.lower() not in ("bearer", "dpop") or not text.strip():
        raise TokenMissing("this needs an access token")
    return scheme.lower(), text.strip()


def _kind(claims: Claims, subject: str, client: str) -> PrincipalKind:
    said = claims.text_or_none("subject_type")
    if said is None:
        if subject != client:
            raise TokenUnfit("the token does not say what its subject is")
        return PrincipalKind.CLIENT
    if said not in _KINDS or (_KINDS[said] is PrincipalKind.CLIENT) != (subject == client):
        raise TokenUnfit("the token's subject is of no kind we know")
    return _KINDS[said]


def _key_of(claims: Claims) -> str | None:
    confirmation: Any = claims.values.get("cnf")
    if confirmation is None:
        return None
    if not isinstance(confirmation, dict) or set(confirmation) != {"jkt"} or not isinstance(confirmation["jkt"], str):
        raise TokenUnfit("the token belongs to a key in a way that is not checked here")
    return confirmation["jkt"]


def _scopes(claims: Claims) -> frozenset[str]:
    scopes = (claims.text_or_none("scope", 4096) or "").split()
    if len(scopes) > MAX_SCOPES:
        raise TokenUnfit("the token has too many scopes")
    return frozenset(scopes)


def _body(text: str | None) -> CreditCode | None:
    """The body's credit code; a body without one is known by its identifier alone, which names none."""
    if text is None or _BODY_WITHOUT_CODE.fullmatch(text):
        return None
    return CreditCode.parse(text)


def _holder(text: str | None) -> bytes | None:
    return None if text is None else jwt.from_base64url(text)
