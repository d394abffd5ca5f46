"""The pages on which owners get back in: what is needed, a new password, a new phone, and a way to object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.errors import ProofRefused, SessionEnded, TooManyAttempts
from idp.errors_ties import RecoveryMissing, RecoveryRefused
from idp.model.recovery import CHOICES
from idp.storage.recoveries import Recoveries
from idp.usecases.cancel_recovery import CancelRecovery
from idp.usecases.change_phone import ChangePhone
from idp.usecases.recover_password import RecoverPassword
from idp.usecases.send_new_phone_code import SendNewPhoneCode
from idp.web.device_door import form
from idp.web.ties_door import CANCEL, LOOK, RECOVERY, Seat, TiesDoor, word
from trust.clock import Clock
from trust.errors import TrustError
from trust.storage.database import Database
from trust.values.person import Phone, PhoneMalformed


@dataclass(frozen=True, slots=True)
class RecoveryPages:
    """The pages and what they do."""

    door: TiesDoor
    database: Database
    clock: Clock
    recover: RecoverPassword
    change_phone: ChangePhone
    cancel: CancelRecovery
    send_code: SendNewPhoneCode

    def routes(self) -> list[BaseRoute]:
        return [
            Route(RECOVERY, self.show, methods=["GET"]),
            Route(f"{RECOVERY}/password", form(self.set_password), methods=["POST"]),
            Route(f"{RECOVERY}/phone", form(self.set_phone), methods=["POST"]),
            Route(f"{RECOVERY}/cancel", form(self.object_as_owner), methods=["POST"]),
            Route(CANCEL, self.ask_to_cancel, methods=["GET"]),
            Route(CANCEL, form(self.object_by_word), methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """Say what is needed, for whoever showed a phone, a face or a certificate."""
        seat = self.door.seat(request)
        return self.door.prove(request, LOOK) if seat is None else self._show(request, seat)

    def set_password(self, request: Request, said: Mapping[str, str]) -> Response:
        """Set a new password; everything older is worth nothing then, this session too."""
        self.door.check(request, said)
        seat, password = self.door.seat(request), said.get("new", "")
        if seat is None:
            return self.door.prove(request, LOOK)
        if password != said.get("again"):
            return self._show(request, seat, "password-differs")
        try:
            self.recover(seat.session.sid, _named(said), password)
        except SessionEnded:
            return self.door.prove(request, LOOK)
        except TrustError as wrong:
            return self._show(request, seat, wrong.code)
        return self.door.page(request, "ties_recovered.html")

    def set_phone(self, request: Request, said: Mapping[str, str]) -> Response:
        """Send a code to a new phone, and begin the change with it."""
        self.door.check(request, said)
        seat = self.door.seat(request)
        if seat is None:
            return self.door.prove(request, LOOK)
        try:
            phone = Phone.parse(said.get("phone", "").strip())
            browser, sent = self.door.browser(request), word(said, "sent")
            if not said.get("code"):
                sent = self.send_code(seat.session.sid, phone, self.door.device(request)[1], browser)
                return self._show(request, seat, phone=phone.reveal(), sent=sent)
            self.change_phone(seat.session.sid, _named(said), phone, sent, said["code"].strip(), browser)
        except SessionEnded:
            return self.door.prove(request, LOOK)
        except (PhoneMalformed, ProofRefused, RecoveryRefused, TooManyAttempts) as wrong:
            return self._show(request, seat, wrong.code)
        return RedirectResponse(RECOVERY, 303)

    def object_as_owner(self, request: Request, said: Mapping[str, str]) -> Response:
        """Cancel the change that waits."""
        self.door.check(request, said)
        seat = self.door.seat(request)
        if seat is None:
            return self.door.prove(request, LOOK)
        try:
            self.cancel.as_owner(seat.account)
        except RecoveryMissing as wrong:
            return self._show(request, seat, wrong.code)
        return RedirectResponse(RECOVERY, 303)

    def ask_to_cancel(self, request: Request) -> Response:
        """Ask whoever follows the notice whether to cancel."""
        return self._cancel_page(request, word=word(request.query_params, "word"))

    def object_by_word(self, request: Request, said: Mapping[str, str]) -> Response:
        """Cancel by the word of a notice, signed in or not."""
        self.door.check(request, said)
        try:
            self.cancel(said.get("word", ""))
        except RecoveryMissing as wrong:
            return self._cancel_page(request, error=wrong.code)
        return self._cancel_page(request, done=True)

    def _cancel_page(
        self, request: Request, *, word: str = "", done: bool = False, error: str | None = None
    ) -> Response:
        return self.door.page(
            request,
            "ties_cancel.html",
            400 if error else 200,
            word=word,
            done=done,
            csrf=self.door.csrf(request),
            action=CANCEL,
            error=error,
        )

    def _show(
        self, request: Request, seat: Seat, error: str | None = None, phone: str = "", sent: str = ""
    ) -> Response:
        with self.database.reading() as db:
            waiting = Recoveries(db).of(seat.account, self.clock.now())
        choices = self.recover.choices(seat.account)
        return self.door.page(
            request,
            "ties_recovery.html",
            400 if error else 200,
            waiting=waiting[0] if waiting else None,
            choices=[(one, self.door.client_name(one, request)) for one in choices],
            phone=phone,
            sent=sent,
            csrf=self.door.csrf(request),
            action=RECOVERY,
            error=error,
        )


def _named(said: Mapping[str, str]) -> Sequence[str]:
    return [said[name] for name in (f"used-{index}" for index in range(CHOICES)) if name in said]
