"""What tells who calls, put together for a home by its settings."""

import inspect
from dataclasses import replace
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, RSAKey
from starlette.routing import Route

from certs.keys import KeyKind
from tests.architecture.test_routes import reached
from trust.callers import Callers, callers
from trust.home import open_floor, prepare
from trust.keys.errors import KeyMissing
from trust.plugin import Floor
from trust.settings import Http, Settings, SettingsMalformed, SignIn
from trust.sign_in_plugin import plugin
from trust.web.client_key import ClientKeyUnfit

ISSUER = "https://id.example"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Floor:
    settings = Settings.load(tmp_path_factory.mktemp("home") / "home", environ={})
    prepare(settings, ["trust"])
    return open_floor(settings, check_schema=False)


def told(floor: Floor, **sign_in: object) -> Floor:
    http = Http(public_url="https://trust.example/")
    return replace(floor, settings=replace(floor.settings, http=http, sign_in=SignIn(**sign_in)))  # type: ignore[arg-type]


def key_file(folder: Path, pem: bytes) -> Path:
    path = folder / "key.pem"
    path.write_bytes(pem)
    path.chmod(0o600)
    return path


def test_a_home_without_an_issuer_signs_nobody_in(home: Floor) -> None:
    service = plugin.build(home)
    assert service.api is None
    assert list(service.routes()) == []
    with pytest.raises(SettingsMalformed):
        callers(home)


def test_settings_decide_whom_a_home_believes(home: Floor, tmp_path: Path) -> None:
    file = key_file(tmp_path, ECKey.generate_key("P-256").as_pem(private=True))
    service = plugin.build(told(home, issuer=ISSUER, key_file=file, client_id="pages", scopes=("openid", "seal")))
    made = service.api
    assert isinstance(made, Callers)
    assert made.bearer.tokens.audience == "https://trust.example/"
    assert made.bearer.tokens.issuer.url == ISSUER
    party = made.pages.party
    assert (party.client_id, party.scopes) == ("pages", ("openid", "seal"))
    assert party.redirect_uri == "https://trust.example/sign-in/callback"
    assert made.browsers.cookies.https
    assert made.browsers.origin == "https://trust.example"
    paths = {route.path for route in service.routes() if isinstance(route, Route)}
    assert {"/sign-in", "/sign-in/callback", "/sign-in/out", "/sign-in/back-channel"} <= paths


def test_every_form_reaches_a_use_case_that_writes_the_journal(home: Floor, tmp_path: Path) -> None:
    file = key_file(tmp_path, ECKey.generate_key("P-256").as_pem(private=True))
    routes = plugin.build(told(home, issuer=ISSUER, key_file=file)).routes()
    changing = [route for route in routes if isinstance(route, Route) and "POST" in (route.methods or ())]
    assert len(changing) == 2
    for route in changing:
        found = {inspect.getsource(inspect.getmodule(each) or inspect) for each in reached(route.endpoint, set())}
        assert any("journal.append" in source for source in found)


def test_an_audience_of_its_own_is_taken(home: Floor, tmp_path: Path) -> None:
    file = key_file(tmp_path, ECKey.generate_key("P-256").as_pem(private=True))
    made = callers(told(home, issuer=ISSUER, key_file=file, audience="https://api.example", acr_prefix="urn:x:"))
    assert (made.bearer.tokens.audience, made.bearer.tokens.acr_prefix) == ("https://api.example", "urn:x:")


def test_a_key_that_is_missing_or_of_another_kind_refuses_to_start(home: Floor, tmp_path: Path) -> None:
    with pytest.raises(KeyMissing):
        callers(told(home, issuer=ISSUER))
    with pytest.raises(SettingsMalformed):
        callers(told(home, issuer=ISSUER, key_file=key_file(tmp_path, b"no key")))
    with pytest.raises(ClientKeyUnfit):
        callers(told(home, issuer=ISSUER, key_file=key_file(tmp_path, RSAKey.generate_key(2048).as_pem(private=True))))
    with pytest.raises(ClientKeyUnfit):
        callers(told(home, issuer=ISSUER, key="journal"))


def test_a_home_with_an_issuer_gets_a_key_of_its_own_and_keeps_it(home: Floor) -> None:
    floor = told(home, issuer=ISSUER, key="pages")
    prepare(floor.settings, ["trust"])
    public = floor.keys.public("pages")
    assert public.kind is KeyKind.P256
    prepare(floor.settings, ["trust"])
    assert callers(floor).pages.party.key.signer.public_key == public


def test_the_section_is_read_from_file_and_environment(tmp_path: Path) -> None:
    (tmp_path / "trust.toml").write_text('[sign_in]\nissuer = "https://id.example"\nscopes = ["openid"]\n')
    environ = {"TRUST_SIGN_IN_CLIENT_ID": "others", "TRUST_SIGN_IN_KEY_FILE": "key.pem"}
    found = Settings.load(tmp_path, environ=environ).sign_in
    assert (found.issuer, found.client_id, found.scopes) == (ISSUER, "others", ("openid",))
    assert found.key_file == tmp_path / "key.pem"
    with pytest.raises(SettingsMalformed):
        Settings.load(tmp_path, environ={"TRUST_SIGN_IN_ISUER": "x"})
