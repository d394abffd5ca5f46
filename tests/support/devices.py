"""Accounts that sign in with devices: the use cases of passkeys, certificates, keys of apps and codes on one database."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from certs.certificate import Certificate
from certs.keys import PrivateKey
from certs.revocation import Good, Status
from certs.validation import ValidatedPath
from idp.factors import possession
from idp.factors.certificate import CertificateFactor
from idp.factors.device_key import DeviceKeyFactor, SignedAct
from idp.factors.passkey import PasskeyFactor
from idp.factors.qr import QrFactor
from idp.model.account import Account, AccountKind, Person
from idp.model.device import DeviceKey
from idp.sources.notices import WORDS
from idp.storage.accounts import Accounts
from idp.storage.persons import Vault
from idp.usecases.bind_certificate import BindCertificate
from idp.usecases.confirm_qr import ConfirmQr
from idp.usecases.enrol_device_key import EnrolDeviceKey
from idp.usecases.forget_challenges import ForgetChallenges
from idp.usecases.offer_qr import OfferQr
from idp.usecases.redeem_qr import RedeemQr
from idp.usecases.register_passkey import RegisterPasskey
from idp.usecases.remove_device import RemoveDevice
from idp.usecases.scan_qr import ScanQr
from idp.usecases.sign_in_with_certificate import SignInWithCertificate
from idp.usecases.sign_in_with_passkey import SignInWithPasskey
from tests.support.authenticator import Authenticator
from tests.support.clock import SettableClock
from tests.support.hierarchy import NOW
from trust.keys.fields import BlindIndex, FieldCipher
from trust.recognition import jwk
from trust.statuses import Standing
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank

ISSUER = "https://id.example.gov.cn"
BROWSER = hashlib.sha256(b"this browser").digest()
OTHER_BROWSER = hashlib.sha256(b"another browser").digest()
LIFE = timedelta(minutes=5)
VAULT = Vault(FieldCipher({1: bytes(16)}), BlindIndex({1: bytes(32)}))


@dataclass
class SaidStatuses:
    """Says what a test wants said of every certificate."""

    said: Status | None = field(default_factory=lambda: Good(NOW))

    def standing_of_path(self, path: ValidatedPath, at: datetime | None = None) -> Standing:
        del path, at
        return Standing(self.said)


@dataclass
class ToldNotices:
    """Remembers whom it told what."""

    told: list[tuple[str, str]] = field(default_factory=list)

    def tell(self, account: str, what: str, more: str = "") -> None:
        assert what in WORDS
        self.told.append((account, what + more))


@dataclass
class DeviceHouse:
    """Everything over one database."""

    database: Database
    new_work: NewWork
    clock: SettableClock
    roots: Sequence[bytes] = ()
    authorities: tuple[Certificate, ...] = ()
    statuses: SaidStatuses = field(default_factory=SaidStatuses)
    notices: ToldNotices = field(default_factory=ToldNotices)
    others: frozenset[str] = frozenset({"password"})  # what other rooms enrolled for everybody

    @property
    def passkeys(self) -> PasskeyFactor:
        return PasskeyFactor.of(ISSUER, "统一身份认证", LIFE, self.roots)

    @property
    def certificates(self) -> CertificateFactor:
        return CertificateFactor(ISSUER, LIFE, lambda _: self.authorities, self.statuses)

    @property
    def device_keys(self) -> DeviceKeyFactor:
        return DeviceKeyFactor(ISSUER, LIFE)

    @property
    def qr(self) -> QrFactor:
        return QrFactor(timedelta(seconds=90))

    @property
    def register_passkey(self) -> RegisterPasskey:
        return RegisterPasskey(self.new_work, self.clock, self.passkeys, self.notices)

    @property
    def sign_in_with_passkey(self) -> SignInWithPasskey:
        return SignInWithPasskey(self.new_work, self.clock, self.passkeys)

    @property
    def bind_certificate(self) -> BindCertificate:
        return BindCertificate(self.new_work, self.clock, VAULT, self.certificates, self.notices)

    @property
    def sign_in_with_certificate(self) -> SignInWithCertificate:
        return SignInWithCertificate(self.new_work, self.clock, self.certificates)

    @property
    def enrol_device_key(self) -> EnrolDeviceKey:
        return EnrolDeviceKey(self.new_work, self.clock, self.device_keys, self.notices)

    @property
    def offer_qr(self) -> OfferQr:
        return OfferQr(self.new_work, self.clock, self.qr)

    @property
    def scan_qr(self) -> ScanQr:
        return ScanQr(self.new_work, self.clock, self.qr, self.device_keys)

    @property
    def confirm_qr(self) -> ConfirmQr:
        return ConfirmQr(self.new_work, self.clock, self.qr, self.device_keys)

    @property
    def redeem_qr(self) -> RedeemQr:
        return RedeemQr(self.database, self.new_work, self.clock, self.qr)

    @property
    def remove_device(self) -> RemoveDevice:
        return RemoveDevice(self.new_work, self.clock, VAULT, self.enrolled, self.notices)

    @property
    def forget_challenges(self) -> ForgetChallenges:
        return ForgetChallenges(self.new_work, self.clock)

    def enrolled(self, db: Connection, account: str) -> frozenset[str]:
        return possession.enrolled(db, account) | self.others

    def account(self, kind: AccountKind = AccountKind.NATURAL) -> Account:
        """A new account."""
        with self.new_work() as work:
            return Accounts(work.db, VAULT).add(Person(), self.clock.now(), kind=kind)

    def passkey(self, account: Account, authenticator: Authenticator, al: int = 4) -> Authenticator:
        """Set an authenticator up for an account."""
        options = self.register_passkey.options(account.id, "张**", BROWSER)
        self.register_passkey(account.id, authenticator.create(options), "", BROWSER, Rank(al))
        return authenticator

    def app(self, account: Account, key: PrivateKey) -> DeviceKey:
        """Set an app up for an account."""
        code = self.enrol_device_key.ask(account.id, Rank(3)).nonce
        act = self.act(key, "", "idp-device-enrol", code)
        return self.enrol_device_key(code, jwk.to_json(key.public_key), "手机", act)

    def act(self, key: PrivateKey, name: str, action: str, value: str, client: str = "") -> SignedAct:
        """Sign as an app signs."""
        at = self.clock.now()
        message = self.device_keys.message(action, value, client, at)
        return SignedAct(name, at, jwk.encode_base64url(key.sign(message.encode())))

    def events(self, *subjects: str) -> list[str]:
        """What the journal tells of these subjects."""
        with self.new_work() as work:
            entries = [entry for subject in subjects for _, entry in work.journal.about(subject)]
        return [one.event for one in entries]
