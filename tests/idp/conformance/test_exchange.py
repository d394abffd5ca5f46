"""Exchanges between services: never wider, never longer, only where registered, and gone with the authorization."""

from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from tests.support.clock import SettableClock
from tests.support.idp_home import House, Platform, house
from tests.support.relying_party import RelyingParty

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
FRONT = Platform("front", ("https://front.example/back",))
MIDDLE = Platform("middle", (), (), {"grant_types": [EXCHANGE], "exchange_audiences": ["end", "middle", "signed"]})
END = Platform("end", (), (), {"grant_types": ["client_credentials"]})


@pytest.fixture(scope="module")
def at() -> SettableClock:
    return SettableClock()


@pytest.fixture(scope="module")
def home(at: SettableClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    more = ["[idp]", 'own_audiences = ["signed"]']
    with house(tmp_path_factory.mktemp("exchange"), [FRONT, MIDDLE, END], at, more=more) as opened:
        yield opened


@pytest.fixture
def front(home: House) -> Iterator[RelyingParty]:
    with home.browser() as walker:
        yield RelyingParty(home.issuer, FRONT, walker)


@pytest.fixture
def middle(home: House, front: RelyingParty) -> RelyingParty:
    return RelyingParty(home.issuer, MIDDLE, front.walker)


@pytest.fixture
def end(home: House, front: RelyingParty) -> RelyingParty:
    return RelyingParty(home.issuer, END, front.walker)


@pytest.fixture
def received(front: RelyingParty) -> str:
    """The token that the service in the middle received from the platform in front."""
    return str(front.sign_in(resource="middle", scope="openid email phone")["access_token"])


def exchange(party: RelyingParty, token: str, **changes: str) -> httpx2.Response:
    form = {"grant_type": EXCHANGE, "subject_token": token, "subject_token_type": ACCESS, "audience": "end"}
    return party.token(**{**form, **changes})


def look(party: RelyingParty, token: str) -> dict[str, object]:
    said: dict[str, object] = party.post(party.metadata["introspection_endpoint"], token=token).json()
    return said


def test_the_next_service_learns_for_whom_and_by_whom(middle: RelyingParty, end: RelyingParty, received: str) -> None:
    answer = exchange(middle, received, scope="email")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["issued_token_type"], said["scope"]) == (ACCESS, "email")
    assert not {"refresh_token", "id_token"} & said.keys()
    seen, before = look(end, said["access_token"]), look(middle, received)
    assert seen["act"] == {"sub": "middle"}
    assert (seen["sub"], seen["aud"], seen["sid"]) == (before["sub"], ["end"], before["sid"])


def test_it_lives_no_longer_and_goes_with_the_authorization(
    front: RelyingParty, middle: RelyingParty, end: RelyingParty, at: SettableClock
) -> None:
    tokens = front.sign_in(resource="middle")
    at.advance(timedelta(seconds=500))
    said = exchange(middle, tokens["access_token"]).json()
    assert said["expires_in"] == 100
    assert look(end, said["access_token"])["active"] is True
    front.post(front.metadata["revocation_endpoint"], token=tokens["refresh_token"])
    assert look(end, said["access_token"]) == {"active": False}
    assert exchange(middle, tokens["access_token"]).json()["error"] == "invalid_request"


def test_for_a_service_of_ours_it_is_signed(middle: RelyingParty, received: str) -> None:
    said = exchange(middle, received, audience="signed").json()
    assert said["expires_in"] <= 60
    assert said["access_token"].count(".") == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "openid address"}, "invalid_scope"), ({"audience": "front"}, "invalid_target"),
        ({"audience": ""}, "invalid_target"), ({"resource": "end"}, "invalid_target"),
        ({"subject_token": "nobody"}, "invalid_request"), ({"actor_token": "x"}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:jwt"}, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
    ],
)  # fmt: skip
def test_whatever_is_more_or_other_is_refused(
    middle: RelyingParty, received: str, changes: dict[str, str], error: str
) -> None:
    answer = exchange(middle, received, **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_token_for_somebody_else_is_refused(front: RelyingParty, middle: RelyingParty) -> None:
    assert exchange(middle, front.sign_in()["access_token"]).json()["error"] == "invalid_request"


def test_a_client_without_the_grant_exchanges_nothing(end: RelyingParty, received: str) -> None:
    assert exchange(end, received).json()["error"] == "unauthorized_client"


def test_those_who_acted_before_are_kept_in_order_and_counted(
    middle: RelyingParty, end: RelyingParty, received: str
) -> None:
    twice = exchange(middle, exchange(middle, received, audience="middle").json()["access_token"]).json()
    assert look(end, twice["access_token"])["act"] == {"sub": "middle", "act": {"sub": "middle"}}
    token = received
    for _ in range(8):
        token = exchange(middle, token, audience="middle").json()["access_token"]
    assert exchange(middle, token).json()["error"] == "invalid_request"
