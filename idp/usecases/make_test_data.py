"""Fill a home in development with users and clients for conformance suites, probes and load tests."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from idp.errors import TestDataForbidden
from idp.model.account import Person
from idp.model.assurance import Evidence
from idp.model.client import Client, ClientState, Profile
from idp.oidc.progress import SYNTHETIC
from idp.storage.accounts import Accounts
from idp.storage.clients import Clients
from idp.storage.credentials import Credentials
from idp.storage.evidence import EvidenceRecords
from idp.storage.levels import Levels
from idp.storage.persons import Vault
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork, UnitOfWork
from trust.values.principal import Principal

USERS: Final = 100
SCOPES: Final = "openid profile phone email address offline_access api"
GRANTS: Final = ("authorization_code", "refresh_token", "client_credentials")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where clients are, as they would register it."""

    redirect: tuple[str, ...] = ()
    post_logout: tuple[str, ...] = ()
    back_channel: str = ""


@dataclass(frozen=True, slots=True)
class TestData:
    """What is given.

    Attributes:
        digest: of everybody's password.
        secret: of the clients that have one.
        key: public JWK of the client that signs (ES256).
        addresses: of every client.
    """

    digest: str = field(repr=False)
    secret: str = field(repr=False)
    key: Mapping[str, Any]
    addresses: Addresses


@dataclass(frozen=True, slots=True)
class MakeTestData:
    """Make what is missing, and set clients to what is given; running it again changes nothing else."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    production: bool

    def __call__(self, given: TestData, by: Principal) -> int:
        """Return how many users were made.

        Raises:
            TestDataForbidden: the home is in production.
        """
        if self.production:
            raise TestDataForbidden("a home in production has no test data")
        at, made = self.clock.now(), 0
        with self.new_work() as work:
            for number in range(USERS):
                made += self._user(work, number, given.digest, at)
            for client in clients(given, by.subject, at):
                known = Clients(work.db).find(client.id)
                if known is None:
                    Clients(work.db).add(client)
                else:
                    Clients(work.db).replace(known, client)
            work.journal.append("test-data-made", "idp", by.subject, {"users": str(made)})
        return made

    def _user(self, work: UnitOfWork, number: int, digest: str, at: datetime) -> bool:
        accounts, name = Accounts(work.db, self.vault), f"user{number}"
        if accounts.find_by_identifier("username", name) is not None:
            return False
        known = person(number)
        identifiers = {"username": name, "phone": known.phone, "email": known.email}
        account = accounts.add(known, at, origin=SYNTHETIC, identifiers=identifiers, verified=("phone", "email"))
        Credentials(work.db).keep(account.id, digest, at)
        ends = Levels(work.db).ladder().expires("phone", at)
        EvidenceRecords(work.db).add(account.id, Evidence("phone", at, ends, SYNTHETIC))
        EvidenceRecords(work.db).add(account.id, Evidence("two-elements", at, None, SYNTHETIC))
        return True


def person(number: int) -> Person:
    """Return an invented person about whom every standard claim is known."""
    name = f"user{number}"
    return Person(
        username=name, name="测试用户", given_name="用户", middle_name="小", family_name="测试", nickname=name,
        phone=f"+86190000{number:05}", phone_verified=True, email=f"{name}@example.com", email_verified=True,
        profile=f"https://people.example/{name}", picture=f"https://people.example/{name}.png",
        website=f"https://{name}.example/", gender="female", birthdate="1990-01-01", zoneinfo="Asia/Shanghai",
        locale="zh-CN", address="示例省示例市一号", updated_at=1_700_000_000,
    )  # fmt: skip


def clients(given: TestData, by: str, at: datetime) -> Sequence[Client]:
    """Return the clients that suites expect: strict ones, ones for which PKCE is optional, one for each way to prove."""
    digest = hashlib.sha256(given.secret.encode()).digest()

    def one(name: str, method: str = "client_secret_basic", **more: Any) -> Client:
        metadata = {
            "client_name": name, "redirect_uris": list(given.addresses.redirect), "response_types": ["code"],
            "post_logout_redirect_uris": list(given.addresses.post_logout), "grant_types": list(GRANTS),
            "scope": SCOPES, "token_endpoint_auth_method": method, **more,
        }  # fmt: skip
        if given.addresses.back_channel:
            metadata["backchannel_logout_uri"] = given.addresses.back_channel
        return Client(
            id=name, state=ClientState.ACTIVE, profile=Profile.STANDARD, first_party=False, metadata=metadata,
            created_by=by, created_at=at, changed_at=at,
            secret=digest if method.startswith("client_secret") else None,
        )  # fmt: skip

    signing = {"jwks": {"keys": [dict(given.key)]}, "token_endpoint_auth_signing_alg": "ES256"}
    return (
        one("bench"),
        one("optional1", pkce="optional"),
        one("optional2", pkce="optional"),
        one("optional3", "client_secret_post", pkce="optional"),
        one("public", "none", grant_types=["authorization_code", "refresh_token"]),
        one("pkjwt", "private_key_jwt", **signing),
    )
