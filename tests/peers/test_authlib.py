"""Authlib's client for Starlette signs in, refreshes and signs out."""

import json
from pathlib import Path

from tests.peers import authlib_platform
from tests.support.idp_home import PASSWORD, Platform, serving
from tests.support.ports import free_port
from tests.support.walker import Visitor, Walker


def test_authlib_signs_in_refreshes_and_signs_out(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    platform = Platform("authlib", (f"{base}/back",), (f"{base}/out",))
    with (
        serving(tmp_path, [platform]) as provider,
        authlib_platform.served(port, provider.issuer, platform.id, platform.secret),
        Walker.opened() as walker,
    ):
        page = walker.walk(f"{base}/me", Visitor("user0", PASSWORD))
        assert page.url == f"{base}/me", page.text
        told = json.loads(page.text)
        assert told["id_token"]["iss"] == provider.issuer
        assert told["id_token"]["sub"] == told["userinfo"]["sub"]
        assert told["userinfo"]["email"] == "user0@example.com"

        assert json.loads(walker.get(f"{base}/refresh").text) == {"changed": ["access_token", "refresh_token"]}
        assert json.loads(walker.get(f"{base}/me").text)["userinfo"]["sub"] == told["userinfo"]["sub"]

        assert walker.walk(f"{base}/logout", Visitor()).text == "signed out"
        again = walker.walk(f"{base}/me", Visitor())  # without a password: the provider has forgotten this browser
        assert "password" in again.forms[0].kinds
