"""`trustctl idp key …` in a home of its own."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from idp import key_parts
from idp.errors import SigningKeyTooOld
from tests.support.clock import SettableClock
from trust import cli, host
from trust.bring_up import bring_up
from trust.jobs.worker import Worker
from trust.storage.unit_of_work import units_of_work
from trust.values.principal import Principal


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "var"
    bring_up(folder, region="330000", demo=False)
    with (folder / "trust.toml").open("a") as file:
        file.write("[idp.keys]\nrsa_bits = 2048\n")
    return folder


def told(capsys: pytest.CaptureFixture[str], *verb: str) -> list[dict[str, str]]:
    capsys.readouterr()
    assert cli.run(["idp", "key", *verb[:1], "--json", *verb[1:]]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_keys_are_told_rotated_and_withdrawn(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--home", str(home))
    first = told(capsys, "list", *at)
    assert told(capsys, "list", *at) == first
    assert Counter(one["standing"] for one in first) == {"current": 3, "next": 3}
    assert cli.run(["idp", "key", "rotate", *at]) == 6
    assert "[signing-key-too-fresh]" in capsys.readouterr().err
    moved = told(capsys, "rotate", "--now", *at)
    assert Counter(one["standing"] for one in moved) == {"retired": 3, "current": 3, "next": 3}
    retired = next(one["kid"] for one in moved if one["standing"] == "retired")
    assert [one["standing"] for one in told(capsys, "withdraw", *at, "--", retired)] == ["withdrawn"]
    assert cli.run(["idp", "key", "withdraw", *at, "--", retired]) == 5
    assert cli.run(["idp", "key", "rotate", "--alg", "HS256", *at]) == 5
    assert cli.run(["idp", "key", "list", "--lang", "zh", *at]) == 0
    assert "候任" in capsys.readouterr().out


@pytest.mark.parametrize(
    "section",
    ["rotate_days = 7", "rotate_days = 1000", "rsa_bits = 1024", 'algorithms = ["ES256"]', 'algorithms = ["none"]'],
)
def test_settings_that_make_no_sense_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], section: str
) -> None:
    bring_up(tmp_path / "var", region="330000", demo=False)
    with (tmp_path / "var" / "trust.toml").open("a") as file:
        file.write(f"[idp.keys]\n{section}\n")
    assert cli.run(["idp", "key", "list", "--home", str(tmp_path / "var")]) == 2
    assert "[idp.keys]" in capsys.readouterr().err


def test_the_job_does_what_is_due(home: Path) -> None:
    with host.opened(home, ("idp",)) as opened:
        floor = opened.floor
        worker = Worker(floor.database, floor.clock, {key_parts.KIND: key_parts.KeyWorker(floor)}, [key_parts.PERIODIC])
        assert worker.run_due() == 1
        assert worker.run_due() == 0
        assert json.loads(key_parts.signing_keys(floor).jwks())["keys"]


def test_readiness_tells_how_old_the_keys_are(tmp_path: Path) -> None:
    bring_up(tmp_path / "var", region="330000", demo=False)
    clock = SettableClock()
    with host.opened(tmp_path / "var", ("idp",)) as opened:
        floor = replace(opened.floor, clock=clock, new_work=units_of_work(opened.floor.database, clock, bytes(32)))
        check = key_parts.check(floor)
        assert check.probe() == "no keys yet"
        key_parts.signing_keys(floor).load()
        clock.advance(timedelta(days=31))
        assert check.probe() == "3 keys sign, the oldest for 31 days"
        clock.advance(timedelta(seconds=1))
        with pytest.raises(SigningKeyTooOld):
            check.probe()
        key_parts.rotation(floor)(Principal.service("test"))
        assert check.probe() == "3 keys sign, the oldest for 0 days"
