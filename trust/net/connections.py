"""Connections of the outbound client: to judged addresses only, and never beyond the deadline of the call."""

import ssl
import time
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import httpcore2

from trust.net.guard import Guard

# Time limits of the transport count each read anew; a server that drips would hold a thread for hours.
deadline: ContextVar[float] = ContextVar("deadline")


class GuardedBackend(httpcore2.NetworkBackend):
    """Opens sockets where the guard permits it; TLS above still checks the certificate for the name."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        last: Exception = httpcore2.ConnectError("no address")
        for address in self._guard.addresses(host, port, left(timeout)):
            try:
                stream = self._sockets.connect_tcp(
                    str(address), port, left(timeout), local_address=local_address, socket_options=socket_options
                )
                return _Timed(stream)
            except httpcore2.ConnectError as error:
                last = error
        raise last


class _Timed(httpcore2.NetworkStream):
    """A stream whose every wait is cut to what is left of the call it works for."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def left(timeout: float | None) -> float:
    """Seconds until the deadline of the running call, at most `timeout`.

    Raises:
        httpcore2.ReadTimeout: none are left.
    """
    seconds = deadline.get() - time.monotonic()
    if seconds <= 0:
        raise httpcore2.ReadTimeout("the time for this call is over")
    return seconds if timeout is None else min(seconds, timeout)
