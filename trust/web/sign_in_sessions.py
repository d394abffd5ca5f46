"""What a page of a service asks of the sign-in: who this browser is, what its forms carry, and where it signs in.

Standard:
    RFC 9470, 3 (at a page the challenge is a way to the issuer and back); ASVS 3.5.1 to 3.5.3 (requests of other
    sites); Fetch Metadata Request Headers, 2.3.
"""

import hmac
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from trust.clock import Clock
from trust.errors import Kind, TrustError
from trust.usecases.recall_sign_in import RecallSignIn
from trust.values.principal import Principal
from trust.values.sign_in import Wish
from trust.web.challenge import Challenged
from trust.web.sign_in_cookies import Cookies, local_path
from trust.web.step_up import StepUpNeeded

START: Final = "/sign-in"
AGAIN: Final = "/sign-in/again"
_OURS: Final = ("same-origin", "none", None)


class SignInNeeded(Challenged):
    """Nobody is signed in at this browser."""

    code = "sign-in-needed"


class ForeignForm(TrustError):
    """A form that no page of ours gave to this browser."""

    kind, code = Kind.FORBIDDEN, "foreign-form"


@dataclass(frozen=True, slots=True)
class Browsers:
    """Tells from the cookie who calls; give it to `step_up.require`."""

    recall: RecallSignIn
    cookies: Cookies
    origin: str  # of this home, as browsers write it
    clock: Clock

    def principal(self, request: Request) -> Principal:
        """Return who is signed in.

        Raises:
            SignInNeeded: nobody.
            OutboundFailed: the issuer is out of reach, and its last answer is too old to act on.
        """
        cookie = self.cookies.session(request)
        found = None if cookie is None else self.recall(cookie)
        if found is None:
            raise SignInNeeded("nobody is signed in here")
        return found

    def csrf(self, request: Request) -> str:
        """What a form for this browser carries in a hidden field; raises SignInNeeded."""
        cookie = self.cookies.session(request)
        if cookie is None:
            raise SignInNeeded("nobody is signed in here")
        return cookie.csrf

    def check_form(self, request: Request, csrf: str) -> None:
        """Check that a form was given to this browser by a page of ours.

        Raises:
            ForeignForm: it was not.
        """
        said = request.headers.get("origin")
        if (said is not None and said != self.origin) or request.headers.get("sec-fetch-site") not in _OURS:
            raise ForeignForm("the form was sent by another site")
        if not hmac.compare_digest(csrf.encode(), self.csrf(request).encode()):
            raise ForeignForm("the form was not given to this browser")

    def challenge(self, request: Request, needed: Challenged, to: str | None = None) -> Response:
        """The way to the issuer and back to the same place, for pages; a form goes by a page with a link.

        Browsers stop a form whose answer leads to another site (`form-action 'self'`), and what it held is lost on
        the way; so after a form the reader goes on by a link, to `to`.
        """
        wish = Wish(needed.rank, needed.within) if isinstance(needed, StepUpNeeded) else Wish()
        simple = request.method in ("GET", "HEAD")
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(way(START if simple else AGAIN, wish, to or (here if simple else "/")), 303)


def way(path: str, wish: Wish, to: str) -> str:
    """The address of a page of the sign-in."""
    said = {"to": local_path(to)}
    if wish.rank.value:
        said["rank"] = str(wish.rank)
    if wish.within is not None:
        said["within"] = str(int(wish.within.total_seconds()))
    return f"{path}?{urlencode(said)}"


def origin_of(public_url: str) -> str:
    """Scheme, host and port as browsers write an origin."""
    parts = urlsplit(public_url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if parts.port in (None, default) else f":{parts.port}")
