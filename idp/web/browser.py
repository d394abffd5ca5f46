"""The cookies of the provider: one that tells browsers apart, one that holds the session; and the token of forms."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from idp.errors import FormStale

YEAR: Final = 31_536_000
MAX_COOKIE: Final = 100


@dataclass(frozen=True, slots=True)
class Browsers:
    """Reads and sets cookies.

    Args:
        secret: of form tokens.
        origin: of the provider, as browsers name it.
        secure: whether cookies carry `Secure` and the `__Host-` prefix.

    Standard:
        RFC 6265bis, 4.1.3; RFC 9700, 4.7; OWASP ASVS 5.0, 3.3 and 3.5.
    """

    secret: bytes = field(repr=False)
    origin: str
    secure: bool

    @property
    def _prefix(self) -> str:
        return "__Host-" if self.secure else ""

    def known(self, request: Request) -> str | None:
        """Return what tells this browser from others, if it was here before."""
        found = request.cookies.get(f"{self._prefix}idp-browser", "")
        return found if 20 <= len(found) <= MAX_COOKIE else None

    def value(self, request: Request) -> str:
        """Return what tells this browser from others; a new one is set by `dress`."""
        found: str | None = self.known(request) or getattr(request.state, "idp_browser", None)
        if found is None:
            found = request.state.idp_browser = secrets.token_urlsafe(32)
        return found

    def digest(self, request: Request) -> bytes:
        """Return the digest of that."""
        return hashlib.sha256(self.value(request).encode()).digest()

    def session(self, request: Request) -> bytes | None:
        """Return the digest of the session's cookie."""
        found = request.cookies.get(f"{self._prefix}idp-session", "")
        return hashlib.sha256(found.encode()).digest() if 20 <= len(found) <= MAX_COOKIE else None

    def csrf(self, request: Request) -> str:
        """Return the token that forms of this browser carry."""
        return hmac.digest(self.secret, self.value(request).encode(), hashlib.sha256).hex()

    def seal(self, request: Request, text: str) -> str:
        """Return the mark under which this browser brings a text of ours back unchanged."""
        return hmac.digest(self.secret, f"{self.value(request)} {text}".encode(), hashlib.sha256).hex()

    def sealed(self, request: Request, text: str, mark: str) -> bool:
        """Whether a text is one that this browser was given."""
        return hmac.compare_digest(mark.encode(), self.seal(request, text).encode())

    def check(self, request: Request, form: Mapping[str, str]) -> None:
        """Refuse a form of another browser, or of another origin.

        Pages that tell no address send ``null`` for their origin; nothing at all is sent by clients that are no browser.

        Raises:
            FormStale: it is one.
        """
        if self.known(request) is None or not hmac.compare_digest(form.get("csrf_token", ""), self.csrf(request)):
            raise FormStale("not a form of this browser")
        if request.headers.get("origin", "null") not in ("null", self.origin):
            raise FormStale("a form of another site")

    def dress(self, request: Request, response: Response) -> Response:
        """Give a new browser its cookie with an answer."""
        fresh: str | None = getattr(request.state, "idp_browser", None)
        if fresh is not None:
            self._set(response, "idp-browser", fresh, YEAR)
        return response

    def keep(self, response: Response, token: str) -> Response:
        """Give the browser the cookie of its session, which ends with the browser at the latest."""
        self._set(response, "idp-session", token, None)
        return response

    def drop(self, response: Response) -> Response:
        """Take the cookie of the session back."""
        self._set(response, "idp-session", "", 0)
        return response

    def _set(self, response: Response, name: str, value: str, age: int | None) -> None:
        response.set_cookie(
            self._prefix + name, value, max_age=age, path="/", secure=self.secure, httponly=True, samesite="lax"
        )
