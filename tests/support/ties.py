"""People and bodies with ties between them, on one database."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import Connection, inspect, text

from idp.errors import ProofRefused
from idp.factors import possession
from idp.factors.hashing import PasswordHashes
from idp.factors.sent_code import SentCodeFactor
from idp.model.account import Account, AccountKind, AccountState, Person
from idp.model.assurance import Evidence, Proof, Standing
from idp.model.mandate import Mandate, MandateRole, Offer
from idp.model.recovery import Recovery
from idp.model.session import Session
from idp.sources.national_simulator import SimulatedNational
from idp.sources.outside import Outside
from idp.sources.outside_simulator import SimulatedProvider
from idp.storage import links
from idp.storage.accounts import Accounts
from idp.storage.evidence import EvidenceRecords
from idp.storage.levels import Levels
from idp.storage.mandate_events import recognise_representative
from idp.storage.mandates import Mandates
from idp.storage.persons import Vault
from idp.storage.recovery_events import Withdraw
from idp.storage.sessions import Sessions
from idp.usecases.accept_mandate import AcceptMandate
from idp.usecases.act_for_body import ActForBody
from idp.usecases.cancel_recovery import CancelRecovery
from idp.usecases.change_phone import ChangePhone
from idp.usecases.claim_imported import ClaimImported
from idp.usecases.confirm_mandate import ConfirmMandate
from idp.usecases.end_due_mandates import EndDueMandates
from idp.usecases.end_mandate import EndMandate
from idp.usecases.finish_recoveries import FinishRecoveries
from idp.usecases.go_outside import GoOutside
from idp.usecases.grant_mandate import GrantMandate
from idp.usecases.issue_web_ticket import IssueWebTicket
from idp.usecases.link_account import LinkAccount
from idp.usecases.merge_accounts import MergeAccounts
from idp.usecases.recover_password import RecoverPassword
from idp.usecases.recover_staff import RecoverStaff
from idp.usecases.redeem_web_ticket import RedeemWebTicket
from idp.usecases.resolve_conflict import ResolveConflict
from idp.usecases.scope_mandate import ScopeMandate
from idp.usecases.send_new_phone_code import SendNewPhoneCode
from idp.usecases.sign_in_by_link import SignInByLink
from idp.usecases.sign_in_by_national import SignInByNational
from idp.usecases.undo_merge import UndoMerge
from idp.usecases.unlink_account import UnlinkAccount
from tests.support.clock import SettableClock
from tests.support.devices import BROWSER
from trust.keys.fields import BlindIndex, FieldCipher
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import HIGHEST, Rank
from trust.values.person import Phone

BODY = "91330000MA27A1B2C3"
AGENT = "91330000MA27D4E5F6"
L2, L3, L4, L5 = Rank(2), Rank(3), Rank(4), Rank(5)
VAULT = Vault(FieldCipher({1: bytes(16)}), BlindIndex({1: bytes(32)}))
HASHES = PasswordHashes(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
ISSUER = "https://id.example.gov.cn"
SECRET = bytes(range(32))
NATURAL = ("phone", "two-elements", "carrier", "face")
OF_BODIES = ("typed", "register", "representative", "representative-consent")


@dataclass
class TiesHouse:
    """The use cases of mandates over one database."""

    database: Database
    new_work: NewWork
    clock: SettableClock
    body_kinds: tuple[str, ...] = OF_BODIES
    seen: list[str] = field(default_factory=list)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    employers: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    other_methods: frozenset[str] = frozenset({"password"})

    def __post_init__(self) -> None:
        self.grant = GrantMandate(self.new_work, self.clock, VAULT)
        self.accept = AcceptMandate(self.new_work, self.clock)
        self.scope = ScopeMandate(self.new_work, self.clock)
        self.end = EndMandate(self.new_work, self.clock)
        self.confirm = ConfirmMandate(self.new_work, self.clock)
        self.end_due = EndDueMandates(self.new_work, self.clock)
        names = ("alipay", "wechat")
        page = "https://id.example.gov.cn/idp/simulated/"
        self.providers = {
            one: SimulatedProvider(one, page + one, bytes(32), self.database, self.clock) for one in names
        }
        outside = Outside(self.providers)
        self.go = GoOutside(self.new_work, self.clock, outside)
        self.sign_in_by_link = SignInByLink(self.new_work, self.clock, VAULT, outside)
        self.link = LinkAccount(self.new_work, self.clock, VAULT, outside, self)
        self.unlink = UnlinkAccount(self.new_work, self.clock, VAULT, outside, self.enrolled, self)
        self.claim = ClaimImported(self.new_work, self.clock, VAULT, HASHES.encode, self.keep_password)
        self.resolve = ResolveConflict(self.new_work, self.clock, VAULT)
        self.merge = MergeAccounts(self.new_work, self.clock, VAULT, SECRET, self)
        self.undo = UndoMerge(self.new_work, self.clock, VAULT, self)
        common = (self.new_work, self.clock, VAULT)
        codes = SentCodeFactor("new-phone", VAULT.index)
        withdrawals: tuple[Withdraw, ...] = (self.withdrawn, possession.withdraw)
        self.recover = RecoverPassword(*common, SECRET, self.encode, self.keep_password, withdrawals, self)
        page = "https://id.example.gov.cn/idp/recovery/cancel"
        self.change_phone = ChangePhone(*common, SECRET, timedelta(hours=48), page, codes, self)
        self.send_code = SendNewPhoneCode(self.new_work, self.clock, codes, self)
        self.cancel = CancelRecovery(self.new_work, self.clock, self)
        self.finish = FinishRecoveries(*common, withdrawals, self)
        self.recover_staff = RecoverStaff(*common, lambda _, account: self.employers.get(account), withdrawals)
        self.issue_ticket = IssueWebTicket(self.new_work, self.clock)
        self.redeem_ticket = RedeemWebTicket(self.new_work, self.clock)
        self.national = SimulatedNational("https://id.example.gov.cn/idp/simulated/national", bytes(32), self.clock)
        self.by_national = SignInByNational(*common, self.national, ISSUER)
        self.act = ActForBody(self.new_work, self.clock, self.body_evidence)

    def tell(self, account: str, what: str, more: str = "") -> None:
        self.told.append((account, what, more))

    def send(self, to: str, text: str) -> None:
        self.messages.append((to, text))

    @property
    def digits(self) -> str:
        """The code in the last message."""
        return str(re.findall("[0-9]{6}", self.messages[-1][1])[0])

    def new_phone(self, sid: str, named: Sequence[str], phone: str, browser: bytes = BROWSER) -> Recovery:
        """Prove a phone and begin the change to it; a minute later, as messages come no faster."""
        self.clock.advance(timedelta(minutes=1))
        new = Phone.parse(phone)
        sent = self.send_code(sid, new, "192.0.2.0/24", browser)
        return self.change_phone(sid, named, new, sent, self.digits, browser)

    def encode(self, password: str, person: Person) -> str:
        if len(password) < 8 or (person.name and person.name in password):
            raise ProofRefused("too short, or made of the name")
        return HASHES.encode(password)

    def keep_password(self, db: Connection, account: str, digest: str, at: datetime) -> None:
        del db, at
        self.passwords[account] = digest

    def withdrawn(self, db: Connection, account: str) -> int:
        del db
        return int(self.passwords.pop(account, None) is not None)

    def enrolled(self, db: Connection, account: str) -> frozenset[str]:
        return self.other_methods | links.enrolled(db, account)

    def standing(self, level: int = 2, age: timedelta = timedelta()) -> Standing:
        """Of a session that was signed in to so long ago."""
        rank, at = Rank(level), self.clock.now() - age
        return Standing(rank, rank, rank, at, ("pwd",), f"urn:cn-gov:loa:l{level}")

    def body_evidence(self, db: Connection, body: str, at: datetime) -> Sequence[Evidence]:
        del db
        self.seen.append(body)
        return [Evidence(kind, at, None, "register") for kind in self.body_kinds]

    def account(
        self, person: Person | None = None, kinds: Sequence[str] = NATURAL, kind: AccountKind = AccountKind.NATURAL
    ) -> Account:
        """A person of whom this was proved; found by whatever the person's values are."""
        said, at = person or Person(), self.clock.now()
        found = {"number": said.id_number, "username": said.username, "phone": said.phone}
        with self.new_work() as work:
            made = Accounts(work.db, VAULT).add(
                said, at, kind=kind, identifiers={name: value for name, value in found.items() if value}
            )
            for one in kinds:
                EvidenceRecords(work.db).add(made.id, Evidence(one, at, None, "test"))
        return made

    def represented(self, body: str = BODY) -> Account:
        """A new account that the register names as representative of a body."""
        made = self.account()
        with self.new_work() as work:
            recognise_representative(work, body, made.id, "service idp", self.clock.now())
        return made

    def granted(self, by: Account, to: Account, role: MandateRole = MandateRole.OPERATOR, **more: object) -> Mandate:
        """A mandate that was granted and accepted."""
        offer = Offer(BODY, to.id, role, **more)  # type: ignore[arg-type]
        return self.accept(to.id, L4, self.grant(by.id, L4, offer).id)

    def session(self, account: Account, *methods: str) -> Session:
        """A live session of an account with these factors shown now."""
        at = self.clock.now()
        proofs = tuple(Proof(one, at) for one in methods or ("passkey-device",))
        made = Session(
            sid=secrets.token_hex(16),
            account=account.id,
            proofs=proofs,
            started_at=at,
            seen_at=at,
            ends_at=at + timedelta(hours=12),
            stops_at=at + timedelta(hours=12),
            cap=HIGHEST,
        )
        with self.new_work() as work:
            Levels(work.db).ladder()
            Sessions(work.db).start(made, hashlib.sha256(made.sid.encode()).digest())
        return made

    def acting(self, sid: str) -> str | None:
        with self.database.reading() as db:
            found = Sessions(db).find_by_sid(sid)
        return None if found is None else found.acting

    def live(self, sid: str) -> bool:
        with self.database.reading() as db:
            found = Sessions(db).find_by_sid(sid)
        return found is not None and found.live(self.clock.now())

    def disable(self, account: Account) -> None:
        with self.new_work() as work:
            known = Accounts(work.db, VAULT)
            known.save(known.get(account.id).changed(AccountState.DISABLED))

    def dump(self) -> str:
        """Everything in every table, as text: bytes as they would read."""
        with self.database.reading() as db:
            names = inspect(db).get_table_names()
            rows = [tuple(row) for name in names for row in db.execute(text(f'SELECT * FROM "{name}"'))]
        cells = [cell for row in rows for cell in row]
        return "\n".join(
            bytes(one).decode("utf-8", "replace") if isinstance(one, bytes | memoryview) else str(one) for one in cells
        )

    def held(self, mandate: str) -> Mandate:
        with self.database.reading() as db:
            return Mandates(db).get(mandate)

    def events(self, *subjects: str) -> list[str]:
        """What the journal tells of these subjects."""
        with self.new_work() as work:
            return [entry.event for subject in subjects for _, entry in work.journal.about(subject)]
