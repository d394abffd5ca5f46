"""`trustctl registry publish` and `show`: what an operator types and reads."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.support.clock import SettableClock
from tests.support.registries import authority, entitlement, issuer, listed_certificate
from trust import home, host
from trust.clock import SystemClock
from trust.commands.registry_publish import command as publish
from trust.commands.registry_show import command as show
from trust.jobs.worker import Worker
from trust.recognition.errors import RegistryKeyUnknown
from trust.recognition.registry import Purpose
from trust.settings import Settings
from trust.usecases.publish_registry import LIFE

CA = authority("seal", listed_certificate("示例印章CA"), Purpose.SEAL_SIGNING)


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """A home of 440000 in which two entries wait."""
    folder = tmp_path / "home"
    home.prepare(Settings.load(folder, environ={"TRUST_REGION": "440000"}))
    floor = home.open_floor(Settings.load(folder, environ={}))
    with floor.new_work() as work:
        work.registry.propose(CA)
        work.registry.propose(issuer(entitlement()))
    floor.database.close()
    return folder


def test_what_waits_is_published_and_shown(region: Path) -> None:
    done = CliRunner().invoke(publish, ["--home", str(region), "--json"], catch_exceptions=False)
    told = json.loads(done.output)
    assert (told["region"], told["version"], told["new"], told["entries"]) == ("440000", 1, True, 2)
    again = CliRunner().invoke(publish, ["--home", str(region), "--lang", "en"], catch_exceptions=False)
    assert "version 1 of the registry of 440000, 2 entries: unchanged" in again.output

    shown = CliRunner().invoke(show, [told["registry"], "--root", told["root"]], catch_exceptions=False)
    assert "registry of 440000, version 1" in shown.output
    assert "ca.seal  ca  granted since 2026-01-01" in shown.output
    assert "11100000MB0143028R001 in 440000 from 2026-01-01" in shown.output
    as_json = CliRunner().invoke(show, [told["registry"], "--json"], catch_exceptions=False)
    members = json.loads(as_json.output)
    assert (members["version"], members["checked"], len(members["entries"])) == (1, False, 2)


def test_a_registry_of_somebody_else_is_not_shown_under_our_root(region: Path, tmp_path: Path) -> None:
    told = json.loads(CliRunner().invoke(publish, ["--home", str(region), "--json"], catch_exceptions=False).output)
    other = json.loads(Path(told["root"]).read_bytes())
    other["keys"][0]["kid"] = "another"
    (tmp_path / "root.json").write_text(json.dumps(other))
    with pytest.raises(RegistryKeyUnknown):
        CliRunner().invoke(show, [told["registry"], "--root", str(tmp_path / "root.json")], catch_exceptions=False)


def test_the_service_serves_the_files_and_renews_them(region: Path) -> None:
    CliRunner().invoke(publish, ["--home", str(region)], catch_exceptions=False)
    clock = SettableClock(SystemClock().now())
    with host.opened(region, ["registry"], clock) as opened:
        service = opened.services["registry"]
        client = TestClient(Starlette(routes=[route for route in service.routes() if isinstance(route, Route)]))
        assert client.get("/registry/440000.json").status_code == 200
        worker = Worker(opened.floor.database, clock, service.handlers, service.periodic)
        assert worker.run_due() == 1
        clock.advance(LIFE / 2)
        assert worker.run_due() == 1
        with opened.floor.new_work() as work:
            newest = work.registry.newest_version()
    assert newest is not None
    assert newest.version == 2
