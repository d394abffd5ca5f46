"""One process that serves an application on one address until it is told to stop, and then stops within a limit."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from trust.errors import Kind, TrustError
from trust.settings import Http
from trust.web.http_protocol import BoundedHead

GRACE_SECONDS: Final = 1  # for requests at hand; the rest of `stop_seconds` is for background work
MAX_CONNECTIONS: Final = 2_000
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)

_LOG = logging.getLogger(__name__)


class AddressTaken(TrustError):
    """The address cannot be listened on: another process has it, or it is not this machine's."""

    kind, code = Kind.CONFLICT, "address-taken"


class Server(uvicorn.Server):
    """uvicorn with our ending: signals stop it, and it returns instead of dying of them."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], stop_seconds: float) -> None:
        super().__init__(config)
        self._ready = ready
        self._stop_seconds = stop_seconds

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal; uvicorn would raise it again afterwards and so skip the end of our background work."""
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        # A handler that is deep in a slow call cannot be interrupted; after the limit it is left as a crash would
        # leave it, which every transaction survives.
        timer = threading.Timer(self._stop_seconds, os._exit, args=[0])
        timer.daemon = True
        timer.start()


def serve(app: ASGIApp, http: Http, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is called once requests are answered."""
    config = uvicorn.Config(
        app,
        log_config=None,  # ours is in place
        access_log=False,  # every request has its line already
        server_header=False,
        proxy_headers=False,  # the application does that, behind its own outermost layer
        timeout_graceful_shutdown=GRACE_SECONDS,
        limit_concurrency=MAX_CONNECTIONS,
        http=BoundedHead,
        loop="uvloop",
        ws="none",
    )
    Server(config, ready, http.stop_seconds).run(sockets=[listening])


def listen(http: Http) -> socket.socket:
    """The listening socket, taken before anything is announced.

    Raises:
        AddressTaken: the message names the address.
    """
    family = socket.AF_INET6 if ":" in http.host else socket.AF_INET
    try:
        listening = socket.create_server((http.host, http.port), family=family, backlog=2048)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise AddressTaken(
            f"cannot listen on {http.host}:{http.port}: {why}; --port or [http] port in trust.toml takes another"
        ) from error
    # Connections inherit it. asyncio sets it only on sockets whose protocol number is spelled out, and without it every
    # answer that goes out in two pieces waits 40 ms for the client's delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
