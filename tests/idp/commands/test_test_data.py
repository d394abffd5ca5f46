"""`trustctl idp test-data` makes a home that conformance suites can walk."""

import json
from pathlib import Path

import pytest

from idp.parts import Parts
from idp.storage.accounts import Accounts
from idp.usecases.make_test_data import USERS
from tests.support.clock import SettableClock
from tests.support.idp_home import Platform, house
from tests.support.relying_party import RelyingParty
from tests.support.walker import Visitor
from trust import cli
from trust.bring_up import bring_up

GIVEN = ["--password", "correct-horse-7-Staple", "--client-secret", "secret-of-test-data-0123456789"]
PATHS = ["--redirect-uri", "https://suite.example/back", "--post-logout-uri", "https://suite.example/out"]


def test_one_command_and_a_suite_can_sign_in(
    tmp_path: Path, clock: SettableClock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with house(tmp_path, [], clock) as opened:
        home = ["--home", str(opened.home), "--json"]
        assert cli.run(["idp", "test-data", *GIVEN, *PATHS, *home]) == 0
        first = json.loads(capsys.readouterr().out)
        assert first["users"] == USERS - 3  # user0 to user2 are there in these homes
        assert Path(first["key"]).stat().st_mode & 0o077 == 0
        assert cli.run(["idp", "test-data", *GIVEN, *PATHS, *home]) == 0
        assert json.loads(capsys.readouterr().out)["users"] == 0
        monkeypatch.setattr(Platform, "secret", property(lambda _: GIVEN[3]))
        platform = Platform("bench", ("https://suite.example/back",))
        with opened.browser() as walker:
            party = RelyingParty(opened.issuer, platform, walker)
            tokens = party.sign_in(Visitor("user99", GIVEN[1]), scope="openid profile email phone offline_access")
            assert tokens["refresh_token"]
            assert party.userinfo(tokens["access_token"]).json()["email"] == "user99@example.com"
            assert party.token(grant_type="client_credentials", scope="api").status_code == 200
        parts = Parts.of(opened.host.floor)
        for name in ("bench", "optional1", "optional2", "optional3", "public", "pkjwt"):
            assert parts.clients.find(name), name
        with opened.host.floor.database.reading() as db:
            assert Accounts(db, parts.vault).find_by_identifier("phone", "+8619000000099")


def test_a_home_in_production_has_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    bring_up(home, region="330000", demo=False)
    settings = home / "trust.toml"
    settings.write_text(settings.read_text().replace('mode = "development"', 'mode = "production"'))
    assert cli.run(["idp", "test-data", *GIVEN, "--home", str(home)]) != 0
    assert not (home / "pkjwt.jwk").exists()
    capsys.readouterr()
