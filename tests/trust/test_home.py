"""A home gives the process its rules for SM2, and opens only where two codes agree about it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from certs.sm import providers, selftest
from trust import checks, host, modes
from trust.commands import doctor
from trust.home import GRADE, Sm2NotProved, open_floor, prepare
from trust.settings import FILE_NAME, Settings


@pytest.fixture(autouse=True)
def _own_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(host, "entry_points", lambda group: [])  # noqa: ARG005
    monkeypatch.setattr(selftest, "_proved", [])
    yield
    providers.configure()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    prepare(Settings.load(tmp_path, environ={}))
    return tmp_path


def said(home: Path) -> dict[str, dict[str, str]]:
    output = CliRunner().invoke(doctor.command, ["--home", str(home), "--json"], standalone_mode=False).output
    return {line["what"]: line for line in json.loads(output)["found"]}


def test_doctor_and_readiness_name_provider_build_and_compiler(home: Path) -> None:
    report = providers.report()
    line = said(home)["sm2"]["said"]
    floor = open_floor(Settings.load(home, environ={}))
    ready = next(check for check in checks.of_floor(floor, sequenced=False) if check.name == "sm2").probe()
    floor.database.close()
    for word in (report.name, report.build, report.compiler):
        assert word in line
        assert word in str(ready)


def test_a_forbidden_provider_does_not_run(home: Path) -> None:
    (home / FILE_NAME).write_text('[sm2]\nforbid = ["native"]\n')
    floor = open_floor(Settings.load(home, environ={}))
    floor.database.close()
    assert providers.report().name == "openssl"
    assert "native: forbidden by the settings" in said(home)["sm2"]["said"]


def test_python_holds_keys_only_when_told(home: Path) -> None:
    (home / FILE_NAME).write_text('[sm2]\nforbid = ["native", "openssl"]\n')
    settings = Settings.load(home, environ={})
    with pytest.raises(Sm2NotProved, match="may not sign"):
        open_floor(settings)
    assert said(home)["sm2"]["state"] == "wrong"
    (home / FILE_NAME).write_text('[sm2]\nforbid = ["native", "openssl"]\npython_may_sign = true\n')
    settings = Settings.load(home, environ={})
    open_floor(settings).database.close()
    assert "python-signs" in {concern.code for concern in modes.concerns(settings, GRADE)}


@pytest.mark.parametrize("absent", [True, False], ids=["gmssl absent", "gmssl disagrees"])
def test_without_a_second_opinion_no_home_opens(home: Path, monkeypatch: pytest.MonkeyPatch, absent: bool) -> None:
    selftest._proved.clear()
    if absent:
        monkeypatch.setitem(sys.modules, "gmssl", None)
    else:
        monkeypatch.setattr(selftest.GmsslKey, "verify", lambda *_: False)
    with pytest.raises(Sm2NotProved):
        open_floor(Settings.load(home, environ={}))
    assert said(home)["cross-check"]["state"] == "wrong"


def test_an_unknown_provider_is_named(home: Path) -> None:
    (home / FILE_NAME).write_text('[sm2]\nforbid = ["gmssl"]\n')
    with pytest.raises(Sm2NotProved, match="gmssl"):
        open_floor(Settings.load(home, environ={}))
    assert said(home)["home"]["state"] == "wrong"


def test_a_development_home_may_call_this_machine_and_production_refuses_that(home: Path) -> None:
    settings = Settings.load(home, environ={})
    assert settings.net.allow == ("127.0.0.0/8", "::1/128")
    assert "net-loopback" in {concern.code for concern in modes.concerns(settings, GRADE)}
    for allow in ("::/0", "0.0.0.0/0", "127.0.0.1", "::1"):
        found = modes.concerns(Settings.load(home, environ={"TRUST_NET_ALLOW": allow}), GRADE)
        assert "net-loopback" in {concern.code for concern in found}
    elsewhere = Settings.load(home, environ={"TRUST_NET_ALLOW": "10.0.0.0/8,2400::/12"})
    assert "net-loopback" not in {concern.code for concern in modes.concerns(elsewhere, GRADE)}
