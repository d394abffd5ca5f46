"""Tell clients that sessions ended."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from idp.model.client import Client
from idp.oidc import jose
from idp.oidc.back_channel import TYP, address_of, claims
from idp.oidc.keys import SigningKeys
from idp.storage.logouts import KIND, Delivery, Logouts
from trust.clock import Clock
from trust.jobs.queue import Group
from trust.net.client import Outbound
from trust.net.errors import OutboundFailed, OutboundRefused
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork

SECONDS: Final = 2.0
AGAIN: Final = (timedelta(seconds=1), timedelta(seconds=10), timedelta(seconds=60))
PARALLEL: Final = 8


@dataclass(frozen=True, slots=True)
class DeliverLogouts:
    """Sign and send in parallel with no transaction open, then record what came of it.

    Standard:
        OpenID Connect Back-Channel Logout 1.0, 2.5 and 2.8: 400 is a refusal, which is final; a token that is sent again
        after a break has the same `jti`.
    """

    database: Database
    new_work: NewWork
    clock: Clock
    find: Callable[[str], Client | None] = field(repr=False)
    keys: SigningKeys
    outbound: Outbound
    issuer: str

    def __call__(self, group: Group) -> None:
        """Deliver what a group of jobs names."""
        with self.database.reading() as db:
            found = [Logouts(db).find(str(job.payload["delivery"])) for job in group.jobs]
        waiting = [one for one in found if one is not None and one.state == "waiting"]
        with ThreadPoolExecutor(PARALLEL) as pool:
            outcomes = list(pool.map(self._send, waiting))
        self._record(group, list(zip(waiting, outcomes, strict=True)))

    def _send(self, delivery: Delivery) -> str:
        client = self.find(delivery.client)
        if client is None or not (address := address_of(client)):
            return "refused"  # it is registered no more, or listens no more
        token = jose.sign(self.keys.current(client.id_token_alg), claims(self.issuer, delivery, self.clock.now()), TYP)
        try:
            answer = self.outbound.post(address, {"logout_token": token}, seconds=SECONDS)
        except OutboundRefused:
            return "refused"
        except OutboundFailed:
            return "waiting"
        return "told" if answer.status < 300 else "refused" if answer.status == 400 else "waiting"

    def _record(self, group: Group, outcomes: Sequence[tuple[Delivery, str]]) -> None:
        at = self.clock.now()
        with self.new_work() as work:
            work.jobs.finish(group)
            for one, outcome in outcomes:
                last = outcome == "waiting" and one.tries >= len(AGAIN)
                state = "given-up" if last else outcome
                Logouts(work.db).tried(one.id, state, at)
                if state == "waiting":
                    key = f"{one.id}/{one.tries + 1}"
                    work.jobs.put(KIND, key, {"delivery": one.id}, at + AGAIN[one.tries])
                else:
                    facts = {"client": one.client, "outcome": state, "tries": str(one.tries + 1)}
                    work.journal.append("logout-told", f"logout/{one.id}", "service idp", facts)
