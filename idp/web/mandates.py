"""The page on which a body's representative and administrators grant, confirm and end mandates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.errors import LevelTooLow
from idp.errors_ties import (
    MandateMalformed,
    MandateMissing,
    MandateOver,
    MandateRefused,
    TooManyAdministrators,
)
from idp.model.mandate import Mandate, MandateRole, Offer, Scope, least_level, managing
from idp.storage.mandates import Mandates
from idp.usecases.confirm_mandate import ConfirmMandate
from idp.usecases.end_mandate import EndMandate
from idp.usecases.grant_mandate import GrantMandate
from idp.usecases.scope_mandate import ScopeMandate
from idp.web.device_door import form
from idp.web.ties_door import BODIES, LOOK, MANDATES, Seat, TiesDoor, word
from trust.clock import Clock
from trust.errors import TrustError
from trust.storage.database import Database
from trust.values.assurance import Rank

_REFUSALS: Final = (MandateMalformed, MandateMissing, MandateOver, MandateRefused, TooManyAdministrators)
_ROLES: Final = {one.value: one for one in MandateRole}


@dataclass(frozen=True, slots=True)
class MandatePages:
    """The page of one body and what it does."""

    door: TiesDoor
    database: Database
    clock: Clock
    grant: GrantMandate
    confirm: ConfirmMandate
    end: EndMandate
    scope: ScopeMandate

    def routes(self) -> list[BaseRoute]:
        return [
            Route(MANDATES, self.list, methods=["GET"]),
            Route(f"{MANDATES}/grant", form(self.offer), methods=["POST"]),
            Route(f"{MANDATES}/confirm", form(self.let_count), methods=["POST"]),
            Route(f"{MANDATES}/narrow", form(self.narrow), methods=["POST"]),
            Route(f"{MANDATES}/end", form(self.take_back), methods=["POST"]),
        ]

    def list(self, request: Request) -> Response:
        """Show what a body granted."""
        seat = self.door.seat(request)
        body = word(request.query_params, "body")
        return self.door.prove(request, LOOK) if seat is None else self._list(request, seat, body)

    def offer(self, request: Request, said: Mapping[str, str]) -> Response:
        """Grant to a person by name and number, or to an agent by its code."""

        def act(seat: Seat, body: str) -> object:
            offer = _offer(body, said)
            level = seat.standing.level
            if offer.role is MandateRole.AGENT_BODY:
                return self.grant(seat.account, level, offer)
            return self.grant.to_named(seat.account, level, offer, said.get("number", ""), said.get("name", ""))

        return self._do(request, said, act)

    def let_count(self, request: Request, said: Mapping[str, str]) -> Response:
        """Confirm what a former representative granted."""
        return self._do(
            request, said, lambda seat, _: self.confirm(seat.account, seat.standing.level, word(said, "mandate"))
        )

    def narrow(self, request: Request, said: Mapping[str, str]) -> Response:
        """Take items, places, sureness or time away from a mandate."""

        def act(seat: Seat, body: str) -> object:
            with self.database.reading() as db:
                held = Mandates(db).get(word(said, "mandate"))
            wanted = _offer(body, {**said, "role": MandateRole.OPERATOR.value})
            until = wanted.until or held.until
            level = seat.standing.level
            return self.scope(seat.account, level, held.id, wanted.scope, wanted.floor, held.cap, until)

        return self._do(request, said, act)

    def take_back(self, request: Request, said: Mapping[str, str]) -> Response:
        """End a mandate."""
        return self._do(
            request, said, lambda seat, _: self.end(seat.account, seat.standing.level, word(said, "mandate"))
        )

    def _do(self, request: Request, said: Mapping[str, str], act: Callable[[Seat, str], object]) -> Response:
        self.door.check(request, said)
        seat, body = self.door.seat(request), word(said, "body")
        if seat is None:
            return self.door.prove(request, LOOK)
        manager = self._manager(seat, body)
        if manager is None:
            return RedirectResponse(BODIES, 303)
        try:
            act(seat, body)
        except LevelTooLow:
            return self.door.prove(request, least_level(manager))
        except _REFUSALS as wrong:
            return self._list(request, seat, body, wrong)
        return RedirectResponse(f"{MANDATES}?{urlencode({'body': body})}", 303)

    def _manager(self, seat: Seat, body: str) -> Mandate | None:
        with self.database.reading() as db:
            return managing(Mandates(db).of_grantee(seat.account), body, self.clock.now())

    def _list(self, request: Request, seat: Seat, body: str, error: TrustError | None = None) -> Response:
        manager = self._manager(seat, body)
        if manager is None:
            return RedirectResponse(BODIES, 303)
        with self.database.reading() as db:
            held = Mandates(db).of_body(body)
        at = self.clock.now()
        return self.door.page(
            request,
            "ties_mandates.html",
            400 if error else 200,
            body=body,
            body_name=self.door.body_name(body, request),
            held=[one for one in held if one.role is not MandateRole.LEGAL_REPRESENTATIVE],
            managed={one.id for one in held if manager.manages(one, at)},
            head=manager.role is MandateRole.LEGAL_REPRESENTATIVE,
            csrf=self.door.csrf(request),
            action=MANDATES,
            bodies=BODIES,
            error=None if error is None else error.code,
        )


def _offer(body: str, said: Mapping[str, str]) -> Offer:
    """Read the form; raises MandateMalformed."""
    role = _ROLES.get(said.get("role", ""))
    if role is None:
        raise MandateMalformed("role: one of the page's")
    items = tuple(said.get("items", "").replace("，", ",").replace(",", " ").split())
    floor = said.get("floor", "2")
    if floor not in ("1", "2", "3", "4", "5"):
        raise MandateMalformed("level: 1 to 5")
    agent = said.get("agent", "").strip() if role is MandateRole.AGENT_BODY else ""
    if role is MandateRole.AGENT_BODY and not agent:
        raise MandateMalformed("agent: its code")
    return Offer(
        body=body,
        grantee=agent[:32],
        role=role,
        scope=Scope(items, said.get("region", "").strip()),
        floor=Rank(int(floor)),
        sub_grant="sub_grant" in said and role is MandateRole.ADMINISTRATOR,
        until=_day(said.get("until", "")),
    )


def _day(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise MandateMalformed("until: a day like 2026-12-31") from None
    return day + timedelta(hours=16)  # the end of that day in China
