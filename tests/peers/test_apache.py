"""Apache with mod_auth_openidc signs in, refreshes, signs out, and is told when the provider's session ends."""

import json
from pathlib import Path
from urllib.parse import quote

from tests.peers import apache
from tests.support.idp_home import PASSWORD, Platform, serving
from tests.support.ports import free_port
from tests.support.walker import Visitor, Walker


def test_apache_signs_in_refreshes_and_signs_out(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    outside = f"{base}/outside/"
    platform = Platform("apache", (f"{base}/inside/back",), (outside,))
    with (
        serving(tmp_path, [platform]) as provider,
        apache.served(port, provider.issuer, platform.id, platform.secret),
        Walker.opened() as walker,
    ):
        page = walker.walk(f"{base}/inside/", Visitor("user0", PASSWORD))
        assert page.url == f"{base}/inside/", page.text
        assert page.ids.get("here") == "inside", (page.status, page.text)
        assert page.response.headers["x-email"] == "user0@example.com"
        subject = page.response.headers["x-sub"]

        before = json.loads(walker.get(f"{base}/inside/back?info=json").text)
        assert before["userinfo"]["sub"] == subject
        refreshing = f"{base}/inside/back?refresh={quote(outside, '')}&access_token={quote(before['access_token'], '')}"
        assert walker.get(refreshing).location == outside
        after = json.loads(walker.get(f"{base}/inside/back?info=json").text)
        assert after["access_token"] != before["access_token"]

        page = walker.walk(f"{base}/inside/back?logout={quote(outside, '')}", Visitor())
        assert page.url == outside
        assert page.ids["here"] == "outside"
        assert "password" in walker.walk(f"{base}/inside/", Visitor()).forms[0].kinds
