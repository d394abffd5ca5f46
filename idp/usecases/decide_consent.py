"""Record what a user lets a platform have, or that the user does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from idp.errors import InteractionGone
from idp.oidc.presence import Visitors
from idp.oidc.progress import Answered, Progress, chosen, named
from idp.oidc.waiting import WaitingRequests
from idp.storage.interactions import Consents, Interactions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class DecideConsent:
    """Take the decision."""

    new_work: NewWork
    clock: Clock
    progress: Progress
    requests: WaitingRequests
    visitors: Visitors
    life: timedelta

    def __call__(
        self, handle: str, browser: bytes, cookie: bytes | None, scopes: frozenset[str] | None
    ) -> Answered | None:
        """Record it; returns the answer when it is no.

        Args:
            handle: of the request.
            browser: digest of the cookie that tells browsers apart.
            cookie: digest of the session's cookie.
            scopes: that may be had; none: nothing at all.

        Raises:
            InteractionGone: nothing waits there for this browser, or nobody is signed in.
        """
        at = self.clock.now()
        with self.new_work() as work:
            kept, waiting = self.requests.get(work.db, handle, browser, at)
            visitor = self.visitors.find(work.db, cookie, waiting.client, at)
            if visitor is None or waiting.client is None:
                raise InteractionGone("nobody is signed in who could agree")
            client, account = waiting.client, visitor.account.id
            facts: Mapping[str, str] = {"client": client.id}
            if scopes is None:
                Interactions(work.db).finish(kept.digest, at)
                work.journal.append("consent-denied", f"client/{client.id}", f"person {account}", facts)
                return self.progress.denied(waiting)
            agreed = chosen(waiting, scopes).settled["scopes"]
            body = "" if visitor.acting is None else visitor.acting.body
            purpose = str(client.metadata.get("purpose", ""))
            claims = named(waiting.request, client)
            given = Consents(work.db).give(
                account, client.id, body, frozenset(agreed), claims, purpose, at, at + self.life
            )
            Interactions(work.db).save(kept.with_progress(scopes=agreed))
            facts = {**facts, "scopes": " ".join(agreed)}
            work.journal.append("consent-given", f"consent/{given.id}", f"person {account}", facts)
        return None
