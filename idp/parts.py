"""Wires the provider: what its endpoints and pages are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from starlette.datastructures import Headers

from idp.client_parts import ClientParts
from idp.factor_parts import FactorParts
from idp.factors import enrolment, possession
from idp.factors.hashing import PasswordHashes
from idp.key_parts import signing_keys
from idp.model.client import Client
from idp.oidc.access_token import OwnAccess
from idp.oidc.back_channel import BackChannel
from idp.oidc.client_auth import ClientAuthenticator
from idp.oidc.dpop import DpopProofs
from idp.oidc.id_token import UserClaims
from idp.oidc.keys import SigningKeys
from idp.oidc.mtls import ClientCertificates
from idp.oidc.presence import Visitors
from idp.oidc.progress import Progress
from idp.oidc.subjects import Subjects
from idp.oidc.tokens import Tokens
from idp.oidc.waiting import WaitingRequests
from idp.settings import IdpSettings
from idp.settings_messages import MessagesSection
from idp.sources.gateway import Gateway, NoChannel
from idp.sources.notices import AccountNotices, Channel
from idp.sources.outbox import Outbox
from idp.storage.body_evidence import body_evidence
from idp.storage.clients import KnownClients
from idp.storage.persons import Vault
from idp.ties_parts import Neighbours, TiesParts
from idp.usecases.deliver_logouts import DeliverLogouts
from idp.usecases.end_due_sessions import EndDueSessions
from trust.jobs.queue import Group
from trust.jobs.worker import Periodic
from trust.net.client import shared
from trust.plugin import Floor

SUBJECTS: Final = "idp-subject"
COOKIES: Final = "idp-cookie"
KIND: Final = "idp-sessions"
PERIODIC: Final = Periodic(KIND, timedelta(minutes=1))
WITHDRAWALS: Final = (enrolment.withdraw, possession.withdraw)


@dataclass(frozen=True, slots=True)
class BoundTokens:
    """Tells to which key the tokens of a request are bound: DPoP, or the certificate that the proxy vouches for."""

    proofs: DpopProofs
    certificates: ClientCertificates
    url: str

    def __call__(self, headers: Mapping[str, str], client: Client, at: datetime) -> tuple[str, str]:
        """Return the thumbprint, and the kind of token; raises DpopRefused."""
        given = headers.getlist("dpop") if isinstance(headers, Headers) else []
        key = self.proofs(given, method="POST", url=self.url, at=at)
        if key is not None:
            return key, "DPoP"
        if client.metadata.get("tls_client_certificate_bound_access_tokens"):
            return self.certificates.thumbprint(headers) or "", "Bearer"
        return "", "Bearer"


@dataclass(frozen=True, slots=True)
class Parts:
    """What all rooms share."""

    floor: Floor
    settings: IdpSettings
    vault: Vault
    clients: KnownClients
    keys: SigningKeys
    client_parts: ClientParts
    authenticate: ClientAuthenticator
    subjects: Subjects
    factors: FactorParts
    ties: TiesParts
    notices: AccountNotices

    @classmethod
    def of(cls, floor: Floor) -> Self:
        """Put it together for a home."""
        settings, vault = IdpSettings.of(floor.settings), Vault.of(floor.keys)
        for name in (SUBJECTS, COOKIES):
            floor.keys.create_secret(name, exist_ok=True)
        clients, client_parts = KnownClients(floor.database), ClientParts.of(floor)
        said = settings.messages
        sms, mail = channel(floor, said, said.sms_url, "sms"), channel(floor, said, said.mail_url, "mail")
        notices = AccountNotices(floor.database, vault, sms, mail)
        factors = FactorParts.of(floor, vault, PasswordHashes(), notices, sms)
        secret = floor.keys.secret(SUBJECTS)
        neighbours = Neighbours(
            enrolled=enrolment.enrolled, body_evidence=body_evidence, employer=lambda _, __: None,
            passwords=factors.passwords, withdrawals=WITHDRAWALS, notices=notices, sms=sms or NoChannel(), secret=secret,
        )  # fmt: skip
        return cls(
            floor=floor, settings=settings, vault=vault, clients=clients, keys=signing_keys(floor),
            client_parts=client_parts,
            authenticate=ClientAuthenticator(clients.find, client_parts.assertions, client_parts.certificates),
            subjects=Subjects(secret), factors=factors, ties=TiesParts.of(floor, vault, neighbours), notices=notices,
        )  # fmt: skip

    @property
    def claims(self) -> UserClaims:
        return UserClaims(self.vault, self.settings.issuer, self.settings.id_token_life)

    @property
    def visitors(self) -> Visitors:
        return Visitors(self.vault, self.subjects, enrolment.enrolled, body_evidence)

    @property
    def back_channel(self) -> BackChannel:
        return BackChannel(self.clients.find)

    @property
    def deliveries(self) -> DeliverLogouts:
        """What carries logout tokens; the handler of their jobs."""
        floor = self.floor
        return DeliverLogouts(
            floor.database, floor.new_work, floor.clock, self.clients.find, self.keys, shared(floor.settings),
            self.settings.issuer,
        )  # fmt: skip

    @property
    def waiting(self) -> WaitingRequests:
        return WaitingRequests(self.clients.find)

    @property
    def progress(self) -> Progress:
        return Progress(self.visitors, self.keys, self.settings.issuer, self.settings.code_life)

    @property
    def tokens(self) -> Tokens:
        said = self.settings
        own = OwnAccess(self.vault, said.issuer, said.own_audiences, said.own_access_life)
        return Tokens(
            self.claims, said.access_life, said.refresh_life, said.refresh_grace, said.refresh_grace_uses, own
        )

    @property
    def bound(self) -> BoundTokens:
        proofs, certificates = self.client_parts.proofs, self.client_parts.certificates
        return BoundTokens(proofs, certificates, self.settings.url("/oauth/token"))


def channel(floor: Floor, said: MessagesSection, url: str, name: str) -> Channel | None:
    """Return the gateway that is set up, the outbox of a home in development, or nothing."""
    if url:
        return Gateway(shared(floor.settings), url, said.token())
    return None if floor.settings.production else Outbox(floor.settings.home / "outbox" / f"{name}.txt")


@dataclass(frozen=True, slots=True)
class SessionWorker:
    """The handler of `PERIODIC`."""

    floor: Floor
    back_channel: BackChannel

    def __call__(self, group: Group) -> None:
        """End and forget what is due, then finish the job."""
        EndDueSessions(self.floor.new_work, self.floor.clock, self.back_channel)()
        with self.floor.new_work() as work:
            work.jobs.finish(group)
