"""A home: the folder with settings, keys, tables and objects; made once, opened by every command that changes things."""

import resource
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from certs.errors import NoProvider
from certs.keys import KeyKind
from certs.sm import providers, selftest
from trust import modes
from trust.clock import Clock, SystemClock
from trust.errors import Kind, TrustError
from trust.keys.errors import KeyMissing
from trust.keys.files import FileKeyRing
from trust.keys.private_files import create_whole, make_private_folder
from trust.keys.ring import Grade, KeyRing
from trust.migrations import schema
from trust.plugin import Floor
from trust.settings import FILE_NAME, Settings, SettingsMalformed, read_secret
from trust.storage.database import Database
from trust.storage.objects import ObjectStore
from trust.storage.unit_of_work import units_of_work

JOURNAL_MAC: Final = "journal-mac"  # HMAC-SM3 over journal entries
JOURNAL_KEY: Final = "journal"  # signs the journal's heads
ANSWERS: Final = "answers"  # HMAC-SM3 and SM4-GCM over what `Idempotency-Key` remembers
GRADE: Final = Grade.SOFTWARE  # of the only ring there is; asked before its files are touched
SECRETS: Final = {JOURNAL_MAC: 32, "person-index": 32, "person-field": 16, ANSWERS: 32}
MAX_PENDING_REVISIONS_SAID: Final = 5

_FIRST_SETTINGS: Final = """\
# Settings of this home; docs/operations/settings.md lists every key. An unknown key refuses to start.
mode = "development"
region = {region}
"""
_FIRST_OF_DEVELOPMENT: Final = """\
net.allow = ["127.0.0.0/8", "::1/128"]  # platforms on this machine may be called; production refuses it
"""


class HomeMissing(TrustError):
    """The folder is not a home yet."""

    kind, code = Kind.NOT_FOUND, "home-missing"


class SchemaBehind(TrustError):
    """The tables are not those of this release."""

    kind, code = Kind.CONFLICT, "schema-behind"


class Sm2NotProved(TrustError):
    """No SM2 provider may hold keys here, or the one that may and gmssl disagree."""

    kind, code = Kind.UNAVAILABLE, "sm2-not-proved"


def prepare(settings: Settings, packages: Iterable[str] | None = None) -> bool:
    """Make what a home is made of where it is missing, and bring its tables forward; returns whether it is new.

    Raises:
        RefusedInProduction: the settings are not fit for production, and nothing was made.
        Sm2NotProved: nothing here computes SM2 as two codes agree it should be.
    """
    modes.insist(settings, GRADE)
    prove_sm2(settings)
    make_private_folder(settings.home)
    keys = FileKeyRing.open(settings.keys.folder, settings.keys.key_file)
    fresh = create_whole(settings.home / FILE_NAME, _first_settings(settings))
    for name, size in SECRETS.items():
        keys.create_secret(name, size, exist_ok=True)
    keys.create(JOURNAL_KEY, exist_ok=True)
    if settings.sign_in.issuer and settings.sign_in.key_file is None:
        keys.create(settings.sign_in.key, KeyKind.P256, exist_ok=True)
    database = open_database(settings)
    try:
        if schema.pending(database, packages):  # looking is cheap, the machinery of a migration is not
            schema.upgrade(database, packages)
    finally:
        database.close()
    return fresh


def open_floor(settings: Settings, clock: Clock | None = None, *, check_schema: bool = True) -> Floor:
    """Open a home that was prepared; close it with `floor.database.close()`.

    Raises:
        HomeMissing: `trustctl init` was never run here.
        SchemaBehind: `trustctl migrate` is due.
        RefusedInProduction: the settings are not fit for production.
        Sm2NotProved: nothing here computes SM2 as two codes agree it should be.
    """
    modes.insist(settings, GRADE)
    prove_sm2(settings)
    keys = open_keys(settings)
    clock = clock or SystemClock()
    database = open_database(settings)
    if check_schema and (behind := schema.pending(database)):
        database.close()
        said = ", ".join(behind[:MAX_PENDING_REVISIONS_SAID])
        raise SchemaBehind(f"the tables wait for {said}; run `trustctl migrate --home {settings.home}`")
    return Floor(
        settings=settings,
        clock=clock,
        database=database,
        new_work=units_of_work(database, clock, keys.secret(JOURNAL_MAC)),
        keys=keys,
        objects=ObjectStore(settings.home / "objects"),
    )


def prove_sm2(settings: Settings) -> None:
    """Give the process its rules for SM2 and, once in it, let the chosen provider and gmssl check each other.

    Raises:
        Sm2NotProved: none may hold keys, or the two disagree; the message says why.
    """
    try:
        providers.configure(forbid=frozenset(settings.sm2.forbid), python_may_sign=settings.sm2.python_may_sign)
        selftest.prove_for_signing()
    except NoProvider as wrong:
        raise Sm2NotProved(str(wrong)) from wrong


def open_keys(settings: Settings) -> KeyRing:
    """The key ring of a home that was prepared.

    Raises:
        HomeMissing: there is none, or not a complete one.
    """
    missing = HomeMissing(f"{settings.home} is not a home; run `trustctl init --home {settings.home}`")
    if not settings.keys.folder.is_dir():
        raise missing
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a process that holds keys leaves no core file
    keys = FileKeyRing.open(settings.keys.folder, settings.keys.key_file)
    try:
        keys.secret(JOURNAL_MAC)
        keys.public(JOURNAL_KEY)
    except KeyMissing as error:
        raise missing from error
    return keys


def open_database(settings: Settings) -> Database:
    """The database the settings name, else SQLite in the home.

    Raises:
        SettingsMalformed: not an address, or one that holds a password.
    """
    url = settings.database.url
    if not url:
        return Database.open(f"sqlite:///{settings.home / 'trust.db'}")
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise SettingsMalformed("[database] url: not the address of a database") from error
    if address.password is not None:
        raise SettingsMalformed("[database] url: a password belongs into password_file, a file of mode 0600")
    if settings.database.password_file is not None:
        address = address.set(password=read_secret(settings.database.password_file).decode())
    return Database.open(address)


def origin(settings: Settings) -> str:
    """The name under which the heads of this home's journal are signed."""
    return f"journal.province-trust/{settings.region or 'home'}"


def head_file(settings: Settings) -> Path:
    """Where the newest signed head of the journal stands outside the database."""
    return settings.home / "journal-head.txt"


def _first_settings(settings: Settings) -> bytes:
    text = _FIRST_SETTINGS.format(region=f'"{settings.region}"')
    if not settings.production:
        text += _FIRST_OF_DEVELOPMENT
    tomllib.loads(text)  # whatever the region is, what we write can be read back
    return text.encode()
