"""Redeem the ticket that an app gave to its page; client, consent and level are checked after that as ever."""

from dataclasses import dataclass

from idp.errors_ties import TicketRefused
from idp.storage.sessions import Sessions
from idp.storage.tickets import WebTicket, WebTickets
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class RedeemWebTicket:
    """Say whose ticket it was."""

    new_work: NewWork
    clock: Clock

    def __call__(self, ticket: str, client: str, key: str) -> WebTicket:
        """Return account, factors and cap for a session of the page; the factors keep their age.

        Args:
            ticket: as the page's authorization request brings it.
            client: that asks.
            key: the thumbprint that the request names (`dpop_jkt`).

        Raises:
            TicketRefused: used, run out, for another client or key, or its session is over.
        """
        at = self.clock.now()
        with self.new_work() as work:
            taken = WebTickets(work.db).take(ticket, client, key, at)
            session = None if taken is None else Sessions(work.db).find_by_sid(taken.sid)
            live = session is not None and session.live(at)
            if taken is not None:
                facts = {"client": client, "sid": taken.sid, "live": str(live).lower()}
                work.journal.append("web-ticket-used", taken.account, f"client {client}", facts)
        if taken is None or not live:
            raise TicketRefused("the ticket was used, ran out, or is for another client or key")
        return taken
