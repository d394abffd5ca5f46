"""openid-client, which checks whatever a specification lets a platform check, signs in, refreshes and signs out."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from joserfc.jwk import ECKey

from idp.model.client import Profile
from tests.peers.openid_client import Failed, OpenidClient
from tests.support.idp_home import PASSWORD, Platform, Running, serving
from tests.support.walker import Visitor, Walker

BACK = "https://platform.example/back"
OUT = "https://platform.example/out"
BASIC = Platform("basic-platform", (BACK,), (OUT,))
POST = Platform("post-platform", (BACK,), (OUT,), {"token_endpoint_auth_method": "client_secret_post"})
KEY = ECKey.generate_key("P-256", {"kid": "platform-1", "alg": "ES256", "use": "sig"})
STRICT = Platform(
    "strict-platform",
    (BACK,),
    (OUT,),
    {
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [KEY.as_dict(private=False)]},
        "id_token_signed_response_alg": "ES256",
    },
    profile=Profile.FAPI2,
)
PLATFORMS = {one.id: one for one in (BASIC, POST, STRICT)}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("provider"), list(PLATFORMS.values())) as running:
        yield running


@pytest.fixture
def walker() -> Iterator[Walker]:
    with Walker.opened() as browser:
        yield browser


@pytest.mark.parametrize("name", list(PLATFORMS))
def test_it_signs_in_refreshes_and_signs_out(provider: Running, walker: Walker, name: str) -> None:
    platform = PLATFORMS[name]
    with _opened(provider, platform) as client:
        tokens = _sign_in(client, walker)
        told = client("userinfo", sub=tokens["claims"]["sub"])
        assert told["email"] == "user0@example.com"
        assert client("introspect")["active"] is True

        fresh = client("refresh")
        assert fresh["refresh_token"] != tokens["refresh_token"]
        assert fresh["claims"]["sub"] == tokens["claims"]["sub"]

        url = client("end_session", parameters={
            "id_token_hint": fresh["id_token"], "post_logout_redirect_uri": OUT, "state": "s-1",
        })["url"]  # fmt: skip
        page = walker.walk(url, Visitor(), stop=OUT)
        assert page.location == f"{OUT}?state=s-1"
        assert client("introspect") == {"active": False}


def test_a_browser_that_is_signed_in_is_sent_back_without_a_page(provider: Running, walker: Walker) -> None:
    with _opened(provider, BASIC) as client:
        first = _sign_in(client, walker)
        seen = len(walker.seen)
        url = client("begin", parameters={"prompt": "none"})["url"]
        page = walker.follow(walker.get(url), stop=BACK)
        assert len(walker.seen) == seen + 1
        again = client("finish", url=page.location)
        assert again["claims"]["sub"] == first["claims"]["sub"]
        assert again["claims"]["sid"] == first["claims"]["sid"]
        assert again["claims"]["auth_time"] == first["claims"]["auth_time"]


def test_a_stranger_is_sent_back_with_login_required_when_no_page_may_be_shown(
    provider: Running, walker: Walker
) -> None:
    with _opened(provider, BASIC) as client:
        page = walker.get(client("begin", parameters={"prompt": "none"})["url"])
        with pytest.raises(Failed) as refused:
            client("finish", url=page.location)
        assert refused.value.said["error"] == "login_required"


def test_a_refresh_token_that_was_taken_back_is_refused(provider: Running, walker: Walker) -> None:
    with _opened(provider, BASIC) as client:
        _sign_in(client, walker)
        client("revoke")
        with pytest.raises(Failed) as refused:
            client("refresh")
        assert refused.value.said["error"] == "invalid_grant"


def test_a_service_gets_a_token_of_its_own(provider: Running) -> None:
    with _opened(provider, BASIC) as client:
        tokens = client("client_credentials", parameters={"scope": "api"})
        assert tokens["token_type"].lower() == "bearer"
        assert client("introspect", token=tokens["access_token"])["client_id"] == BASIC.id


def _opened(provider: Running, platform: Platform) -> AbstractContextManager[OpenidClient]:
    """The platform with what it is registered for: the strict one pushes its requests and binds its tokens."""
    said: dict[str, object] = {"issuer": provider.issuer, "client": platform.id, "redirectUri": BACK}
    if platform is STRICT:
        said |= {"key": KEY.as_dict(private=True), "alg": "ES256", "push": True, "bind": True}
    else:
        said |= {"secret": platform.secret, "post": platform is POST}
    return OpenidClient.opened(**said)


def _sign_in(client: OpenidClient, walker: Walker, **parameters: str) -> dict[str, Any]:
    page = walker.walk(client("begin", parameters=parameters)["url"], Visitor("user0", PASSWORD), stop=BACK)
    assert page.location, page.text
    return client("finish", url=page.location)
