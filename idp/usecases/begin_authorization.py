"""Take an authorization request in, and answer it at once where nothing has to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from idp.model.authorization import AuthorizationRequest
from idp.model.client import Client
from idp.oidc.progress import Answered, Asked, Progress, Waiting
from idp.oidc.tokens import digest, new_token
from idp.storage.interactions import Interaction, Interactions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork, UnitOfWork


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of it: a question under a handle, or the answer."""

    outcome: Asked | Answered
    handle: str = ""


@dataclass(frozen=True, slots=True)
class BeginAuthorization:
    """Begin; what waits for the user is kept under a handle that one browser alone can use."""

    new_work: NewWork
    clock: Clock
    progress: Progress
    life: timedelta

    def __call__(self, request: AuthorizationRequest, client: Client, browser: bytes, cookie: bytes | None) -> Begun:
        """Begin the request of a client.

        Args:
            request: as it was checked.
            client: whose it is.
            browser: digest of the cookie that tells browsers apart.
            cookie: digest of the session's cookie.

        Raises:
            RequestRefused: its hint is no token of ours.
        """
        at = self.clock.now()
        waiting = Waiting(request, client, at)
        hinted = self.progress.hinted(waiting)
        with self.new_work() as work:
            outcome = self.progress.advance(work, waiting, cookie, hinted, at)
            if isinstance(outcome, Answered):
                event = "authorization-granted" if outcome.grant else "authorization-refused"
                subject = f"grant/{outcome.grant}" if outcome.grant else f"client/{client.id}"
                by = f"person {outcome.account}" if outcome.account else f"client {client.id}"
                work.journal.append(event, subject, by, outcome.facts)
                return Begun(outcome)
            kept = {**request.parameters, "redirect_uri": request.redirect_uri, "scope": " ".join(request.scopes)}
            return Begun(outcome, self._keep(work, client.id, kept, {"hinted": hinted}, browser, at))

    def own(self, then: str, acr: str, within: timedelta | None, browser: bytes) -> str:
        """Begin a sign-in for one of our own pages and return its handle.

        Args:
            then: the page.
            acr: the level it takes, or the empty text.
            within: how fresh it has to be.
            browser: digest of the cookie that tells browsers apart.
        """
        at = self.clock.now()
        kept = {"then": then, "acr": acr}
        if within is not None:
            kept["max_age"] = str(int(within.total_seconds()))
        with self.new_work() as work:
            return self._keep(work, "", kept, {}, browser, at)

    def _keep(self, work: UnitOfWork, client: str, parameters: Mapping[str, str], progress: Mapping[str, Any],
              browser: bytes, at: datetime) -> str:  # fmt: skip
        handle = new_token()
        Interactions(work.db).add(
            Interaction(digest(handle), browser, client, parameters, progress, at, at + self.life)
        )
        return handle
