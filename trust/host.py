"""Loads services by name from the entry-point table `trust.services`, orders them by need, builds them, and seeds."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final, Self

from trust.clock import Clock
from trust.errors import Kind, TrustError
from trust.home import open_floor
from trust.plugin import Floor, Plugin, Service, World
from trust.settings import Settings

SERVICES: Final = "trust.services"
SEEDS: Final = "trust.demonstration"


class ServiceUnknown(TrustError):
    """No installed package offers a service of this name, or services need one another in a circle."""

    kind, code = Kind.MALFORMED, "service-unknown"


@dataclass(frozen=True, slots=True)
class Host:
    """Services built on one floor, each after those it needs."""

    floor: Floor  # with the front doors of all of them
    plugins: tuple[Plugin, ...]
    services: dict[str, Service]

    @classmethod
    def build(cls, floor: Floor, plugins: Iterable[Plugin]) -> Self:
        ordered, services = tuple(plugins), dict[str, Service]()
        for plugin in ordered:
            services[plugin.name] = plugin.build(floor)
            floor = floor.with_front(plugin.name, services[plugin.name].api)
        return cls(floor, ordered, services)

    def seed(self) -> World:
        """Bring up the demonstration: every seed of a built service, in the same order; a second run adds nothing."""
        seeds, world = {point.name: point for point in entry_points(group=SEEDS)}, World(self.floor)
        for plugin in self.plugins:
            if plugin.name in seeds:
                seeds[plugin.name].load()(world)
        return world


def installed() -> tuple[str, ...]:
    """The names of all services of this installation."""
    return tuple(sorted(point.name for point in entry_points(group=SERVICES)))


def load(names: Sequence[str] = ()) -> tuple[Plugin, ...]:
    """The named services (none named: all) and those they need, in the order in which they are built.

    Raises:
        ServiceUnknown: a name nobody offers, or a circle.
    """
    table = {point.name: point for point in entry_points(group=SERVICES)}
    found: dict[str, Plugin] = {}
    waiting = list(names or sorted(table))
    while waiting:
        name = waiting.pop()
        if name not in table:
            raise ServiceUnknown(f"there is no service {name!r}; there are {', '.join(sorted(table)) or 'none'}")
        if name not in found:
            found[name] = table[name].load()
            waiting += found[name].needs
    try:
        order = TopologicalSorter({name: sorted(found[name].needs) for name in sorted(found)}).static_order()
        return tuple(found[name] for name in order)
    except CycleError as error:
        raise ServiceUnknown(f"services need one another in a circle: {' → '.join(error.args[1])}") from error


@contextmanager
def opened(home: Path, names: Sequence[str] = (), clock: Clock | None = None) -> Iterator[Host]:
    """Open a home with the named services (none named: all), for a command or a test; closed at the end.

    Raises:
        SettingsMalformed, HomeMissing, SchemaBehind, RefusedInProduction: as `Settings.load` and `open_floor`.
    """
    plugins = load(names)
    floor = open_floor(Settings.load(home, installed()), clock)
    try:
        yield Host.build(floor, plugins)
    finally:
        floor.database.close()
