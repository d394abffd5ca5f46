"""The settings of a home: one TOML file and the environment, read once into frozen sections, unknown keys refused."""

import os
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, ClassVar, Self, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from trust.errors import Kind, TrustError

FILE_NAME = "trust.toml"
PREFIX = "TRUST_"
MAX_FILE_BYTES = 1 << 20

T = TypeVar("T")


class SettingsMalformed(TrustError):
    """A settings file or an environment override that we refuse to start with."""

    kind, code = Kind.MALFORMED, "settings-malformed"


class RefusedInProduction(TrustError):
    """Something that only a development home may do."""

    kind, code = Kind.FORBIDDEN, "refused-in-production"


class Mode(Enum):
    """How strict a home is: development says what is missing, production refuses to go on without it."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Http:
    """`[http]`: where the server listens, and how the world calls it."""

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    forwarded_allow: tuple[str, ...] = ()  # addresses of the reverse proxies whose X-Forwarded-* we believe
    max_body_bytes: int = 64 << 20
    threads: int = 40
    stop_seconds: float = 1.8  # from the signal to the end of the process, whatever still runs


@dataclass(frozen=True, slots=True)
class Database:
    """`[database]`: the relational tables; an empty address is SQLite in the home."""

    url: str = ""
    password_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """`[keys]`: where the key ring keeps its files, and the file whose secret wraps them."""

    folder: Path = Path("keys")
    key_file: Path | None = None  # also TRUST_KEY_FILE; readable by its owner alone


@dataclass(frozen=True, slots=True)
class Sm2:
    """`[sm2]`: which providers may compute SM2 here."""

    forbid: tuple[str, ...] = ()  # of native, openssl, python
    python_may_sign: bool = False  # its time depends on the key


@dataclass(frozen=True, slots=True)
class ClockRules:
    """`[clock]`: whether something outside watches this machine's time, and how far it may jump."""

    supervised: bool = False
    max_jump_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Net:
    """`[net]`: addresses the outbound guard lets through beside the public ones."""

    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignIn:
    """`[sign_in]`: the issuer whose tokens are believed here, and as whom pages sign people in at it."""

    issuer: str = ""  # exactly as it calls itself; empty: nobody signs in here
    client_id: str = "trust-pages"
    audience: str = ""  # what access tokens for us say; empty: `[http] public_url`
    scopes: tuple[str, ...] = ("openid", "offline_access")
    key: str = "sign-in"  # the P-256 key in the ring by which we prove who we are
    key_file: Path | None = None  # the same as a PEM file, readable by its owner alone; instead of the ring
    acr_prefix: str = "urn:cn-gov:loa:l"  # what stands before the digit of a level
    hours: float = 12.0  # a browser signs in anew after that, whatever the issuer says


@dataclass(frozen=True, slots=True)
class Logs:
    """`[log]`: how much is written to standard error, one JSON object a line."""

    level: str = "INFO"


@dataclass(frozen=True, slots=True)
class Settings:
    """What one home is told: its own sections, and the raw ones of the services, which each parses itself."""

    home: Path
    mode: Mode = Mode.DEVELOPMENT
    region: str = ""
    http: Http = field(default_factory=Http)
    database: Database = field(default_factory=Database)
    keys: Keys = field(default_factory=Keys)
    sm2: Sm2 = field(default_factory=Sm2)
    clock: ClockRules = field(default_factory=ClockRules)
    net: Net = field(default_factory=Net)
    sign_in: SignIn = field(default_factory=SignIn)
    log: Logs = field(default_factory=Logs)
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    SECTIONS: ClassVar[Mapping[str, type]] = {
        "http": Http, "database": Database, "keys": Keys, "sm2": Sm2, "clock": ClockRules, "net": Net, "sign_in": SignIn,
        "log": Logs,
    }  # fmt: skip

    @classmethod
    def load(cls, home: Path, services: Iterable[str] = (), environ: Mapping[str, str] = os.environ) -> Self:
        """Read `trust.toml` of a home, with `TRUST_<SECTION>_<KEY>` of the environment over it.

        Args:
            home: the folder; every relative path of the settings starts there.
            services: names whose sections are left for the service to parse; any other section is refused.
            environ: the environment.

        Raises:
            SettingsMalformed: unreadable, or a section, key or value we do not know; the message names it.
        """
        home = home.absolute()
        table = _table(home / FILE_NAME)
        overridden = _overrides(table, environ, (*cls.SECTIONS, *services))
        top = {name: table.pop(name) for name in ("mode", "region") if name in table}
        top |= {name: environ[PREFIX + name.upper()] for name in ("mode", "region") if PREFIX + name.upper() in environ}
        for name, value in table.items():
            if name not in cls.SECTIONS and name not in services:
                what = "section" if isinstance(value, dict) else "key"
                raise SettingsMalformed(f"{home / FILE_NAME}: unknown {what} {name!r}")
        own: dict[str, Any] = {
            name: section(overridden.get(name, {}), shape, name, home) for name, shape in cls.SECTIONS.items()
        }
        return cls(
            home=home,
            mode=_value(top.get("mode", Mode.DEVELOPMENT.value), Mode, "mode", home),
            region=_value(top.get("region", ""), str, "region", home),
            services={name: overridden.get(name, {}) for name in services},
            **own,
        )

    def section(self, name: str, shape: type[T]) -> T:
        """The section of a service as its own frozen dataclass.

        Raises:
            SettingsMalformed: an unknown key, a missing one, or a value of the wrong kind.
        """
        return section(self.services.get(name, {}), shape, name, self.home)

    @property
    def production(self) -> bool:
        return self.mode is Mode.PRODUCTION

    def development_only(self, what: str) -> None:
        """Refuse in production.

        Raises:
            RefusedInProduction: this home is in production; the message says what was asked.
        """
        if self.production:
            raise RefusedInProduction(f"a production home does not {what}")


def section(raw: Mapping[str, Any], shape: type[T], name: str, home: Path) -> T:
    """One table as a frozen dataclass: field names are the keys, defaults are the dataclass's.

    Raises:
        SettingsMalformed: the message names section and key.
    """
    if not isinstance(raw, Mapping):
        raise SettingsMalformed(f"[{name}] is a value where a section belongs")
    hints = get_type_hints(shape)
    known = {entry.name: entry for entry in fields(cast("Any", shape))}
    for key in raw:
        if key not in known:
            raise SettingsMalformed(f"unknown key {key!r} in section [{name}]")
    values: dict[str, Any] = {}
    for key, entry in known.items():
        if key in raw:
            values[key] = _value(raw[key], hints[key], f"[{name}] {key}", home)
        elif entry.default is MISSING and entry.default_factory is MISSING:
            raise SettingsMalformed(f"missing key {key!r} in section [{name}]")
        elif isinstance(entry.default, Path):
            values[key] = home / entry.default
    return shape(**values)


def read_secret(path: Path) -> bytes:
    """The content of a secret file that its owner alone may read, without the final line feed.

    Raises:
        SettingsMalformed: absent, empty, or open to group or others.
    """
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise SettingsMalformed(f"secret file {path}: {error.strerror}") from error
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsMalformed(f"secret file {path} is open to others (mode {stat.S_IMODE(mode):04o}, want 0600)")
    if not content.strip():
        raise SettingsMalformed(f"secret file {path} is empty")
    return content.rstrip(b"\r\n")


def _table(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SettingsMalformed(f"{path} is larger than {MAX_FILE_BYTES} bytes")
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsMalformed(f"{path}: {error.strerror}") from error
    except ValueError as error:  # not UTF-8, not TOML
        raise SettingsMalformed(f"{path}: {error}") from error


def _overrides(table: Mapping[str, Any], environ: Mapping[str, str], names: Iterable[str]) -> dict[str, Any]:
    """The sections with the environment laid over them; a misspelt key is then refused with its section."""
    merged: dict[str, Any] = {name: table[name] for name in names if name in table}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX):
            continue
        # TRUST_KEY_FILE is the documented short spelling: secrets come by file only.
        said = "keys_key_file" if variable == "TRUST_KEY_FILE" else variable.removeprefix(PREFIX).lower()
        name, _, key = said.partition("_")
        if said.startswith("sign_in_"):  # the one section whose name has two words
            name, key = "sign_in", said.removeprefix("sign_in_")
        if key and name in names:
            before = merged.get(name, {})
            merged[name] = {**before, key: text} if isinstance(before, Mapping) else before
    return merged


def _value(raw: Any, hint: Any, where: str, home: Path) -> Any:
    """One TOML value, or the text of an environment variable, as the type its field declares."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        inner = [choice for choice in get_args(hint) if choice is not type(None)]
        return _value(raw, inner[0], where, home)
    if origin is tuple:
        items = raw.split(",") if isinstance(raw, str) else raw
        if not isinstance(items, list):
            raise SettingsMalformed(f"{where}: wants a list")
        item = get_args(hint)[0]
        return tuple(_value(each.strip() if isinstance(each, str) else each, item, where, home) for each in items)
    if isinstance(raw, Mapping):
        if hasattr(hint, "__dataclass_fields__"):
            return section(raw, hint, where, home)
    elif isinstance(raw, str):
        return _from_text(raw, hint, where, home)
    elif type(raw) is hint:
        return raw
    elif hint is float and type(raw) is int:
        return float(raw)
    raise SettingsMalformed(f"{where}: {raw!r} is not {_said(hint)}")


def _from_text(text: str, hint: Any, where: str, home: Path) -> Any:
    try:
        if hint is str:
            return text
        if hint is Path:
            return home / text
        if hint is bool:
            return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[text.lower()]
        if hint in (int, float) or _is_choice(hint):
            return hint(text)
    except (ValueError, KeyError):
        pass
    raise SettingsMalformed(f"{where}: {text!r} is not {_said(hint)}")


def _is_choice(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


def _said(hint: Any) -> str:
    if _is_choice(hint):
        return "one of " + ", ".join(str(choice.value) for choice in hint)
    return {bool: "true or false", int: "a whole number", float: "a number", str: "text", Path: "a path"}.get(
        hint, "of the expected shape"
    )
