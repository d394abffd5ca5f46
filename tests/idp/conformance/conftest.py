"""One provider for all of these tests, in this process and with a clock that the tests move; a fresh browser for each."""

from collections.abc import Iterator

import pytest

from tests.support.clock import SettableClock
from tests.support.idp_home import House, Platform, house
from tests.support.relying_party import RelyingParty

BACK = "https://first.example/back"
OUT = "https://first.example/out"
FIRST = Platform("first", (BACK, "https://first.example/back?with=query"), (OUT,))
SECOND = Platform("second", ("https://second.example/back",), (), {"token_endpoint_auth_method": "client_secret_post"})
LAX = Platform("lax", ("https://lax.example/back",), (), {"pkce": "optional"})
PUSHING = Platform("pushing", ("https://pushing.example/back",), (), {"require_pushed_authorization_requests": True})


@pytest.fixture(scope="package")
def package_clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(scope="package")
def provider(package_clock: SettableClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("conformance"), [FIRST, SECOND, LAX, PUSHING], package_clock) as opened:
        yield opened


@pytest.fixture
def first(provider: House) -> Iterator[RelyingParty]:
    """A confidential client of the strict kind."""
    with provider.browser() as walker:
        yield RelyingParty(provider.issuer, FIRST, walker)


@pytest.fixture
def second(provider: House, first: RelyingParty) -> RelyingParty:
    """Another client, visited with the same browser."""
    return RelyingParty(provider.issuer, SECOND, first.walker)


@pytest.fixture
def lax(provider: House, first: RelyingParty) -> RelyingParty:
    """A client for which PKCE is optional, visited with the same browser."""
    return RelyingParty(provider.issuer, LAX, first.walker)


@pytest.fixture
def pushing(provider: House, first: RelyingParty) -> RelyingParty:
    """A client that has to push its requests, visited with the same browser."""
    return RelyingParty(provider.issuer, PUSHING, first.walker)
