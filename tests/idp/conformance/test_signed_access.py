"""Access tokens for resource servers of our own: what a whole provider issues is what those servers accept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey

from idp.storage.accounts import Accounts
from idp.storage.persons import Vault
from tests.support.clock import SettableClock
from tests.support.idp_home import House, Platform, house
from tests.support.relying_party import RelyingParty
from trust.values.assurance import Rank
from trust.values.principal import PrincipalKind
from trust.web.bearer import Tokens
from trust.web.challenge import TokenInvalid

AUDIENCE = "trust-services"
NUMBER = "11010519491231002X"
OURS = Platform("ours", ("https://ours.example/back",), first_party=True)
THEIRS = Platform("theirs", ("https://theirs.example/back",))


@dataclass
class Keys:
    """The provider's published keys."""

    url: str
    known: dict[str, ECKey]

    def find_key(self, kid: str) -> ECKey | None:
        return self.known.get(kid)


@pytest.fixture(scope="module")
def at() -> SettableClock:
    return SettableClock()


@pytest.fixture(scope="module")
def home(at: SettableClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    more = ["[idp]", f'own_audiences = ["{AUDIENCE}"]']
    with house(tmp_path_factory.mktemp("signed"), [OURS, THEIRS], at, more=more) as opened:
        floor = opened.host.floor
        with floor.database.writing() as db:
            accounts = Accounts(db, Vault.of(floor.keys))
            account = accounts.find_by_identifier("username", "user0")
            assert account is not None
            accounts.identify(account.id, "number", NUMBER, at.now())
        yield opened


@pytest.fixture
def ours(home: House) -> Iterator[RelyingParty]:
    with home.browser() as walker:
        yield RelyingParty(home.issuer, OURS, walker)


@pytest.fixture
def theirs(home: House, ours: RelyingParty) -> RelyingParty:
    return RelyingParty(home.issuer, THEIRS, ours.walker)


@pytest.fixture
def reader(ours: RelyingParty) -> Tokens:
    found = ours.walker.client.get(ours.metadata["jwks_uri"]).json()["keys"]
    return Tokens(
        Keys(ours.issuer, {one["kid"]: ECKey.import_key(one) for one in found if one["alg"] == "ES256"}), AUDIENCE
    )


def granted(party: RelyingParty) -> dict[str, Any]:
    return party.sign_in(resource=AUDIENCE, scope="openid offline_access")


def test_a_service_of_ours_knows_the_person_by_the_token(
    ours: RelyingParty, reader: Tokens, home: House, at: SettableClock
) -> None:
    said = granted(ours)
    assert said["expires_in"] <= 60
    token = reader.verify(said["access_token"], at.now())
    principal = token.principal
    assert (principal.kind, principal.client, principal.subject) == (
        PrincipalKind.PERSON, "ours", said["claims"]["sub"]
    )  # fmt: skip
    assert principal.level >= Rank(1)
    assert (token.sid, token.key) == (said["claims"]["sid"], None)
    assert principal.holder in Vault.of(home.host.floor.keys).look_up("number", NUMBER)
    assert "openid" in principal.scopes


def test_a_platform_of_others_is_not_told_under_which_index_the_person_is_found(
    theirs: RelyingParty, reader: Tokens, at: SettableClock
) -> None:
    principal = reader.verify(granted(theirs)["access_token"], at.now()).principal
    assert (principal.kind, principal.holder) == (PrincipalKind.PERSON, None)


def test_a_client_speaks_for_itself(ours: RelyingParty, reader: Tokens, at: SettableClock) -> None:
    said = ours.token(grant_type="client_credentials", resource=AUDIENCE).json()
    principal = reader.verify(said["access_token"], at.now()).principal
    assert (principal.kind, principal.subject, principal.scopes) == (PrincipalKind.CLIENT, "ours", frozenset({"api"}))


def test_the_token_ends_after_its_minute_and_another_is_refreshed(
    ours: RelyingParty, reader: Tokens, at: SettableClock
) -> None:
    said = granted(ours)
    at.advance(timedelta(seconds=70))
    with pytest.raises(TokenInvalid):
        reader.verify(said["access_token"], at.now())
    again = ours.refresh(said["refresh_token"], resource=AUDIENCE).json()
    assert reader.verify(again["access_token"], at.now()).principal.subject == said["claims"]["sub"]


def test_a_resource_that_was_not_granted_is_refused(ours: RelyingParty) -> None:
    refused = ours.redeem(ours.code(), resource=AUDIENCE)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")


def test_one_of_ours_stands_alone(ours: RelyingParty) -> None:
    refused = ours.redeem(ours.code(resource=f"{AUDIENCE} https://other.example/"))
    assert refused.json()["error"] == "invalid_target"


def test_a_token_for_others_stays_a_secret_that_says_nothing(ours: RelyingParty) -> None:
    assert "." not in ours.sign_in(resource="https://other.example/")["access_token"]
