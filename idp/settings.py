"""`[idp]`: the issuer, and how long what it gives out lives."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from idp.settings_devices import DevicesSection
from idp.settings_keys import KeysSection
from idp.settings_messages import MessagesSection
from idp.settings_mtls import MtlsSection
from idp.settings_passwords import PasswordsSection
from idp.settings_ties import TiesSection
from trust.settings import Settings, SettingsMalformed


@dataclass(frozen=True, slots=True)
class IdpSection:
    """The section as it is written."""

    issuer: str = ""  # empty: [http] public_url
    acr_prefix: str = "urn:cn-gov:loa:"
    code_seconds: int = 60
    access_seconds: int = 600
    id_token_seconds: int = 600
    own_access_seconds: int = 60  # of JWT access tokens for our own audiences
    refresh_days: int = 30
    refresh_grace_seconds: int = 10
    refresh_grace_uses: int = 2
    interaction_seconds: int = 1_800
    consent_days: int = 365
    own_audiences: tuple[str, ...] = ()  # resource servers of ours, which learn the holder index
    dpop_nonces: bool = False  # whether a proof of possession needs a nonce of ours
    devices: DevicesSection = field(default_factory=DevicesSection)
    keys: KeysSection = field(default_factory=KeysSection)
    messages: MessagesSection = field(default_factory=MessagesSection)
    mtls: MtlsSection = field(default_factory=MtlsSection)
    passwords: PasswordsSection = field(default_factory=PasswordsSection)
    ties: TiesSection = field(default_factory=TiesSection)


@dataclass(frozen=True, slots=True)
class IdpSettings:
    """The section as it is used."""

    issuer: str
    acr_prefix: str
    code_life: timedelta
    access_life: timedelta
    id_token_life: timedelta
    own_access_life: timedelta
    refresh_life: timedelta
    refresh_grace: timedelta
    refresh_grace_uses: int
    interaction_life: timedelta
    consent_life: timedelta
    own_audiences: frozenset[str]
    dpop_nonces: bool
    devices: DevicesSection
    keys: KeysSection
    messages: MessagesSection
    mtls: MtlsSection
    passwords: PasswordsSection
    ties: TiesSection

    @classmethod
    def of(cls, settings: Settings) -> "IdpSettings":
        """Read the section.

        Raises:
            SettingsMalformed: an issuer that is none, or a life that the rules forbid.
        """
        said = settings.section("idp", IdpSection)
        issuer = (said.issuer or settings.http.public_url).rstrip("/")
        parts = urlsplit(issuer)
        if parts.scheme not in ("https", "http") or not parts.netloc or parts.query or parts.fragment:
            raise SettingsMalformed("[idp] issuer: an https address without query and fragment")
        if parts.scheme == "http" and settings.production:
            raise SettingsMalformed("[idp] issuer: https in production")
        if not 1 <= said.code_seconds <= 60:
            raise SettingsMalformed("[idp] code_seconds: 1 to 60")
        if not 1 <= said.own_access_seconds <= 60:
            raise SettingsMalformed("[idp] own_access_seconds: 1 to 60")
        if not 0 <= said.refresh_grace_seconds <= 60 or not 0 <= said.refresh_grace_uses <= 5:
            raise SettingsMalformed("[idp] refresh_grace: at most 60 seconds and 5 uses")
        return cls(
            issuer=issuer,
            acr_prefix=said.acr_prefix,
            code_life=timedelta(seconds=said.code_seconds),
            access_life=timedelta(seconds=said.access_seconds),
            id_token_life=timedelta(seconds=said.id_token_seconds),
            own_access_life=timedelta(seconds=said.own_access_seconds),
            refresh_life=timedelta(days=said.refresh_days),
            refresh_grace=timedelta(seconds=said.refresh_grace_seconds),
            refresh_grace_uses=said.refresh_grace_uses,
            interaction_life=timedelta(seconds=said.interaction_seconds),
            consent_life=timedelta(days=said.consent_days),
            own_audiences=frozenset(said.own_audiences),
            dpop_nonces=said.dpop_nonces,
            devices=said.devices.checked(),
            keys=said.keys.checked(),
            messages=said.messages.checked(production=settings.production),
            mtls=said.mtls.checked(),
            passwords=said.passwords.checked(production=settings.production),
            ties=said.ties.checked(),
        )

    @property
    def secure(self) -> bool:
        """Whether cookies carry `Secure` and the `__Host-` prefix: always, but for http on loopback."""
        return self.issuer.startswith("https://")

    def url(self, path: str) -> str:
        """Return the address of one of our endpoints."""
        return self.issuer + path
