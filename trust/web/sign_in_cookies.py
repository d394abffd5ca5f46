"""The cookies of the sign-in: one that is the session, and one for each way to the issuer that is under way.

The second keeps what must come back to the same browser: the secret from which nonce and PKCE verifier are derived,
where to go on, and which proof was asked for. So a foreign answer fits no browser, and no row waits for one.

Standard:
    RFC 6265bis, 4.1.3.2 (`__Host-`); RFC 9700, 4.7 CSRF at the redirect endpoint; ASVS 3.3.
"""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self

from starlette.requests import Request
from starlette.responses import Response

from trust.storage.sign_ins import Cookie
from trust.values.assurance import Rank
from trust.values.sign_in import Wish
from trust.web.jwt import base64url, from_base64url
from trust.web.relying_party import Question

SESSION: Final = "trust-sign-in"
UNDER_WAY: Final = "trust-to-issuer-"
UNDER_WAY_SECONDS: Final = 1800  # a person may have to find a phone
MAX_PATH_CHARACTERS: Final = 1024
MAX_COOKIE_CHARACTERS: Final = 3000
_PATH: Final = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?", re.ASCII)  # no "//host", no backslash, nothing unprintable
_STATE: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def local_path(text: str | None) -> str:
    """A place on this home to go on to; anything that could lead elsewhere becomes the start page."""
    return text if text and len(text) <= MAX_PATH_CHARACTERS and _PATH.fullmatch(text) else "/"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One way to the issuer and back."""

    question: Question
    wish: Wish
    to: str

    @classmethod
    def begin(cls, wish: Wish, to: str) -> Self:
        return cls(Question(secrets.token_urlsafe(32), secrets.token_urlsafe(32)), wish, local_path(to))

    def spell(self) -> str:
        within = self.wish.within
        said = [self.question.browser, self.wish.rank.value, within and int(within.total_seconds()), self.to]
        return base64url(json.dumps(said).encode())

    @classmethod
    def read(cls, state: str, text: str) -> Self:
        """Raises ValueError: not what `spell` writes."""
        said: Any = json.loads(from_base64url(text))
        match said:
            case [str(browser), int(rank), int() | None as within, str(to)] if 0 <= rank <= 5:
                wish = Wish(Rank(rank), None if within is None else timedelta(seconds=within))
                return cls(Question(browser, state), wish, local_path(to))
        raise ValueError("another shape")


@dataclass(frozen=True, slots=True)
class Cookies:
    """Sets and reads them; over https their names bind them to this host, whatever its neighbours set."""

    https: bool

    @property
    def prefix(self) -> str:
        """Browsers take the prefix over https alone."""
        return "__Host-" if self.https else ""

    def session(self, request: Request) -> Cookie | None:
        """What the browser brings as its session."""
        found = request.cookies.get(self.prefix + SESSION, "")
        return Cookie(found) if _COOKIE.fullmatch(found) else None

    def set_session(self, response: Response, cookie: Cookie) -> None:
        self._set(response, self.prefix + SESSION, cookie.text, None)

    def drop_session(self, response: Response) -> None:
        self._set(response, self.prefix + SESSION, "", 0)

    def under_way(self, request: Request, state: str) -> UnderWay | None:
        """What this browser asked under a state, None where it asked nothing."""
        if not _STATE.fullmatch(state):
            return None
        found = request.cookies.get(self.prefix + UNDER_WAY + state[:16], "")
        if not found or len(found) > MAX_COOKIE_CHARACTERS:
            return None
        try:
            return UnderWay.read(state, found)
        except (ValueError, RecursionError):
            return None

    def set_under_way(self, response: Response, one: UnderWay) -> None:
        self._set(response, self.prefix + UNDER_WAY + one.question.state[:16], one.spell(), UNDER_WAY_SECONDS)

    def drop_under_way(self, response: Response, state: str) -> None:
        self._set(response, self.prefix + UNDER_WAY + state[:16], "", 0)

    def _set(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        # Lax: the way back from the issuer is a navigation that another site begins.
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self.https, httponly=True, samesite="lax")
