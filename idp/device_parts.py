"""Wires passkeys, certificates, keys of apps and scanned sign-in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from idp.certificate_authorities import CertificateAuthorities
from idp.factors.certificate import CertificateFactor
from idp.factors.device_key import DeviceKeyFactor
from idp.factors.passkey import PasskeyFactor
from idp.factors.qr import QrFactor
from idp.settings import IdpSettings
from idp.sources.notices import Notices
from idp.storage.persons import Vault
from idp.usecases.bind_certificate import BindCertificate
from idp.usecases.confirm_qr import ConfirmQr
from idp.usecases.enrol_device_key import EnrolDeviceKey
from idp.usecases.forget_challenges import ForgetChallenges
from idp.usecases.offer_qr import OfferQr
from idp.usecases.redeem_qr import RedeemQr
from idp.usecases.register_passkey import RegisterPasskey
from idp.usecases.remove_device import Enrolled, RemoveDevice
from idp.usecases.scan_qr import ScanQr
from idp.usecases.sign_in_with_certificate import SignInWithCertificate
from idp.usecases.sign_in_with_passkey import SignInWithPasskey
from trust.jobs.queue import Group
from trust.jobs.worker import Periodic
from trust.net.client import shared
from trust.plugin import Floor
from trust.publishing import publisher
from trust.recognition.root_file import Root
from trust.statuses import StatusSource
from trust.storage.database import Database

if TYPE_CHECKING:
    from trust.clock import Clock

KIND: Final = "idp-challenges"
PERIODIC: Final = Periodic(KIND, timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class DeviceParts:
    """What the pages and interfaces of this room need."""

    issuer: str
    clock: "Clock"
    database: Database
    passkeys: PasskeyFactor
    certificates: CertificateFactor
    device_keys: DeviceKeyFactor
    register_passkey: RegisterPasskey
    sign_in_with_passkey: SignInWithPasskey
    bind_certificate: BindCertificate
    sign_in_with_certificate: SignInWithCertificate
    enrol_device_key: EnrolDeviceKey
    offer_qr: OfferQr
    scan_qr: ScanQr
    confirm_qr: ConfirmQr
    redeem_qr: RedeemQr
    remove_device: RemoveDevice

    @classmethod
    def of(cls, floor: Floor, vault: Vault, enrolled: Enrolled, notices: Notices) -> Self:
        """Put it together for a home.

        Args:
            floor: of the home.
            vault: of the persons.
            enrolled: every method an account has, of this room and all others.
            notices: tells people what happens to their accounts.
        """
        settings = IdpSettings.of(floor.settings)
        said, work, clock = settings.devices, floor.new_work, floor.clock
        issuer, life = urlsplit(settings.issuer), timedelta(seconds=said.challenge_seconds)
        origin = f"{issuer.scheme}://{issuer.netloc}"
        passkeys = PasskeyFactor.of(settings.issuer, said.name, life, said.attestation_roots())
        authorities = CertificateAuthorities(
            said.certificate_authorities(), floor.database, floor.objects, clock, _root(floor)
        )
        statuses = StatusSource(floor.database, floor.objects, shared(floor.settings), clock)
        certificates = CertificateFactor(origin, life, authorities, statuses)
        device_keys, qr = DeviceKeyFactor(origin, life), QrFactor(timedelta(seconds=said.qr_seconds))
        return cls(
            issuer=settings.issuer,
            clock=clock,
            database=floor.database,
            passkeys=passkeys,
            certificates=certificates,
            device_keys=device_keys,
            register_passkey=RegisterPasskey(work, clock, passkeys, notices),
            sign_in_with_passkey=SignInWithPasskey(work, clock, passkeys),
            bind_certificate=BindCertificate(work, clock, vault, certificates, notices),
            sign_in_with_certificate=SignInWithCertificate(work, clock, certificates),
            enrol_device_key=EnrolDeviceKey(work, clock, device_keys, notices),
            offer_qr=OfferQr(work, clock, qr),
            scan_qr=ScanQr(work, clock, qr, device_keys),
            confirm_qr=ConfirmQr(work, clock, qr, device_keys),
            redeem_qr=RedeemQr(floor.database, work, clock, qr),
            remove_device=RemoveDevice(work, clock, vault, enrolled, notices),
        )


@dataclass(frozen=True, slots=True)
class ForgetWorker:
    """The handler of `PERIODIC`."""

    floor: Floor

    def __call__(self, group: Group) -> None:
        """Forget what is over, then finish the job."""
        ForgetChallenges(self.floor.new_work, self.floor.clock)()
        with self.floor.new_work() as work:
            work.jobs.finish(group)


def _root(floor: Floor) -> Callable[[], Root] | None:
    return (lambda: publisher(floor).root()) if floor.settings.region else None
