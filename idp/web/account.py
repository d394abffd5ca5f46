"""My account: what is proved, where I am signed in, who may see what, and what was done in my name."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.model.claims import masked_name
from idp.storage.interactions import Consents
from idp.storage.levels import Levels
from idp.storage.sessions import Sessions
from idp.usecases.end_session import EndSession
from idp.usecases.withdraw_consent import WithdrawConsent
from idp.web import render
from idp.web.device_door import form
from idp.web.door import ACCOUNT, Door
from idp.web.ties_door import LOOK, moved, word

END: Final = f"{ACCOUNT}/sessions/end"
WITHDRAW: Final = f"{ACCOUNT}/platforms/withdraw"
EVERYWHERE: Final = "all"
MAX_HISTORY: Final = 50


@dataclass(frozen=True, slots=True)
class AccountPages:
    """The pages."""

    door: Door
    end: EndSession
    withdraw: WithdrawConsent

    def routes(self) -> list[BaseRoute]:
        return [
            Route(ACCOUNT, self.show, methods=["GET"]),
            Route(END, form(self.end_session), methods=["POST"]),
            Route(WITHDRAW, form(self.withdraw_consent), methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """Show the account."""
        found = self.door.found(request)
        if found is None:
            return self.door.prove(request, LOOK)
        look, at = render.look_of(request), self.door.clock.now()
        account, present = found.account, found.present
        with self.door.database.reading() as db:
            ladder = Levels(db).ladder()
            sessions = Sessions(db).of_account(account.id, at)
            consents, history = Consents(db).of(account.id, at), Consents(db).history(account.id, MAX_HISTORY)
        standing = ladder.session(present.kind, present.evidence, present.proofs, at, present.cap)

        def name(client: str) -> str:
            known = self.door.clients.find(client)
            return client if known is None else known.name(look.lang)

        allowed = [
            SimpleNamespace(
                name=name(one.client), client=one.client, scopes=" ".join(sorted(one.scopes)), until=one.until
            )
            for one in consents
        ]
        done = [
            SimpleNamespace(
                at=one.at, name=name(one.client), level=str(one.detail.get("level", "")).rpartition(":")[2],
                scopes=" ".join(one.detail.get("scopes", ())),
            )
            for one in history
        ]  # fmt: skip
        return self.door.page(
            request, "account.html", name=masked_name(self.door.visitors.vault.open(account).name), il=standing.il,
            level=standing.level, evidence=present.evidence, sessions=sessions, sid=found.session.sid,
            consents=allowed, history=done, csrf=self.door.csrf(request),
        )  # fmt: skip

    def end_session(self, request: Request, said: Mapping[str, str]) -> Response:
        """Sign one browser out, or all others."""
        self.door.check(request, said)
        seat = self.door.seat(request)
        if seat is None:
            return self.door.prove(request, LOOK)
        sid = word(said, "sid")
        if sid == EVERYWHERE:
            self.end.all(seat.account, but=seat.session.sid)
        else:
            self.end(sid, seat.account, "remote")
        return RedirectResponse(ACCOUNT, 303, moved(ACCOUNT))

    def withdraw_consent(self, request: Request, said: Mapping[str, str]) -> Response:
        """Take back what a platform may see."""
        self.door.check(request, said)
        seat = self.door.seat(request)
        if seat is None:
            return self.door.prove(request, LOOK)
        self.withdraw(seat.account, word(said, "client"))
        return RedirectResponse(ACCOUNT, 303, moved(ACCOUNT))
