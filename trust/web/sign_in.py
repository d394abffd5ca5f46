"""Pages by which people sign in to this home at its issuer, step up, and sign out; and where the issuer reports logouts.

Standard:
    RFC 6749, 4.1; RFC 9700, 2.1; OpenID Connect RP-Initiated Logout 1.0, 2; Back-Channel Logout 1.0, 2.5 to 2.8.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from trust.errors import Kind, TrustError
from trust.usecases.complete_sign_in import CompleteSignIn, SignInOrder
from trust.usecases.end_sign_in import EndSignIn
from trust.usecases.heed_logout import HeedLogout
from trust.values.assurance import UNPROVEN, Rank
from trust.values.sign_in import LogoutRefused, ProofNotGiven, SignInRefused, Wish
from trust.web import language, pages, problems
from trust.web.challenge import RequestAmbiguous
from trust.web.relying_party import RelyingParty
from trust.web.sign_in_cookies import UNDER_WAY_SECONDS, UnderWay, local_path
from trust.web.sign_in_sessions import AGAIN, START, Browsers, SignInNeeded, origin_of, way

CALLBACK: Final = "/sign-in/callback"
OUT: Final = "/sign-in/out"
BACK_CHANNEL: Final = "/sign-in/back-channel"
KEYS: Final = "/sign-in/jwks.json"
MAX_FORM_BYTES: Final = 16 << 10
MAX_WITHIN_SECONDS: Final = 86_400
_DECLINED: Final = frozenset({"access_denied", "unmet_authentication_requirements", "interaction_required"})


class WishMalformed(TrustError):
    """A level or an age that is none."""

    kind, code = Kind.MALFORMED, "wish-malformed"


@dataclass(frozen=True, slots=True)
class SignInPages:
    """The pages; services ask `browsers` alone."""

    browsers: Browsers
    party: RelyingParty
    complete: CompleteSignIn
    end: EndSignIn
    heed: HeedLogout
    public_url: str

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route(START, _page(self.start), methods=["GET"]),
            Route(AGAIN, _page(self.again), methods=["GET"]),
            Route(CALLBACK, _page(self.callback), methods=["GET"]),
            Route(OUT, _page(self.ask_out), methods=["GET"]),
            Route(OUT, _form(self.out), methods=["POST"]),
            Route(BACK_CHANNEL, _form(self.back_channel), methods=["POST"]),
            Route(KEYS, self.keys, methods=["GET"]),
        ]

    def start(self, request: Request) -> Response:
        """Go to the issuer, and come back to the same place."""
        under_way = UnderWay.begin(_wish(request), request.query_params.get("to", "/"))
        url = self.party.authorization_url(under_way.question, under_way.wish, language.of(request))
        response = RedirectResponse(url, 303)
        self.browsers.cookies.set_under_way(response, under_way)
        return response

    def again(self, request: Request) -> Response:
        """Say that a proof is needed, with the way to it."""
        return _said(request, "needed", way(START, _wish(request), request.query_params.get("to", "/")), 401)

    def callback(self, request: Request) -> Response:
        """Come back from the issuer."""
        said = _once(request.query_params.multi_items())
        state, cookies = said.get("state", ""), self.browsers.cookies
        under_way = cookies.under_way(request, state)
        if under_way is None:  # another browser's answer, a page kept for long, or cookies switched off
            return _said(request, "lost", START, 400)
        retry = way(START, under_way.wish, under_way.to)
        try:
            self.party.accept_issuer(said.get("iss"))
            if "code" not in said:
                return self._gone(_said(request, _why(said), retry, 403), state)
            order = SignInOrder(
                said["code"],
                under_way.question.verifier,
                under_way.question.nonce,
                under_way.wish,
                cookies.session(request),
            )
            cookie, _ = self.complete(order)
        except ProofNotGiven:
            return self._gone(_said(request, "declined", retry, 403), state)
        except SignInRefused:
            return self._gone(_said(request, "refused", retry, 403), state)
        response = RedirectResponse(under_way.to, 303)
        cookies.set_session(response, cookie)
        return self._gone(response, state)

    def ask_out(self, request: Request) -> Response:
        """Ask whether to sign out; a link alone signs nobody out."""
        try:
            self.browsers.principal(request)
            return _said(request, "leave", OUT, 200, csrf=self.browsers.csrf(request))
        except SignInNeeded:
            return RedirectResponse("/", 303)

    def out(self, request: Request, form: Mapping[str, str]) -> Response:
        """Sign out here, then at the issuer."""
        self.browsers.check_form(request, form.get("csrf", ""))
        cookie = self.browsers.cookies.session(request)
        id_token = None if cookie is None else self.end(cookie)
        home = self.public_url.rstrip("/") + "/"
        url = self.party.end_url(id_token, home) if id_token else None
        if url is None:
            response: Response = RedirectResponse("/", 303)
        elif origin_of(url) == self.browsers.origin:
            response = RedirectResponse(url, 303)
        else:  # a form may not lead to another site; a page may
            response = _said(request, "out", url, 200)
            response.headers["Refresh"] = f"0; url={url}"
        self.browsers.cookies.drop_session(response)
        return response

    def back_channel(self, request: Request, form: Mapping[str, str]) -> Response:
        """Heed the issuer's notice that somebody signed out."""
        del request
        try:
            self.heed(self.party.logout_notice(form.get("logout_token", "")))
        except LogoutRefused as error:
            said = {"error": "invalid_request", "error_description": str(error)}
            return JSONResponse(said, 400, headers={"Cache-Control": "no-store"})
        return Response(status_code=200, headers={"Cache-Control": "no-store"})

    def keys(self, request: Request) -> Response:
        """The public key by which this home proves who it is to the issuer."""
        del request
        return JSONResponse({"keys": [dict(self.party.key.public)]}, headers={"Cache-Control": "public, max-age=300"})

    def _gone(self, response: Response, state: str) -> Response:
        self.browsers.cookies.drop_under_way(response, state)
        return response


def _page(act: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A page; what goes wrong on the way to the issuer is said in words."""

    def endpoint(request: Request) -> Response:
        try:
            return act(request)
        except TrustError as error:
            if error.kind is Kind.UNAVAILABLE:
                again = f"{START}?{request.url.query}" if request.url.path == START else START
                response = _said(request, "unavailable", again, 503)
                response.headers["Retry-After"] = problems.RETRY_AFTER_SECONDS
                return response
            return problems.answer(error)

    endpoint.__doc__ = act.__doc__
    return endpoint


def _form(act: Callable[[Request, Mapping[str, str]], Response]) -> Callable[[Request], object]:
    """An endpoint for a form, which is read on the loop and worked on in a thread."""

    def answer(request: Request, body: bytes) -> Response:
        try:
            return act(request, _read(body))
        except TrustError as error:
            return problems.answer(error)

    async def endpoint(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FORM_BYTES:
                return problems.problem(413, "body-too-large", f"a form has at most {MAX_FORM_BYTES} bytes")
        return await run_in_threadpool(answer, request, bytes(body))

    endpoint.__doc__ = act.__doc__
    return endpoint


def _read(body: bytes) -> dict[str, str]:
    try:
        return _once(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=32))
    except ValueError as error:
        raise RequestAmbiguous("not a form") from error


def _once(items: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Parameters, none of which occurs twice: two readers could take different ones."""
    found = dict(items)
    if len(found) != len(items):
        raise RequestAmbiguous("a parameter occurs twice")
    return found


def _wish(request: Request) -> Wish:
    rank, within = request.query_params.get("rank"), request.query_params.get("within")
    if within is not None and not (within.isascii() and within.isdigit() and int(within[:9]) <= MAX_WITHIN_SECONDS):
        raise WishMalformed("an age is a number of seconds, a day at most")
    return Wish(Rank.parse(rank) if rank else UNPROVEN, None if within is None else timedelta(seconds=int(within)))


def _why(said: Mapping[str, str]) -> str:
    return "declined" if said.get("error") in _DECLINED else "refused"


def _said(request: Request, what: str, url: str, status: int, csrf: str = "") -> Response:
    """A page that says what happened and where to go on."""
    minutes, path = UNDER_WAY_SECONDS // 60, local_path(request.url.path)
    said = pages.render("sign_in.html", language.of(request), path, what=what, url=url, csrf=csrf, minutes=minutes)
    return HTMLResponse(said, status)
