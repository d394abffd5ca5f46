"""A built host, served: its pages and interfaces, the sequencer and the background work, started and stopped together."""

import socket
import time
from collections.abc import Callable, Sequence
from functools import partial

from trust import checks, demonstration, housekeeping, sequencing
from trust.host import Host
from trust.jobs.worker import Handler, Periodic, Worker
from trust.plugin import Plugin
from trust.readiness import Readiness
from trust.settings import Http
from trust.web import app
from trust.web.pages import Card, StartPage
from trust.web.server import serve as serve_app

JOB_THREADS = 2


def serve(
    host: Host, names: Sequence[str], http: Http, listening: socket.socket, announce: Callable[[str], None]
) -> None:
    """Serve until a signal; `announce` gets the address once requests are answered.

    Args:
        host: everything that was built.
        names: whose routes are mounted; none named: all. What a named one needs works in this process unmounted.
        http: limits and addresses.
        listening: the socket.
        announce: tells the operator.
    """
    mounted = [plugin for plugin in host.plugins if not names or plugin.name in names]
    readiness = Readiness(
        [*checks.of_floor(host.floor, sequenced=True), *(each for one in host.services.values() for each in one.checks)]
    )
    given = {plugin: host.services[plugin.name].routes() for plugin in mounted}
    routes = [route for each in given.values() for route in each]
    application = app.create(http, routes, readiness, _start_page(host, [one for one in mounted if given[one]]))
    sequencer = sequencing.SequencerThread(sequencing.of_floor(host.floor))
    worker = _worker(host)
    url = f"http://{http.host}:{listening.getsockname()[1]}/"
    sequencer.start()
    worker.start()
    try:
        serve_app(application, http, listening, lambda: announce(url))
    finally:
        until = time.monotonic() + http.stop_seconds
        worker.stop(http.stop_seconds / 2)
        sequencer.stop(max(0.0, until - time.monotonic()))


def _worker(host: Host) -> Worker:
    floor = host.floor
    handlers: dict[str, Handler | Callable[..., object]] = {
        housekeeping.KIND: partial(housekeeping.housekeeping, floor)
    }
    periodic: list[Periodic] = [housekeeping.PERIODIC]
    for service in host.services.values():
        handlers |= service.handlers
        periodic += service.periodic
    return Worker(floor.database, floor.clock, handlers, periodic, threads=JOB_THREADS)


def _start_page(host: Host, mounted: Sequence[Plugin]) -> StartPage:
    settings = host.floor.settings
    return StartPage(
        settings.region,
        production=settings.production,
        services=[Card(plugin.zh, plugin.en, host.services[plugin.name].links) for plugin in mounted],
        demonstration=() if settings.production else demonstration.load(settings.home),
    )
