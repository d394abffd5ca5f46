"""A development home with the provider, users and platforms: served by a process of its own, or opened in this one."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from starlette.testclient import TestClient
from starlette.types import ASGIApp

from idp.factors.hashing import PasswordHashes
from idp.model.account import Person
from idp.model.assurance import Evidence
from idp.model.client import Client, ClientState, Profile
from idp.storage.accounts import Accounts
from idp.storage.clients import Clients
from idp.storage.credentials import Credentials
from idp.storage.evidence import EvidenceRecords
from idp.storage.persons import Vault
from tests.support.clock import SettableClock
from tests.support.ports import free_port
from tests.support.walker import Walker
from trust import host
from trust.clock import Clock, SystemClock
from trust.home import open_floor, prepare
from trust.plugin import Floor
from trust.readiness import Readiness
from trust.settings import FILE_NAME, Settings
from trust.web import app
from trust.web.pages import StartPage

PASSWORD: Final = "correct-horse-7-Staple"
USERS: Final = ("user0", "user1", "user2")
SERVICES: Final = ("idp",)
RUN: Final = "from trust.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Platform:
    """A client to register."""

    id: str
    redirect_uris: tuple[str, ...]
    post_logout: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)  # more of it, or other than what is usual
    first_party: bool = False
    profile: Profile = Profile.STANDARD

    @property
    def secret(self) -> str:
        return f"secret-of-{self.id}-that-nobody-guesses"

    @property
    def auth_method(self) -> str:
        return str(self.metadata.get("token_endpoint_auth_method", "client_secret_basic"))


@dataclass(frozen=True, slots=True)
class Running:
    """A provider in a process of its own."""

    issuer: str
    home: Path
    process: "subprocess.Popen[str]"


@dataclass(frozen=True, slots=True)
class House:
    """A provider in this process."""

    issuer: str
    home: Path
    application: ASGIApp
    host: host.Host

    @contextmanager
    def browser(self) -> Iterator[Walker]:
        """A fresh browser."""
        with TestClient(self.application, base_url=self.issuer, follow_redirects=False) as client:
            yield Walker(client)


@contextmanager
def serving(
    folder: Path,
    platforms: Sequence[Platform],
    *,
    database: str = "",
    program: str = RUN,
    host_name: str = "127.0.0.1",
) -> Iterator[Running]:
    """Serve a fresh home as `trustctl serve idp` does.

    Args:
        folder: where the home is made.
        platforms: the clients to register.
        database: its address; empty: SQLite in the home.
        program: the Python text that runs the command.
        host_name: of the issuer; passkeys are for names, not for addresses.
    """
    home, _ = make(folder, platforms, SystemClock(), database, host_name)
    with serve_again(home, program=program) as provider:
        yield provider


@contextmanager
def serve_again(home: Path, *, program: str = RUN) -> Iterator[Running]:
    """Serve a home that was made, until the end of the block."""
    command = [sys.executable, "-c", program, "serve", *SERVICES, "--home", str(home), "--lang", "en"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"TRUST_HOME": ""}
    )
    try:
        assert process.stdout
        said = process.stdout.readline()
        if "ready at" not in said:
            raise AssertionError(process.communicate()[1])
        yield Running(said.split()[2].rstrip("/"), home, process)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def house(
    folder: Path, platforms: Sequence[Platform], clock: SettableClock, database: str = "", more: Sequence[str] = ()
) -> Iterator[House]:
    """Open a fresh home in this process, whose time is the test's; `more` are further lines of its settings."""
    home, issuer = make(folder, platforms, clock, database, more=more)
    with host.opened(home, SERVICES, clock) as opened:
        settings = opened.floor.settings
        routes = [route for name in SERVICES for route in opened.services[name].routes()]
        start = StartPage(settings.region, production=False, services=[], demonstration=())
        yield House(issuer, home, app.create(settings.http, routes, Readiness([]), start), opened)


def make(
    folder: Path,
    platforms: Sequence[Platform],
    clock: Clock,
    database: str = "",
    host_name: str = "127.0.0.1",
    more: Sequence[str] = (),
) -> tuple[Path, str]:
    """Make a home with users and clients; returns it and its issuer, whose port nobody listens on yet."""
    home, port = folder / "home", free_port()
    issuer = f"http://{host_name}:{port}"
    home.mkdir(mode=0o700)
    written = [
        'mode = "development"', 'net.allow = ["127.0.0.0/8"]', "[http]", f"port = {port}", f'public_url = "{issuer}"',
        "[log]", 'level = "warning"',
    ]  # fmt: skip
    if database:
        written += ["[database]", f'url = "{database}"']
    (home / FILE_NAME).write_text("\n".join([*written, *more]) + "\n")
    settings = Settings.load(home, host.installed())
    prepare(settings)
    floor = open_floor(settings, clock)
    try:
        _fill(floor, platforms, clock.now())
    finally:
        floor.database.close()
    return home, issuer


def person(name: str) -> Person:
    """A user about whom every standard claim is known."""
    return Person(
        username=name, name="测试用户", given_name="用户", middle_name="小", family_name="测试", nickname=name,
        phone="+8613800000000"[:-1] + name[-1], phone_verified=True, email=f"{name}@example.com", email_verified=True,
        profile=f"https://people.example/{name}", picture=f"https://people.example/{name}.png",
        website=f"https://{name}.example/", gender="female", birthdate="1990-01-01", zoneinfo="Asia/Shanghai",
        locale="zh-CN", address="示例省示例市一号", updated_at=1_700_000_000,
    )  # fmt: skip


def client(platform: Platform, at: datetime) -> Client:
    """The registered client of a platform."""
    usual = {
        "client_name": platform.id, "redirect_uris": list(platform.redirect_uris),
        "post_logout_redirect_uris": list(platform.post_logout),
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "scope": "openid profile email phone address offline_access api",
    }  # fmt: skip
    secret = None if platform.auth_method in ("none", "private_key_jwt") else platform.secret
    return Client(
        id=platform.id, state=ClientState.ACTIVE, profile=platform.profile, first_party=platform.first_party,
        metadata={**usual, **platform.metadata}, created_by="test", created_at=at, changed_at=at,
        secret=None if secret is None else hashlib.sha256(secret.encode()).digest(),
    )  # fmt: skip


@cache
def _digest() -> str:
    """The one digest of everybody's password; making it is slow on purpose."""
    return PasswordHashes().encode(PASSWORD)


def _fill(floor: Floor, platforms: Sequence[Platform], at: datetime) -> None:
    vault = Vault.of(floor.keys)
    with floor.database.writing() as db:
        for each in platforms:
            Clients(db).add(client(each, at))
        for name in USERS:
            known = person(name)
            identifiers = {"username": name, "phone": known.phone, "email": known.email}
            account = Accounts(db, vault).add(known, at, identifiers=identifiers, verified=("phone", "email"))
            Credentials(db).keep(account.id, _digest(), at)
            for kind in ("phone", "two-elements"):
                EvidenceRecords(db).add(account.id, Evidence(kind, at, None, "test"))
