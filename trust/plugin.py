"""What a service is given, and what it gives: the whole contract between the host and `<package>/plugin.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar, cast

from trust.clock import Clock
from trust.errors import Kind, TrustError
from trust.jobs.queue import Group
from trust.jobs.worker import Handler, Periodic
from trust.keys.ring import KeyRing
from trust.readiness import Check
from trust.settings import Settings
from trust.storage.database import Database
from trust.storage.objects import ObjectStore
from trust.storage.unit_of_work import NewWork
from trust.web.links import Link, Told

if TYPE_CHECKING:  # a command that serves nothing never loads the web framework
    from fastapi import APIRouter
    from starlette.routing import BaseRoute

T = TypeVar("T")


class FrontDoorMissing(TrustError):
    """A service asked for the front door of one that was not built before it."""

    kind, code = Kind.INTERNAL, "front-door-missing"


@dataclass(frozen=True, slots=True)
class Floor:
    """What a service gets: the parts of the floor, and the front doors of the services it needs."""

    settings: Settings
    clock: Clock
    database: Database  # for readers; whatever changes goes through `new_work`
    new_work: NewWork
    keys: KeyRing
    objects: ObjectStore
    fronts: Mapping[str, object] = field(default_factory=dict)

    def front(self, name: str, kind: type[T]) -> T:
        """The front door (`api`) of a service named in `Plugin.needs`, as the role it plays.

        Raises:
            FrontDoorMissing: it was not built before, or has none.
        """
        del kind  # for the reader and the type checker
        if name not in self.fronts:
            raise FrontDoorMissing(f"no front door of {name!r}; name it in `needs`")
        return cast("T", self.fronts[name])

    def with_front(self, name: str, api: object) -> "Floor":
        return replace(self, fronts={**self.fronts, name: api})


def _nothing() -> "Sequence[APIRouter | BaseRoute]":
    return ()


@dataclass(frozen=True, slots=True)
class Service:
    """What a service gives once it is built."""

    api: object | None = None  # its front door for the services above
    routes: "Callable[[], Sequence[APIRouter | BaseRoute]]" = _nothing  # called by `serve` alone; import web in there
    handlers: Mapping[str, Handler | Callable[[Group], object]] = field(default_factory=dict)  # by kind of job
    periodic: Sequence[Periodic] = ()  # each of a kind that `handlers` knows
    checks: Sequence[Check] = ()
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Plugin:
    """A row of the entry-point table `trust.services`. Loading it must be cheap: imports belong into `build`.

    Its tables need no mention: `<package>/migrations/versions` is found by the name of the package.
    """

    name: str
    zh: str  # what people call it
    en: str
    build: Callable[[Floor], Service]
    needs: tuple[str, ...] = ()  # services whose front doors `build` asks for


@dataclass(frozen=True, slots=True)
class World:
    """The demonstration province while it grows: each seed takes what earlier ones gave and adds its own."""

    floor: Floor  # with the front doors of all services
    given: dict[str, object] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)  # what `init --demo` prints and the start page shows, in this order

    def give(self, name: str, value: object) -> None:
        self.given[name] = value

    def take(self, name: str, kind: type[T]) -> T:
        """What an earlier seed gave under this name.

        Raises:
            FrontDoorMissing: nothing of that name and kind was given.
        """
        value = self.given.get(name)
        if not isinstance(value, kind):
            raise FrontDoorMissing(f"no seed gave {name!r} as {kind.__name__}")
        return value

    def tell(self, name: str, value: str, *, zh: str, en: str) -> None:
        self.told.append(Told(name, value, zh, en))
