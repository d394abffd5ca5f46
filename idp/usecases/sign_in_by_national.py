"""Tell who comes from an identity system that vouches for its own sign-ins; its level is rounded down to ours."""

from dataclasses import dataclass

from idp.errors import AccountTaken
from idp.errors_ties import TicketRefused
from idp.factors.possession import Shown
from idp.model.account import Account, Person
from idp.model.assurance import Evidence, Proof
from idp.model.challenge import digest_of, new_nonce
from idp.model.link import LEG_LIFE, Leg, Purpose
from idp.sources.national import SKEW, TICKET_LIFE, VouchedPerson, Vouching
from idp.sources.outside import Journey
from idp.storage.accounts import Accounts
from idp.storage.evidence import EvidenceRecords
from idp.storage.legs import Legs
from idp.storage.levels import Levels
from idp.storage.persons import Vault
from trust.clock import Clock
from trust.storage.replay import Replays
from trust.storage.unit_of_work import NewWork, UnitOfWork
from trust.values.assurance import UNPROVEN, Rank


@dataclass(frozen=True, slots=True)
class SignInByNational:
    """Send a browser to such a system, and redeem the ticket with which it comes back."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    system: Vouching
    target: str  # our issuer, for which tickets have to be made

    def go(self, browser: bytes, redirect: str, back: str) -> str:
        """Return where the browser is sent; `redirect` is our address for the ticket, `back` our page after that."""
        at, journey = self.clock.now(), Journey(new_nonce(), browser, redirect)
        with self.new_work() as work:
            leg = Leg(self.system.scheme, Purpose.SIGN_IN, None, back, at, at + LEG_LIFE)
            Legs(work.db).start(leg, journey.state, browser)
            facts = {"purpose": Purpose.SIGN_IN.value}
            work.journal.append("outside-visited", f"provider/{self.system.scheme}", "service idp", facts)
        return self.system.address(journey)

    def __call__(self, state: str, ticket: str, browser: bytes, redirect: str) -> tuple[Shown, str]:
        """Return who it is, capped at what that level is worth here, and our page to go on with.

        Somebody who has no account here gets one, of what the system vouches for.

        Raises:
            TicketRefused: used, run out, for another browser or target, over too many systems, of a level that
                nobody mapped, or of a person whose account cannot be signed in to.
        """
        at = self.clock.now()
        with self.new_work() as work:
            leg = Legs(work.db).take(self.system.scheme, Purpose.SIGN_IN, state, browser, at)
        if leg is None:
            raise TicketRefused("the ticket does not belong to this browser, or came too late")
        journey = Journey(state, browser, redirect)
        person = self.system.redeem(ticket, journey)
        person.permit(self.target, journey, at)
        with self.new_work() as work:
            until = person.at + TICKET_LIFE + SKEW
            if not Replays(work.db).take(f"ticket-{self.system.scheme}", person.ticket, until, at):
                raise TicketRefused("the ticket was used")
            rank = Levels(work.db).ladder().foreign(self.system.scheme, person.level, at, person.hops)
            if rank == UNPROVEN:
                raise TicketRefused("that level is worth nothing here")
            account = self._account(work, person, rank)
            shown = Shown(account.id, Proof(person.method, at), digest_of(person.ticket).hex(), rank)
            facts = {"scheme": self.system.scheme, "level": str(rank), "ticket": shown.credential}
            work.journal.append("ticket-shown", account.id, f"person {account.id}", facts)
        return shown, leg.back

    def _account(self, work: UnitOfWork, person: VouchedPerson, rank: Rank) -> Account:
        known = Accounts(work.db, self.vault)
        found = known.find_by_identifier("number", person.number)
        if found is not None:
            if not found.may_sign_in:
                raise TicketRefused("this account cannot be signed in to")
            return found
        values = {"number": person.number}
        if person.phone and known.find_by_identifier("phone", person.phone) is None:
            values["phone"] = person.phone
        row = Person(
            name=person.name.strip(), id_type=person.id_type, id_number=person.number, phone=values.get("phone", "")
        )
        try:
            made = known.add(row, self.clock.now(), origin=self.system.scheme, identifiers=values, verified=values)
        except AccountTaken:
            raise TicketRefused("an account was made at this moment; sign in again") from None
        self._evidence(work, made.id, rank, phone="phone" in values)
        work.journal.append("account-made", made.id, f"provider {self.system.scheme}", {"level": str(rank)})
        return made

    def _evidence(self, work: UnitOfWork, account: str, rank: Rank, *, phone: bool) -> None:
        """Record what the system vouches for, and nothing above the level it told."""
        at, ladder = self.clock.now(), Levels(work.db).ladder()
        kinds = ["phone"] if phone else []
        kinds += [kind for least, kind in ((2, "two-elements"), (3, "real-name-account"), (4, "face")) if rank.value >= least]  # fmt: skip
        for kind in kinds:
            said = Evidence(kind, at, ladder.expires(kind, at), self.system.scheme, carries_number=kind != "phone")
            EvidenceRecords(work.db).add(account, said)
