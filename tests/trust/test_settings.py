"""Settings: one file, the environment over it, and nothing unknown."""

from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path

import pytest

from trust.settings import Mode, RefusedInProduction, Settings, SettingsMalformed, read_secret


@dataclass(frozen=True, slots=True)
class Shard:
    name: str
    days: float = 1.0


@dataclass(frozen=True, slots=True)
class Example:
    region: str
    shards: tuple[Shard, ...] = ()
    hours: int = 24
    lists: Path = Path("lists")
    strict: bool = True


def home(folder: Path, text: str) -> Path:
    (folder / "trust.toml").write_text(text, "utf-8")
    return folder


def test_a_home_without_a_file_is_a_development_home(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path, environ={})
    assert settings.mode is Mode.DEVELOPMENT
    assert not settings.production
    assert settings.http.host == "127.0.0.1"
    assert settings.keys.folder == tmp_path / "keys"


def test_sections_are_read_and_frozen(tmp_path: Path) -> None:
    text = 'mode = "production"\n[http]\nport = 8443\n[keys]\nfolder = "/srv/keys"\n[net]\nallow = ["10.0.0.0/8"]\n'
    settings = Settings.load(home(tmp_path, text), environ={})
    assert settings.production
    assert settings.http.port == 8443
    assert settings.keys.folder == Path("/srv/keys")
    assert settings.net.allow == ("10.0.0.0/8",)
    with pytest.raises(FrozenInstanceError):
        settings.http.port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[http]\nprot = 1\n", "'prot' in section [http]"),
        ("[htpp]\nport = 1\n", "section 'htpp'"),
        ("prot = 1\n", "key 'prot'"),
        ('mode = "prod"\n', "one of development, production"),
        ("[http]\nport = true\n", "[http] port: True is not a whole number"),
        ("[http]\nport = 1.5\n", "a whole number"),
        ("http = 3\n", "[http] is a value"),
        ("[net]\nallow = 3\n", "wants a list"),
        ("[http\n", "trust.toml"),
        ("[pki]\n", "section 'pki'"),
    ],
)
def test_what_is_unknown_or_wrong_refuses_to_start_and_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SettingsMalformed) as caught:
        Settings.load(home(tmp_path, text), environ={})
    assert named in str(caught.value)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trust.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsMalformed):
        Settings.load(tmp_path, environ={})


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    environ = {
        "TRUST_HTTP_PORT": "9000",
        "TRUST_CLOCK_SUPERVISED": "true",
        "TRUST_NET_ALLOW": "127.0.0.0/8, ::1",
        "TRUST_MODE": "production",
        "TRUST_KEY_FILE": "/run/secrets/ring",
        "TRUST_HOME": "/elsewhere",
        "TRUST_STORE": "somebody else's",
    }
    settings = Settings.load(home(tmp_path, "[http]\nport = 8443\n"), environ=environ)
    assert settings.http.port == 9000
    assert settings.clock.supervised
    assert settings.net.allow == ("127.0.0.0/8", "::1")
    assert settings.production
    assert settings.keys.key_file == Path("/run/secrets/ring")


@pytest.mark.parametrize("variable", ["TRUST_HTTP_PROT", "TRUST_PKI_HUORS"])
def test_a_misspelt_override_is_refused(tmp_path: Path, variable: str) -> None:
    with pytest.raises(SettingsMalformed, match="unknown key"):
        Settings.load(tmp_path, ["pki"], environ={variable: "1"}).section("pki", Shard)


def test_a_service_parses_its_own_section(tmp_path: Path) -> None:
    text = '[pki]\nregion = "330000"\nhours = 48\n[[pki.shards]]\nname = "a"\n[[pki.shards]]\nname = "b"\ndays = 2\n'
    settings = Settings.load(home(tmp_path, text), ["pki"], environ={"TRUST_PKI_STRICT": "no"})
    assert settings.section("pki", Example) == Example(
        "330000", (Shard("a"), Shard("b", 2.0)), 48, tmp_path / "lists", strict=False
    )


def test_a_service_names_the_key_it_misses(tmp_path: Path) -> None:
    with pytest.raises(SettingsMalformed, match=r"missing key 'region' in section \[pki\]"):
        Settings.load(tmp_path, ["pki"], environ={}).section("pki", Example)


def test_only_development_does_what_production_refuses(tmp_path: Path) -> None:
    Settings.load(tmp_path, environ={}).development_only("stamp without an approval")
    with pytest.raises(RefusedInProduction, match="does not stamp without an approval"):
        Settings.load(tmp_path, environ={"TRUST_MODE": "production"}).development_only("stamp without an approval")


def test_a_secret_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    secret = tmp_path / "ring"
    secret.write_bytes(b"three words here\n")
    secret.chmod(0o640)
    with pytest.raises(SettingsMalformed, match="open to others"):
        read_secret(secret)
    secret.chmod(0o600)
    assert read_secret(secret) == b"three words here"
    secret.write_bytes(b"\n")
    with pytest.raises(SettingsMalformed, match="empty"):
        read_secret(secret)
    with pytest.raises(SettingsMalformed, match="No such file"):
        read_secret(tmp_path / "absent")


def test_settings_do_not_print_the_sections_of_services(tmp_path: Path) -> None:
    settings = Settings.load(home(tmp_path, '[pki]\npin = "4711"\n'), ["pki"], environ={})
    assert "4711" not in repr(settings)
