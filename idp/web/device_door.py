"""What the pages of this room ask of the provider: who sits at the browser, and how a proof becomes a session."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, Self
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from idp.factors.possession import Shown
from idp.model.assurance import Standing
from idp.model.session import Session
from trust.errors import Kind, TrustError
from trust.values.assurance import Rank

MAX_FORM_BYTES: Final = 192 * 1024  # signed data and attestations carry certificates
MAX_FIELDS: Final = 16
FRESH: Final = timedelta(minutes=10)
HANDLE: Final = "i"  # the query parameter that names the authorization request which waits


class FormMalformed(TrustError):
    """A form that none of our pages sends."""

    kind, code = Kind.MALFORMED, "form-malformed"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever is signed in at a browser.

    Attributes:
        account: its id.
        level: of the session now.
        al: how surely the session was entered.
        cap: what the way in allows at most.
        proven_at: when the oldest factor was shown that the level needs.
        shown_as: how authenticators shall call the account; nothing that others should not read on a screen.
    """

    account: str
    level: Rank
    al: Rank
    cap: Rank
    proven_at: datetime
    shown_as: str

    @classmethod
    def of(cls, session: Session, standing: Standing, shown_as: str) -> Self:
        """Return who a session is, with its standing of this moment."""
        proven = standing.auth_time or session.started_at
        return cls(session.account, standing.level, standing.al, session.cap, proven, shown_as)

    def fresh(self, at: datetime) -> bool:
        """Whether the session was entered just now: one found unattended makes nobody a way in of his own."""
        return at - self.proven_at <= FRESH


class DeviceDoor(Protocol):
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

    def visitor(self, request: Request) -> Visitor | None:
        """Who is signed in."""
        ...

    def waiting(self, request: Request) -> str:
        """The client whose request waits in this browser under the handle in the query, or the empty text."""
        ...

    def client_name(self, client: str, request: Request) -> str:
        """What people call a client, in the language of the page."""
        ...

    def device(self, request: Request) -> tuple[str, str]:
        """This browser in words, and its address block."""
        ...

    def enter(self, request: Request, shown: Shown) -> Response:
        """Begin a session, or add a proof to the one there is, and go on with the request that waits.

        A session of another account ends first. The new one cannot exceed `shown.cap`.
        """
        ...

    def prove(self, request: Request, rank: Rank, within: timedelta | None = None) -> Response:
        """Ask for a sign-in of this rank, not older than `within`, and come back to the same page."""
        ...

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page of this room's templates; scripts and calls to our own origin are allowed on it."""
        ...


Handler = Callable[[Request, Mapping[str, str]], Response]


def form(handle: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that reads a form and works on it in a thread."""

    async def endpoint(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FORM_BYTES:
                raise FormMalformed(f"a form of more than {MAX_FORM_BYTES} bytes")
        return await run_in_threadpool(handle, request, _fields(bytes(body)))

    endpoint.__doc__ = handle.__doc__
    return endpoint


def _fields(body: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise FormMalformed("not a form") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise FormMalformed("a field that is there twice")
    return fields
