"""What the pages of mandates, links and recovery ask of the provider: who sits at the browser, and on which page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from idp.factors.possession import Shown
from idp.model.assurance import Standing
from idp.model.session import Session
from trust.values.assurance import Rank

BODIES: Final = "/idp/account/bodies"
MANDATES: Final = "/idp/account/mandates"
LINKS: Final = "/idp/account/links"
MERGES: Final = "/idp/account/merges"
RECOVERY: Final = "/idp/account/recovery"
CANCEL: Final = "/idp/recovery/cancel"
LOOK: Final = Rank(1)
_WORD: Final = re.compile(r"[A-Za-z0-9_.:-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seat:
    """Whoever is signed in at a browser, with the session and what it is worth for the person now.

    Attributes:
        session: the session.
        standing: of the person, whether or not the session acts for a body.
    """

    session: Session
    standing: Standing

    @property
    def account(self) -> str:
        return self.session.account


class TiesDoor(Protocol):
    """The provider's own pages as this room sees them."""

    def browser(self, request: Request) -> bytes:
        """The digest of the cookie that tells this browser from others; raises FormStale where it has none."""
        ...

    def csrf(self, request: Request) -> str:
        """The token that forms carry."""
        ...

    def check(self, request: Request, form: Mapping[str, str]) -> None:
        """Refuse a form of another browser or origin; raises FormStale."""
        ...

    def client_name(self, client: str, request: Request) -> str:
        """What people call a client, in the language of the page."""
        ...

    def device(self, request: Request) -> tuple[str, str]:
        """This browser in words, and its address block."""
        ...

    def prove(self, request: Request, rank: Rank, within: timedelta | None = None) -> Response:
        """Ask for a sign-in of this rank, not older than `within`, and come back to the same page."""
        ...

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page of this room's templates, whose forms may end at other origins."""
        ...

    def seat(self, request: Request) -> Seat | None:
        """Who is signed in, and how."""
        ...

    def body_name(self, body: str, request: Request) -> str:
        """What people call a body, or its code."""
        ...

    def enter_at(self, request: Request, shown: Shown, back: str) -> Response:
        """Begin a session and go on to one of our own pages, which may be a request that waits."""
        ...


def word(said: Mapping[str, str], name: str) -> str:
    """Return an identifier that a form or address brings; whatever can be none of ours is the empty text."""
    found = said.get(name, "")
    return found if _WORD.fullmatch(found) else ""


def moved(address: str) -> Mapping[str, str]:
    """Return the headers of an answer that goes on to another page without telling it where from."""
    return {"Location": address, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
