"""The page on which an owner says whether an imported user or a second account is theirs, and takes a merge back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.errors import LevelTooLow
from idp.errors_ties import ConflictMissing, MergeRefused
from idp.model.sensitive import FRESH
from idp.storage.conflicts import Conflicts
from idp.storage.merges import Merges
from idp.usecases.merge_accounts import LEAST, MergeAccounts
from idp.usecases.resolve_conflict import Decision, ResolveConflict
from idp.usecases.undo_merge import UndoMerge
from idp.web.device_door import form
from idp.web.ties_door import LOOK, MERGES, Seat, TiesDoor, word
from trust.clock import Clock
from trust.storage.database import Database

_DECISIONS: Final = {one.value: one for one in Decision}


@dataclass(frozen=True, slots=True)
class MergePages:
    """The page and what it does."""

    door: TiesDoor
    database: Database
    clock: Clock
    resolve: ResolveConflict
    merge: MergeAccounts
    undo: UndoMerge

    def routes(self) -> list[BaseRoute]:
        return [
            Route(MERGES, self.list, methods=["GET"]),
            Route(f"{MERGES}/imported", form(self.decide), methods=["POST"]),
            Route(f"{MERGES}/accounts", form(self.join), methods=["POST"]),
            Route(f"{MERGES}/undo", form(self.take_back), methods=["POST"]),
        ]

    def list(self, request: Request) -> Response:
        """Show what waits for the owner's word."""
        seat = self.door.seat(request)
        return self.door.prove(request, LOOK) if seat is None else self._list(request, seat)

    def decide(self, request: Request, said: Mapping[str, str]) -> Response:
        """Say whether an imported user is oneself."""

        def act(seat: Seat) -> None:
            decision = _DECISIONS.get(said.get("decision", ""))
            if decision is None:
                raise ConflictMissing("no decision of this page")
            self.resolve(word(said, "conflict"), decision, seat.account, seat.standing)

        return self._do(request, said, act)

    def join(self, request: Request, said: Mapping[str, str]) -> Response:
        """Let the second account go into this one."""
        return self._do(
            request,
            said,
            lambda seat: self.merge(word(said, "conflict"), seat.account, seat.account, seat.standing),
        )

    def take_back(self, request: Request, said: Mapping[str, str]) -> Response:
        """Take a merge back."""
        return self._do(request, said, lambda seat: self.undo(word(said, "merge"), seat.account, seat.standing))

    def _do(self, request: Request, said: Mapping[str, str], act: Callable[[Seat], object]) -> Response:
        self.door.check(request, said)
        seat = self.door.seat(request)
        if seat is None:
            return self.door.prove(request, LEAST, FRESH)
        try:
            act(seat)
        except LevelTooLow:
            return self.door.prove(request, LEAST, FRESH)
        except (ConflictMissing, MergeRefused) as wrong:
            return self._list(request, seat, wrong.code)
        return RedirectResponse(MERGES, 303)

    def _list(self, request: Request, seat: Seat, error: str | None = None) -> Response:
        at = self.clock.now()
        with self.database.reading() as db:
            waiting = Conflicts(db).of(seat.account)
            merges = [one for one in Merges(db).of(seat.account) if one.kept == seat.account and at < one.until]
        return self.door.page(
            request,
            "ties_merges.html",
            400 if error else 200,
            imported=[one for one in waiting if one.old is not None],
            accounts=[one for one in waiting if one.other],
            merges=merges,
            csrf=self.door.csrf(request),
            action=MERGES,
            error=error,
        )
