"""The parts for clients with keys, put together for a home by its settings."""

from pathlib import Path

import pytest

from idp.client_parts import ClientParts
from trust import host
from trust.bring_up import bring_up
from trust.settings import SettingsMalformed


def home(folder: Path, section: str = "") -> Path:
    bring_up(folder, region="330000", demo=False)
    with (folder / "trust.toml").open("a") as file:
        file.write(f'[http]\npublic_url = "https://id.example/"\n{section}')
    return folder


def test_a_home_that_says_nothing_believes_no_proxy_and_wants_no_nonces(tmp_path: Path) -> None:
    with host.opened(home(tmp_path / "var"), ("idp",)) as opened:
        parts = ClientParts.of(opened.floor)
    assert parts.assertions.issuer == "https://id.example"
    assert "https://id.example/oauth/token" in parts.assertions.endpoints
    assert parts.certificates.secret is None
    assert parts.proofs.nonces is None


def test_a_home_may_believe_a_proxy_and_ask_for_nonces(tmp_path: Path) -> None:
    (tmp_path / "proxy").write_text("x" * 32 + "\n")
    (tmp_path / "proxy").chmod(0o600)
    section = f'[idp]\ndpop_nonces = true\n[idp.mtls]\nheader = "x-ssl-cert"\nsecret_file = "{tmp_path / "proxy"}"\n'
    with host.opened(home(tmp_path / "var", section), ("idp",)) as opened:
        parts = ClientParts.of(opened.floor)
    assert parts.certificates.header == "x-ssl-cert"
    assert parts.certificates.secret is not None
    assert parts.proofs.nonces is not None
    assert "x" * 32 not in repr(parts)


@pytest.mark.parametrize(
    "section",
    ['header = "X-Cert"', 'header = ""', 'header = "client-cert-proof"', 'secret_file = "absent"', 'header = "a b"'],
)
def test_settings_that_make_no_sense_are_refused(tmp_path: Path, section: str) -> None:
    with (
        pytest.raises(SettingsMalformed),
        host.opened(home(tmp_path / "var", f"[idp.mtls]\n{section}\n"), ("idp",)) as opened,
    ):
        ClientParts.of(opened.floor)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "proxy").write_text("short")
    (tmp_path / "proxy").chmod(0o600)
    folder = home(tmp_path / "var", f'[idp.mtls]\nsecret_file = "{tmp_path / "proxy"}"\n')
    with pytest.raises(SettingsMalformed, match="32"), host.opened(folder, ("idp",)) as opened:
        ClientParts.of(opened.floor)
