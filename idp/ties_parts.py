"""Wires mandates, links, imported users, merges, recovery and carried sign-ins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self

from sqlalchemy import Connection

from idp.factors.password import PasswordFactor
from idp.factors.password_policy import folded
from idp.factors.sent_code import SentCodeFactor
from idp.model.assurance import Evidence
from idp.settings import IdpSettings
from idp.sources.national_simulator import SimulatedNational
from idp.sources.notices import Channel, Notices
from idp.sources.outside import Outside, OutsideProvider
from idp.sources.outside_simulator import SimulatedProvider
from idp.storage.credentials import keep_password
from idp.storage.persons import Vault
from idp.storage.recovery_events import Withdraw
from idp.usecases.accept_mandate import AcceptMandate
from idp.usecases.act_for_body import ActForBody
from idp.usecases.cancel_recovery import CancelRecovery
from idp.usecases.change_phone import ChangePhone
from idp.usecases.claim_imported import ClaimImported
from idp.usecases.confirm_mandate import ConfirmMandate
from idp.usecases.end_due_mandates import EndDueMandates
from idp.usecases.end_mandate import EndMandate
from idp.usecases.finish_recoveries import FinishRecoveries
from idp.usecases.forget_ties import ForgetTies
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
from trust.jobs.queue import Group
from trust.jobs.worker import Periodic
from trust.plugin import Floor

KIND: Final = "idp-ties"
PERIODIC: Final = Periodic(KIND, timedelta(minutes=10))
NEW_PHONE: Final = "new-phone"  # the method of codes to phones that are no account's yet
SIMULATOR_SECRET: Final = "idp-simulator"  # noqa: S105 - the name of a secret in the key ring


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What other rooms give to this one.

    Attributes:
        enrolled: every method an account has, of all rooms.
        body_evidence: what is proved about a body now.
        employer: the body whose official an account is.
        passwords: digests and judges passwords.
        withdrawals: of each room, what forgets an account's authenticators.
        notices: tells people what happens to their accounts.
        sms: short messages.
        secret: of subjects.
        providers: outside providers that are set up, by name.
    """

    enrolled: Callable[[Connection, str], frozenset[str]]
    body_evidence: Callable[[Connection, str, datetime], Sequence[Evidence]]
    employer: Callable[[Connection, str], str | None]
    passwords: PasswordFactor
    withdrawals: Sequence[Withdraw]
    notices: Notices
    sms: Channel
    secret: bytes = field(repr=False)
    providers: Mapping[str, OutsideProvider] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TiesParts:
    """What the pages and interfaces of this room need, and what others call."""

    grant_mandate: GrantMandate
    accept_mandate: AcceptMandate
    scope_mandate: ScopeMandate
    confirm_mandate: ConfirmMandate
    end_mandate: EndMandate
    act_for_body: ActForBody
    go_outside: GoOutside
    sign_in_by_link: SignInByLink
    link_account: LinkAccount
    unlink_account: UnlinkAccount
    sign_in_by_national: SignInByNational | None
    claim_imported: ClaimImported
    resolve_conflict: ResolveConflict
    merge_accounts: MergeAccounts
    undo_merge: UndoMerge
    recover_password: RecoverPassword
    change_phone: ChangePhone
    send_new_phone_code: SendNewPhoneCode
    cancel_recovery: CancelRecovery
    recover_staff: RecoverStaff
    issue_web_ticket: IssueWebTicket
    redeem_web_ticket: RedeemWebTicket
    played: Mapping[str, SimulatedProvider]
    national: SimulatedNational | None

    @classmethod
    def of(cls, floor: Floor, vault: Vault, others: Neighbours) -> Self:
        """Put it together for a home."""
        settings = IdpSettings.of(floor.settings)
        work, clock, told = floor.new_work, floor.clock, others.notices
        played, national = _played(floor, settings)
        outside = Outside({**played, **others.providers})
        by_national = None if national is None else SignInByNational(work, clock, vault, national, settings.issuer)
        codes = SentCodeFactor(NEW_PHONE, vault.index)
        withdrawals, secret = others.withdrawals, others.secret
        delay, cancel = settings.ties.phone_delay, settings.url("/idp/recovery/cancel")
        return cls(
            grant_mandate=GrantMandate(work, clock, vault),
            accept_mandate=AcceptMandate(work, clock),
            scope_mandate=ScopeMandate(work, clock),
            confirm_mandate=ConfirmMandate(work, clock),
            end_mandate=EndMandate(work, clock),
            act_for_body=ActForBody(work, clock, others.body_evidence),
            go_outside=GoOutside(work, clock, outside),
            sign_in_by_link=SignInByLink(work, clock, vault, outside),
            link_account=LinkAccount(work, clock, vault, outside, told),
            unlink_account=UnlinkAccount(work, clock, vault, outside, others.enrolled, told),
            sign_in_by_national=by_national,
            claim_imported=ClaimImported(work, clock, vault, old_password(others.passwords), keep_password),
            resolve_conflict=ResolveConflict(work, clock, vault),
            merge_accounts=MergeAccounts(work, clock, vault, secret, told),
            undo_merge=UndoMerge(work, clock, vault, told),
            recover_password=RecoverPassword(
                work, clock, vault, secret, others.passwords.encode, keep_password, withdrawals, told
            ),
            send_new_phone_code=SendNewPhoneCode(work, clock, codes, others.sms),
            change_phone=ChangePhone(work, clock, vault, secret, delay, cancel, codes, told),
            cancel_recovery=CancelRecovery(work, clock, told),
            recover_staff=RecoverStaff(work, clock, vault, others.employer, withdrawals),
            issue_web_ticket=IssueWebTicket(work, clock),
            redeem_web_ticket=RedeemWebTicket(work, clock),
            played=played,
            national=national,
        )


@dataclass(frozen=True, slots=True)
class TiesWorker:
    """The handler of `PERIODIC`."""

    floor: Floor
    vault: Vault
    withdrawals: Sequence[Withdraw]
    notices: Notices

    def __call__(self, group: Group) -> None:
        """End, carry out and forget what is due, then finish the job."""
        work, clock = self.floor.new_work, self.floor.clock
        EndDueMandates(work, clock)()
        FinishRecoveries(work, clock, self.vault, self.withdrawals, self.notices)()
        ForgetTies(work, clock)()
        with work() as done:
            done.jobs.finish(group)


def old_password(passwords: PasswordFactor) -> Callable[[str], str]:
    """Return what digests a password that an older system took: its owner signs in with it whatever it is like."""
    return lambda password: passwords.hashes.encode(folded(password) or password)


def _played(floor: Floor, settings: IdpSettings) -> tuple[Mapping[str, SimulatedProvider], SimulatedNational | None]:
    """The providers and the platform that a home in development plays."""
    if floor.settings.production:
        return {}, None
    floor.keys.create_secret(SIMULATOR_SECRET, exist_ok=True)
    secret, page = floor.keys.secret(SIMULATOR_SECRET), settings.url("/idp/simulated")
    names = settings.ties.simulated_providers
    played = {one: SimulatedProvider(one, f"{page}/{one}", secret, floor.database, floor.clock) for one in names}
    return played, SimulatedNational(f"{page}/national", secret, floor.clock)
