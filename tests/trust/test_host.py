"""Services are ordered by need, built each after those it needs, and seeded in the same order."""

import resource
import sys
import types
from collections.abc import Iterable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from trust import host
from trust.home import HomeMissing, SchemaBehind, open_database, open_floor, prepare
from trust.migrations import schema
from trust.plugin import Floor, FrontDoorMissing, Plugin, Service, World
from trust.settings import RefusedInProduction, Settings, SettingsMalformed


class Authority:
    def greet(self) -> str:
        return "issued"


class Stamper:
    def __init__(self, authority: Authority) -> None:
        self.authority = authority


def offer(monkeypatch: pytest.MonkeyPatch, plugins: Iterable[Plugin], seeds: dict[str, object] | None = None) -> None:
    module = types.ModuleType("plugins_for_the_test")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    points = []
    for plugin in plugins:
        setattr(module, plugin.name, plugin)
        points.append(EntryPoint(plugin.name, f"{module.__name__}:{plugin.name}", host.SERVICES))
    for name, seed in (seeds or {}).items():
        setattr(module, f"seed_{name}", seed)
        points.append(EntryPoint(name, f"{module.__name__}:seed_{name}", host.SEEDS))
    monkeypatch.setattr(host, "entry_points", lambda group: [point for point in points if point.group == group])


def plugin(name: str, *needs: str) -> Plugin:
    return Plugin(name, name, name, lambda _: Service(), needs)


def test_services_come_after_those_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [plugin("licence", "seal"), plugin("seal", "pki"), plugin("pki"), plugin("idp")])
    assert [each.name for each in host.load(["licence"])] == ["pki", "seal", "licence"]
    assert {each.name for each in host.load()} == {"pki", "seal", "licence", "idp"}
    assert host.installed() == ("idp", "licence", "pki", "seal")


def test_an_unknown_service_and_a_circle_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, [plugin("a", "b"), plugin("b", "a")])
    with pytest.raises(host.ServiceUnknown, match="no service 'c'; there are a, b"):
        host.load(["c"])
    with pytest.raises(host.ServiceUnknown, match="circle"):
        host.load(["a"])


def test_a_service_meets_the_front_door_of_the_one_below(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def build(floor: Floor) -> Service:
        return Service(api=Stamper(floor.front("pki", Authority)))

    authority = Authority()
    pki = Plugin("pki", "证书", "authority", lambda _: Service(api=authority))
    offer(monkeypatch, [Plugin("seal", "印章", "seals", build, needs=("pki",)), pki])
    prepare(Settings.load(tmp_path / "home"))
    with host.opened(tmp_path / "home") as opened:
        assert opened.floor.front("seal", Stamper).authority is authority
        with pytest.raises(FrontDoorMissing):
            opened.floor.front("idp", object)


def test_seeds_run_in_order_and_hand_values_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def seed_pki(world: World) -> None:
        world.give("root", 7)
        world.tell("root", "root.pem", zh="根", en="Root")

    def seed_seal(world: World) -> None:
        world.tell("seal", str(world.take("root", int) + 1), zh="印章", en="Seal")
        with pytest.raises(FrontDoorMissing):
            world.take("root", str)

    offer(monkeypatch, [plugin("seal", "pki"), plugin("pki")], {"seal": seed_seal, "pki": seed_pki})
    prepare(Settings.load(tmp_path / "home"))
    with host.opened(tmp_path / "home") as opened:
        assert [(told.name, told.value) for told in opened.seed().told] == [("root", "root.pem"), ("seal", "8")]


def test_preparing_a_home_twice_changes_nothing(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "home", environ={"TRUST_REGION": "330000"})
    assert prepare(settings)
    files = {path: path.read_bytes() for path in settings.home.rglob("*") if path.is_file() and "db" not in path.name}
    assert files
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    assert not prepare(settings)
    assert {path: path.read_bytes() for path in files} == files
    assert Settings.load(settings.home, environ={}).region == "330000"


def test_a_floor_keeps_what_is_written_to_it(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "home", environ={})
    prepare(settings)
    floor = open_floor(settings)
    with floor.new_work() as work:
        work.journal.append("home-tried", "home", "operator os:test")
    address = floor.objects.put(b"bytes")
    floor.database.close()
    again = open_floor(settings)
    assert again.objects.get(address) == b"bytes"
    with again.new_work() as work:
        assert [entry.event for _, entry in work.journal.about("home")] == ["home-tried"]
    again.database.close()


def test_a_folder_that_was_not_prepared_is_no_home(tmp_path: Path) -> None:
    with pytest.raises(HomeMissing, match="trustctl init"):
        open_floor(Settings.load(tmp_path, environ={}))
    assert not list(tmp_path.iterdir())


def test_tables_of_an_older_release_are_not_used(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "home", environ={})
    prepare(settings)
    database = open_database(settings)
    schema.downgrade(database, "trust_0001")
    database.close()
    with pytest.raises(SchemaBehind, match="trustctl migrate"):
        open_floor(settings)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, "TRUST_KEY_FILE"),
        ({"TRUST_CLOCK_SUPERVISED": "true"}, "TRUST_KEY_FILE"),
        ({"TRUST_KEY_FILE": "ring.key"}, "clock"),
    ],
)
def test_production_refuses_what_development_only_mentions(tmp_path: Path, environ: dict[str, str], said: str) -> None:
    (tmp_path / "ring.key").write_text("a passphrase of some length\n")
    (tmp_path / "ring.key").chmod(0o600)
    settings = Settings.load(tmp_path, environ={"TRUST_MODE": "production", **environ})
    with pytest.raises(RefusedInProduction, match=said):
        prepare(settings)
    assert not (tmp_path / "trust.toml").exists()
    assert not (tmp_path / "keys").exists()


def test_production_starts_when_nothing_is_missing(tmp_path: Path) -> None:
    (tmp_path / "ring.key").write_text("a passphrase of some length\n")
    (tmp_path / "ring.key").chmod(0o600)
    environ = {"TRUST_MODE": "production", "TRUST_KEY_FILE": "ring.key", "TRUST_CLOCK_SUPERVISED": "true"}
    settings = Settings.load(tmp_path, environ=environ)
    prepare(settings)
    floor = open_floor(settings)
    floor.database.close()
    assert floor.settings.production


def test_a_password_stands_in_a_file_of_its_own(tmp_path: Path) -> None:
    for url in ("postgresql://trust:hunter2@db/trust", "no address"):
        with pytest.raises(SettingsMalformed) as caught:
            open_database(Settings.load(tmp_path, environ={"TRUST_DATABASE_URL": url}))
        assert "hunter2" not in str(caught.value)
    (tmp_path / "password").write_text("hunter2\n")
    (tmp_path / "password").chmod(0o600)
    environ = {"TRUST_DATABASE_URL": "postgresql://trust@db/trust", "TRUST_DATABASE_PASSWORD_FILE": "password"}
    database = open_database(Settings.load(tmp_path, environ=environ))
    assert database.engine.url.password == "hunter2"
    assert "hunter2" not in repr(database)


def test_a_process_that_holds_keys_leaves_no_core_file(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "home", environ={})
    prepare(settings)
    open_floor(settings).database.close()
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
