"""One process serves until it is told to stop, and stops within two seconds whatever it is doing."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from trust.home import open_floor, prepare
from trust.settings import Http, Settings
from trust.web.server import AddressTaken, listen

# The command, with one service whose only route sleeps, and with background work.
PROGRAM = """
import sys, time
from datetime import timedelta
from trust import host
from trust.cli import complain
from trust.plugin import Plugin, Service
from trust.jobs.worker import Periodic
from importlib.metadata import EntryPoint

def build(floor):
    def routes():
        from starlette.responses import PlainTextResponse
        from starlette.routing import Route
        def slow(request):
            time.sleep(float(request.path_params["seconds"]))
            return PlainTextResponse("slept")
        return [Route("/slow/{seconds}", slow)]
    def tick(group):
        with floor.new_work() as work:
            work.jobs.finish(group)
            work.journal.append("ticked", group.jobs[0].key, "service tick")
    return Service(routes=routes, handlers={"tick": tick}, periodic=[Periodic("tick", timedelta(seconds=1))])

plugin = Plugin("test", "测试", "Test", build)
sys.modules["plugin_of_the_test"] = sys.modules["__main__"]
host.entry_points = lambda group: [EntryPoint("test", "plugin_of_the_test:plugin", group)] if group == host.SERVICES else []
from trust.commands.serve import command
try:
    command(standalone_mode=False)
except Exception as error:
    sys.exit(complain(error))
"""


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    line = [sys.executable, "-c", PROGRAM, "--home", str(home), "--port", "0", "--lang", "en", *arguments]
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"TRUST_HOME": ""}
    )
    try:
        assert process.stdout
        said = process.stdout.readline()
        assert "ready at http" in said, process.stderr.read() if process.stderr else ""
        yield process, said.split()[2]
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    prepare(Settings.load(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(home: Path, number: signal.Signals) -> None:
    with serving(home) as (process, url):
        assert urlopen(url + "healthz").read() == b"ok\n"
        assert json.load(urlopen(url + "readyz")) == {"ready": True, "missing": []}
        began = time.monotonic()
        process.send_signal(number)
        assert process.wait(5) == 0
        assert time.monotonic() - began < 2


def test_a_request_at_hand_is_answered_before_the_end(home: Path) -> None:
    answers: list[bytes] = []
    with serving(home) as (process, url):
        asker = threading.Thread(target=lambda: answers.append(urlopen(url + "slow/0.6").read()))
        asker.start()
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        asker.join()
    assert answers == [b"slept"]


def test_a_handler_that_hangs_holds_nobody_up(home: Path) -> None:
    with serving(home) as (process, url):
        address = url.removeprefix("http://").rstrip("/").split(":")
        with socket.create_connection((address[0], int(address[1]))) as connection:
            connection.sendall(b"GET /slow/30 HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.2)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            assert process.wait(5) == 0
            assert time.monotonic() - began < 2.2


def test_background_work_runs_and_the_journal_is_numbered(home: Path) -> None:
    with serving(home) as (process, _):
        time.sleep(1.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    floor = open_floor(Settings.load(home))
    with floor.database.reading() as db:
        numbered = db.exec_driver_sql("SELECT count(*) FROM trust_journal_entry WHERE leaf_index IS NOT NULL").scalar()
    floor.database.close()
    assert numbered
    assert (home / "journal-head.txt").exists()


def test_answers_in_two_pieces_do_not_wait_for_each_other() -> None:
    with listen(Http(port=0)) as listening:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_an_address_that_is_taken_is_named() -> None:
    with (
        listen(Http(port=0)) as first,
        pytest.raises(AddressTaken, match=r"cannot listen on .*: Address already in use; --port"),
    ):
        listen(Http(port=first.getsockname()[1]))


def test_a_folder_that_is_no_home_is_refused(tmp_path: Path) -> None:
    line = [sys.executable, "-c", PROGRAM, "--home", str(tmp_path / "none"), "--port", "0"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert "trustctl init" in done.stderr
    assert not (tmp_path / "none").exists()
