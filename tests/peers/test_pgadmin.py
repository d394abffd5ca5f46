"""pgAdmin 4 signs in and signs out; it asks for no refresh token."""

from pathlib import Path

from tests.peers import pgadmin
from tests.support.idp_home import PASSWORD, Platform, serving
from tests.support.ports import free_port
from tests.support.walker import Visitor, Walker


def test_pgadmin_signs_in_and_signs_out(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    platform = Platform("pgadmin", (f"{base}/oauth2/authorize",), (f"{base}/",))
    with (
        serving(tmp_path, [platform]) as provider,
        pgadmin.served(tmp_path, port, provider.issuer, platform.id, platform.secret),
        Walker.opened() as walker,
    ):
        page = walker.walk(pgadmin.press_sign_in(walker, base), Visitor("user0", PASSWORD))
        assert page.url.startswith(f"{base}/browser/"), page.text
        told = walker.get(f"{base}/user_management/current_user.js").text
        assert "user0@example.com" in told, told[-1500:]

        page = walker.walk(f"{base}/oauth2/logout", Visitor())
        assert page.url.startswith(f"{base}/"), page.text
        page = walker.walk(pgadmin.press_sign_in(walker, base), Visitor())
        assert "password" in page.forms[0].kinds
