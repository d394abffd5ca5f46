"""Every route that changes something reaches a use case that writes the journal in its transaction."""

import importlib
import inspect
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route, Router

from trust import host
from trust.home import open_floor, prepare
from trust.plugin import Plugin
from trust.settings import Settings

ROOT = Path(__file__).parents[2]
SERVICES = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["trust.services"]
SAFE = {"GET", "HEAD", "OPTIONS"}
# Requests that carry a document and change nothing: path and why.
READS: dict[str, str] = {"/oauth/userinfo": "a token may be posted; the answer is read"}


def plugins() -> list[Plugin]:
    found: list[Plugin] = []
    for address in SERVICES.values():
        module, _, name = address.partition(":")
        found.append(getattr(importlib.import_module(module), name))
    return found


def flat(routes: Iterator[Any]) -> Iterator[Route | APIRoute]:
    for route in routes:
        match route:
            case APIRouter() | Router() | Mount():
                yield from flat(iter(route.routes or []))
            case Route() | APIRoute():
                yield route
            case BaseRoute():
                pytest.fail(f"{route} is of a kind this test does not know")


def reached(thing: Any, seen: set[int]) -> Iterator[type]:
    """The classes of use cases in the closures of an endpoint, of the functions it calls, and in their fields."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, MethodType):
        yield from reached(thing.__self__, seen)
    elif isinstance(thing, FunctionType):
        for cell in thing.__closure__ or ():
            yield from reached(cell.cell_contents, seen)
        for default in thing.__defaults__ or ():
            yield from reached(default, seen)
    elif ".usecases." in type(thing).__module__:
        yield type(thing)
    elif type(thing).__module__.split(".")[0] in ("trust", "pki", "seal", "licence", "idp"):
        for name in [*getattr(thing, "__dataclass_fields__", ()), *getattr(thing, "__dict__", ())]:
            yield from reached(getattr(thing, name), seen)


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> list[Route | APIRoute]:
    """The routes of all services that are not safe methods."""
    home = tmp_path_factory.mktemp("home") / "home"
    settings = Settings.load(home, SERVICES, environ={"TRUST_REGION": "330000"})
    prepare(settings, {address.partition(".")[0] for address in SERVICES.values()} | {"trust"})
    waiting, ordered = plugins(), list[Plugin]()
    while waiting:
        ready = [each for each in waiting if set(each.needs) <= {done.name for done in ordered}]
        ordered += ready
        waiting = [each for each in waiting if each not in ready]
    floor = open_floor(settings, check_schema=False)
    built = host.Host.build(floor, ordered)
    routes = [route for service in built.services.values() for route in flat(iter(service.routes()))]
    floor.database.close()
    return [route for route in routes if (route.methods or set()) - SAFE]


def test_every_state_changing_route_is_journalled(changing: list[Route | APIRoute]) -> None:
    assert changing
    for route in changing:
        if route.path in READS:
            continue
        cases = set(reached(route.endpoint, set()))
        assert cases, f"{route.path} reaches no use case"
        silent = [
            case.__name__ for case in cases if "journal.append" not in inspect.getsource(sys.modules[case.__module__])
        ]
        assert not silent, f"{route.path} reaches {silent}, which write no journal entry"


def test_what_is_said_to_change_nothing_exists(changing: list[Route | APIRoute]) -> None:
    assert set(READS) <= {route.path for route in changing}
