"""The page on which people see the bodies they may act for, switch to one, and answer offers."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.errors import LevelTooLow, SessionEnded
from idp.errors_ties import MandateMissing, MandateOver
from idp.model.mandate import MandateRole
from idp.storage.actings import Actings
from idp.storage.mandates import Mandates
from idp.usecases.accept_mandate import AcceptMandate
from idp.usecases.act_for_body import ActForBody
from idp.usecases.end_mandate import EndMandate
from idp.web.device_door import form
from idp.web.ties_door import BODIES, LOOK, MANDATES, Seat, TiesDoor, word
from trust.clock import Clock
from trust.storage.database import Database
from trust.values.assurance import Rank

_DECIDE = Rank(2)


@dataclass(frozen=True, slots=True)
class BodyPages:
    """The page and what it does."""

    door: TiesDoor
    database: Database
    clock: Clock
    act: ActForBody
    accept: AcceptMandate
    end: EndMandate

    def routes(self) -> list[BaseRoute]:
        return [
            Route(BODIES, self.list, methods=["GET"]),
            Route(f"{BODIES}/act", form(self.switch), methods=["POST"]),
            Route(f"{BODIES}/accept", form(self.take), methods=["POST"]),
            Route(f"{BODIES}/give-up", form(self.give_up), methods=["POST"]),
        ]

    def list(self, request: Request) -> Response:
        """Show bodies and offers."""
        seat = self.door.seat(request)
        return self.door.prove(request, LOOK) if seat is None else self._list(request, seat)

    def switch(self, request: Request, said: Mapping[str, str]) -> Response:
        """Act for a body from now on, or for oneself again."""
        self.door.check(request, said)
        seat = self.door.seat(request)
        if seat is None:
            return self.door.prove(request, LOOK)
        mandate = word(said, "mandate")
        try:
            if mandate:
                self.act(seat.session.sid, seat.account, mandate)
            else:
                self.act.stop(seat.session.sid, seat.account)
        except MandateMissing:
            return self._list(request, seat, "mandate-missing")
        except (LevelTooLow, SessionEnded):
            with self.database.reading() as db:
                found = Mandates(db).find(mandate)
            wanted = LOOK if found is None else max(found.floor, LOOK)
            if seat.standing.level < wanted:
                return self.door.prove(request, wanted)
            return self._list(request, seat, "level-too-low")
        return RedirectResponse(BODIES, 303)

    def take(self, request: Request, said: Mapping[str, str]) -> Response:
        """Accept an offer."""
        self.door.check(request, said)
        seat = self.door.seat(request)
        if seat is None:
            return self.door.prove(request, _DECIDE)
        mandate = word(said, "mandate")
        try:
            self.accept(seat.account, seat.standing.level, mandate)
        except LevelTooLow:
            with self.database.reading() as db:
                return self.door.prove(request, Mandates(db).get(mandate).floor)
        except (MandateMissing, MandateOver):
            return self._list(request, seat, "mandate-missing")
        return RedirectResponse(BODIES, 303)

    def give_up(self, request: Request, said: Mapping[str, str]) -> Response:
        """Decline an offer, or give a mandate up."""
        self.door.check(request, said)
        seat = self.door.seat(request)
        if seat is None:
            return self.door.prove(request, _DECIDE)
        try:
            self.end(seat.account, seat.standing.level, word(said, "mandate"))
        except LevelTooLow:
            return self.door.prove(request, _DECIDE)
        except (MandateMissing, MandateOver):
            return self._list(request, seat, "mandate-missing")
        return RedirectResponse(BODIES, 303)

    def _list(self, request: Request, seat: Seat, error: str | None = None) -> Response:
        at = self.clock.now()
        with self.database.reading() as db:
            held = Actings(db).open_to(seat.account, at)
            own = Mandates(db).of_grantee(seat.account)
            offers = [one for one in own if one.acceptable(at)]
            heads = (MandateRole.LEGAL_REPRESENTATIVE, MandateRole.ADMINISTRATOR)
            headed = list(dict.fromkeys(one.body for one in own if one.live(at) and one.role in heads))
            for body in headed:
                offers += [one for one in Mandates(db).of_grantee(body) if one.acceptable(at)]
        bodies = (
            {one.body for one in held}
            | {one.body for one in offers}
            | set(headed)
            | {one.through for one in held if one.through}
        )
        return self.door.page(
            request,
            "ties_bodies.html",
            400 if error else 200,
            held=held,
            offers=offers,
            headed=headed,
            acting=seat.session.acting,
            names={one: self.door.body_name(one, request) for one in bodies},
            csrf=self.door.csrf(request),
            action=BODIES,
            mandates=MANDATES,
            error=error,
        )
