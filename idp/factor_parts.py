"""Wires passwords, one-time passwords, recovery codes and codes by message."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Self

from idp.factors.hashing import PasswordHashes
from idp.factors.password import PasswordFactor
from idp.factors.password_policy import BreachedPasswords, PasswordPolicy
from idp.factors.sent_code import SMS, SentCodeFactor
from idp.factors.totp import TotpFactor
from idp.model.challenge import new_nonce
from idp.settings import IdpSettings
from idp.sources.notices import Channel, Notices
from idp.storage.persons import Vault
from idp.usecases.confirm_totp import ConfirmTotp
from idp.usecases.enrol_totp import EnrolTotp
from idp.usecases.forget_failures import ForgetFailures
from idp.usecases.make_recovery_codes import MakeRecoveryCodes
from idp.usecases.remove_totp import RemoveTotp
from idp.usecases.send_sms_code import SendSmsCode
from idp.usecases.set_password import SetPassword
from idp.usecases.show_second_factor import ShowSecondFactor
from idp.usecases.sign_in_with_code import SignInWithCode
from idp.usecases.sign_in_with_password import SignInWithPassword
from trust.jobs.queue import Group
from trust.jobs.worker import Periodic
from trust.plugin import Floor

KIND: Final = "idp-failures"
PERIODIC: Final = Periodic(KIND, timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class FactorParts:
    """What the pages of this room need, and what others call; codes by message only where a channel is."""

    passwords: PasswordFactor
    sign_in_with_password: SignInWithPassword
    set_password: SetPassword
    show_second_factor: ShowSecondFactor
    enrol_totp: EnrolTotp
    confirm_totp: ConfirmTotp
    remove_totp: RemoveTotp
    make_recovery_codes: MakeRecoveryCodes
    send_sms_code: SendSmsCode | None
    sign_in_with_code: SignInWithCode

    @classmethod
    def of(cls, floor: Floor, vault: Vault, hashes: PasswordHashes, notices: Notices, sms: Channel | None) -> Self:
        """Put it together for a home.

        Args:
            floor: of the home.
            vault: of the persons.
            hashes: makes password digests.
            notices: tells people what happens to their accounts.
            sms: sends short messages.
        """
        said = IdpSettings.of(floor.settings).passwords
        work, clock = floor.new_work, floor.clock
        breached = BreachedPasswords(Path(said.breached_file)) if said.breached_file else None
        passwords = PasswordFactor.of(hashes, PasswordPolicy(breached, said.development_simple), new_nonce)
        totp, codes = TotpFactor(vault.cipher), SentCodeFactor(SMS, vault.index)
        return cls(
            passwords=passwords,
            sign_in_with_password=SignInWithPassword(floor.database, work, clock, vault, passwords),
            set_password=SetPassword(floor.database, work, clock, vault, passwords, notices),
            show_second_factor=ShowSecondFactor(work, clock, totp),
            enrol_totp=EnrolTotp(work, clock, totp),
            confirm_totp=ConfirmTotp(work, clock, totp, notices),
            remove_totp=RemoveTotp(work, clock, totp, notices),
            make_recovery_codes=MakeRecoveryCodes(work, clock, notices),
            send_sms_code=None if sms is None else SendSmsCode(work, clock, vault, codes, sms),
            sign_in_with_code=SignInWithCode(work, clock, codes),
        )


@dataclass(frozen=True, slots=True)
class ForgetWorker:
    """The handler of `PERIODIC`."""

    floor: Floor

    def __call__(self, group: Group) -> None:
        """Forget what is over, then finish the job."""
        ForgetFailures(self.floor.new_work, self.floor.clock)()
        with self.floor.new_work() as work:
            work.jobs.finish(group)
