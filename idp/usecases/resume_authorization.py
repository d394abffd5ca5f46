"""Go on with an authorization request that waits."""

from dataclasses import dataclass

from idp.errors import InteractionGone
from idp.oidc.progress import Answered, Asked, Progress
from idp.oidc.waiting import WaitingRequests
from idp.storage.interactions import Interactions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class ResumeAuthorization:
    """Ask the next question, or give the answer, once."""

    new_work: NewWork
    clock: Clock
    progress: Progress
    requests: WaitingRequests

    def __call__(self, handle: str, browser: bytes, cookie: bytes | None, *, without: bool = False) -> Asked | Answered:
        """Return what comes next.

        Args:
            handle: of the request.
            browser: digest of the cookie that tells browsers apart.
            cookie: digest of the session's cookie.
            without: the user goes on without the level that the client wished for.

        Raises:
            InteractionGone: nothing waits there for this browser.
        """
        at = self.clock.now()
        with self.new_work() as work:
            kept, waiting = self.requests.get(work.db, handle, browser, at)
            if without:
                kept = kept.with_progress(without=True)
                Interactions(work.db).save(kept)
                _, waiting = self.requests.get(work.db, handle, browser, at)
            outcome = self.progress.advance(work, waiting, cookie, kept.progress.get("hinted"), at)
            if isinstance(outcome, Answered):
                if not Interactions(work.db).finish(kept.digest, at):
                    raise InteractionGone("this request was answered")
                if waiting.client is not None:
                    event = "authorization-granted" if outcome.grant else "authorization-refused"
                    subject = f"grant/{outcome.grant}" if outcome.grant else f"client/{kept.client}"
                    by = f"person {outcome.account}" if outcome.account else f"client {kept.client}"
                    work.journal.append(event, subject, by, outcome.facts)
        return outcome
