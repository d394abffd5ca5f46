"""The pages between a request and its answer: sign-in, one more proof, consent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.errors import FormStale, InteractionGone, ProofRefused, TooManyAttempts
from idp.factor_parts import FactorParts
from idp.factors.hashing import TooBusy
from idp.factors.possession import Shown
from idp.factors.throttle import Throttled
from idp.model.next_step import Step
from idp.oidc.progress import Answered, Asked, named
from idp.usecases.decide_consent import DecideConsent
from idp.usecases.resume_authorization import ResumeAuthorization
from idp.web import answers, render
from idp.web.device_door import Handler, form
from idp.web.door import INTERACTION, Door
from idp.web.ties_door import moved

SENT: Final = "sent"


@dataclass(frozen=True, slots=True)
class InteractionPages:
    """Shows what is asked, and takes the answers."""

    door: Door
    factors: FactorParts
    resume: ResumeAuthorization
    decide: DecideConsent

    def routes(self) -> list[BaseRoute]:
        at = f"{INTERACTION}/{{handle}}"
        posts: Mapping[str, Handler] = {
            "password": self.password, "otp": self.otp, "send": self.send, "code": self.code, "consent": self.consent,
            "without": self.without, "cancel": self.cancel,
        }  # fmt: skip
        return [
            Route(at, self.show, methods=["GET"]),
            *(Route(f"{at}/{name}", form(self._kindly(each)), methods=["POST"]) for name, each in posts.items()),
        ]

    def show(self, request: Request) -> Response:
        """Show what comes next, or go back with the answer."""
        return self._go_on(request)

    def ask(self, request: Request, handle: str, asked: Asked, status: int = 200, **more: Any) -> Response:
        """Return the page of a question."""
        wanted = asked.waiting.request
        look = render.look_of(request, " ".join(wanted.ui_locales))
        client = asked.waiting.client
        values: dict[str, Any] = {
            "action": f"{INTERACTION}/{handle}", "handle": handle, "csrf": self.door.csrf(request), "error": "",
            "client": "" if client is None else client.name(look.lang), "wait": 0, **more,
        }  # fmt: skip
        step = asked.next.step
        if step is Step.SIGN_IN or request.query_params.get("password"):
            template = "sign_in.html"
            values = {"username": wanted.login_hint, **values}
        elif step is Step.CONSENT and client is not None:
            template = "consent.html"
            until = self.door.clock.now() + self.decide.life
            values |= {
                "scopes": [one for one in wanted.scopes if one != "openid"], "until": until.strftime("%Y-%m-%d"),
                "named": sorted(named(wanted, client)), "purpose": str(client.metadata.get("purpose", "")),
            }  # fmt: skip
        else:
            template = "prove.html"
            missing = asked.next.missing
            values |= {
                "methods": missing.next, "evidence": missing.evidence, "enrol": missing.enrol,
                "level": "" if asked.next.wanted is None else asked.next.wanted.acr.rpartition(":")[2],
                "skippable": asked.next.wanted is not None and not asked.next.essential and client is not None,
                "sent": request.query_params.get(SENT, ""),
            }  # fmt: skip
        return self.door.dress(request, render.page(request, template, look, status, **values))

    def password(self, request: Request, said: Mapping[str, str]) -> Response:
        """Sign in with a name and a password."""
        name = said.get("username", "")
        _, block = self.door.device(request)
        try:
            shown = self.factors.sign_in_with_password(
                name, said.get("password", ""), block, self.door.browser(request)
            )
        except ProofRefused:
            return self._again(request, 401, error="wrong", username=name[:200])
        except Throttled as wait:
            return self._again(request, 429, error="wait", wait=wait.retry_after, username=name[:200])
        except TooBusy:
            return self._again(request, 503, error="busy", username=name[:200])
        return self.door.enter_at(request, shown, self._here(request))

    def otp(self, request: Request, said: Mapping[str, str]) -> Response:
        """Take the code of an app, or from paper."""
        seat = self.door.seat(request)
        if seat is None:
            return self._back(request)
        try:
            proof = self.factors.show_second_factor(seat.account, said.get("otp", "")[:64])
        except ProofRefused:
            return self._again(request, 401, error="wrong")
        except TooManyAttempts as wait:
            return self._again(request, 429, error="wait", wait=getattr(wait, "retry_after", 0))
        return self.door.enter_at(request, Shown(seat.account, proof, proof.method), self._here(request))

    def send(self, request: Request, said: Mapping[str, str]) -> Response:
        """Send a code to the phone of whoever is signed in."""
        del said
        found = self.door.found(request)
        if found is None or self.factors.send_sms_code is None:
            return self._back(request)
        phone = self.door.visitors.vault.open(found.account).phone
        _, block = self.door.device(request)
        try:
            sent = self.factors.send_sms_code(phone, block, self.door.browser(request))
        except TooManyAttempts as wait:
            return self._again(request, 429, error="wait", wait=getattr(wait, "retry_after", 0))
        return self._back(request, f"?{SENT}={sent}")

    def code(self, request: Request, said: Mapping[str, str]) -> Response:
        """Take a code that was sent."""
        seat, sent = self.door.seat(request), request.query_params.get(SENT, "")
        if seat is None:
            return self._back(request)
        try:
            shown = self.factors.sign_in_with_code(sent, said.get("otp", "")[:64], self.door.browser(request))
        except ProofRefused:
            return self._again(request, 401, error="wrong")
        except TooManyAttempts as wait:
            return self._again(request, 429, error="wait", wait=getattr(wait, "retry_after", 0))
        return self.door.enter_at(request, shown, self._here(request))

    def consent(self, request: Request, said: Mapping[str, str]) -> Response:
        """Take a decision about what a platform may have."""
        allowed = said.get("decision") == "allow"
        scopes = frozenset(value for name, value in said.items() if name.startswith("scope_")) if allowed else None
        answered = self.decide(
            self._handle(request), self.door.browser(request), self.door.browsers.session(request), scopes
        )
        if answered is None:
            return self._back(request)
        return answers.send(request, answered, render.look_of(request))

    def without(self, request: Request, said: Mapping[str, str]) -> Response:
        """Go on without the level that was wished for."""
        del said
        return self._go_on(request, without=True)

    def cancel(self, request: Request, said: Mapping[str, str]) -> Response:
        """Give the whole request up."""
        del said
        answered = self.decide(
            self._handle(request), self.door.browser(request), self.door.browsers.session(request), None
        )
        if answered is None:
            return self._back(request)
        return answers.send(request, answered, render.look_of(request))

    def _go_on(self, request: Request, *, without: bool = False) -> Response:
        try:
            outcome = self._outcome(request, without=without)
        except InteractionGone:
            return self._gone(request, "gone", 404)
        if isinstance(outcome, Answered):
            return answers.send(request, outcome, render.look_of(request))
        return self.ask(request, self._handle(request), outcome)

    def _outcome(self, request: Request, *, without: bool = False) -> Asked | Answered:
        cookie = self.door.browsers.session(request)
        return self.resume(self._handle(request), self.door.browser(request), cookie, without=without)

    def _again(self, request: Request, status: int, **more: Any) -> Response:
        """The question again, with what was wrong about the answer."""
        outcome = self._outcome(request)
        if isinstance(outcome, Answered):
            return answers.send(request, outcome, render.look_of(request))
        return self.ask(request, self._handle(request), outcome, status, **more)

    def _kindly(self, handler: Handler) -> Callable[[Request, Mapping[str, str]], Response]:
        """Check the form, and turn what cannot go on into a page that says what to do."""

        def handle(request: Request, said: Mapping[str, str]) -> Response:
            try:
                self.door.check(request, said)
                return handler(request, said)
            except FormStale:
                return self._gone(request, "stale", 403)
            except InteractionGone:
                return self._gone(request, "gone", 404)

        return handle

    def _gone(self, request: Request, reason: str, status: int) -> Response:
        return render.page(request, "error.html", render.look_of(request), status, reason=reason)

    @staticmethod
    def _handle(request: Request) -> str:
        return str(request.path_params["handle"])[:100]

    def _here(self, request: Request) -> str:
        return f"{INTERACTION}/{self._handle(request)}"

    def _back(self, request: Request, more: str = "") -> Response:
        to = self._here(request) + more
        return RedirectResponse(to, 303, moved(to))
