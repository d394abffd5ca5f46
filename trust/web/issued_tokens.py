"""What an issuer signs for one client: ID tokens and notices of logout, each checked as its standard says.

Standard:
    OpenID Connect Core 1.0, 3.1.3.6 and 3.1.3.7 (ID tokens); OpenID Connect Back-Channel Logout 1.0, 2.4 to 2.6.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from trust.values.sign_in import LogoutNotice
from trust.web import jwt
from trust.web.bearer import KeysByName
from trust.web.jwt import Claims, TokenUnfit, Unverified

ALGORITHMS: Final = ("ES256",)  # this client is registered for it
ID_TYPES: Final = ("jwt", "")
LOGOUT_TYPES: Final = ("logout+jwt",)
SKEW: Final = timedelta(seconds=10)
MAX_ID_LIFE: Final = timedelta(hours=1)
MAX_LOGOUT_LIFE: Final = timedelta(minutes=2)
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """Reads what one issuer signs for one client; every reader raises TokenUnfit."""

    issuer: KeysByName
    client: str

    def id_token(self, text: str, access_token: str, at: datetime) -> Claims:
        """The claims of an ID token that came with this access token, straight from the issuer."""
        claims = self._verified(text, ID_TYPES, MAX_ID_LIFE, at)
        if "at_hash" in claims.values and claims.text("at_hash") != _half_hash(access_token):
            raise TokenUnfit("the ID token belongs to another access token")
        return claims

    def logout(self, text: str, at: datetime) -> LogoutNotice:
        """What a logout token says; that it came before is for whoever remembers."""
        claims = self._verified(text, LOGOUT_TYPES, MAX_LOGOUT_LIFE, at)
        events = claims.values.get("events")
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
            raise TokenUnfit("the notice is not of a logout")
        if "nonce" in claims.values:  # an ID token, replayed
            raise TokenUnfit("a notice of logout has no nonce")
        sid, subject = claims.text_or_none("sid"), claims.text_or_none("sub")
        if sid is None and subject is None:
            raise TokenUnfit("the notice names nobody")
        return LogoutNotice(claims.text("jti"), claims.instant("exp") + SKEW, sid, subject)

    def _verified(self, text: str, types: tuple[str, ...], longest: timedelta, at: datetime) -> Claims:
        unverified = Unverified.parse(text, types, ALGORITHMS)
        key = self.issuer.find_key(unverified.kid) if unverified.kid else None
        if key is None:
            raise TokenUnfit("the issuer has no such key")
        claims = unverified.verify(key)
        if claims.text("iss") != self.issuer.url:
            raise TokenUnfit("the token is of another issuer")
        audience = claims.audience()
        if self.client not in audience:
            raise TokenUnfit("the token is for somebody else")
        if (len(audience) > 1 or "azp" in claims.values) and claims.text("azp") != self.client:
            raise TokenUnfit("the token was made for another party")
        made, until = claims.instant("iat"), claims.instant("exp")
        if at >= until + SKEW or made > at + SKEW or until - made > longest:
            raise TokenUnfit("the token is over, or lives too long")
        return claims


def require_nonce(claims: Claims, nonce: str) -> None:
    """Check that an ID token answers this question; raises TokenUnfit."""
    if not hmac.compare_digest(claims.text("nonce").encode(), nonce.encode()):
        raise TokenUnfit("the answer is to another question")


def _half_hash(token: str) -> str:
    return jwt.base64url(hashlib.sha256(token.encode()).digest()[:16])
