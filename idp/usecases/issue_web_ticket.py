"""Give an app a ticket with which a page that it opens signs in as its user, once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from idp.errors import SessionEnded
from idp.errors_ties import TicketRefused
from idp.model.challenge import new_nonce
from idp.storage.clients import Clients
from idp.storage.sessions import Sessions
from idp.storage.tickets import WebTicket, WebTickets
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork

LIFE: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class IssueWebTicket:
    """Answer a token exchange that asks for a web session."""

    new_work: NewWork
    clock: Clock

    def __call__(self, app: str, sid: str, client: str, key: str) -> str:
        """Return the ticket.

        Args:
            app: the client whose access token was exchanged.
            sid: of the session from which that token comes.
            client: of the page that is opened.
            key: thumbprint of the key to which the token is bound; the page's authorization code is bound to it too.

        Raises:
            SessionEnded: the session is over.
            TicketRefused: no such client, or a token that is bound to no key.
        """
        at, ticket = self.clock.now(), new_nonce()
        with self.new_work() as work:
            session = Sessions(work.db).find_by_sid(sid)
            if session is None or not session.live(at):
                raise SessionEnded("the session is over")
            page = Clients(work.db).find(client)
            if page is None or not page.usable or not key:
                raise TicketRefused("a ticket is for a registered client and the holder of a key")
            carried = WebTicket(session.account, sid, session.proofs, session.cap)
            WebTickets(work.db).add(ticket, carried, client, key, at, at + LIFE)
            facts = {"client": client, "sid": sid}
            work.journal.append("web-ticket-issued", session.account, f"client {app}", facts)
        return ticket
