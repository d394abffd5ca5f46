"""The one way out: `get` and `post` within limits on time and size, through the guard, without redirects."""

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Self
from urllib.parse import urlencode

import httpcore2

from trust.net import connections
from trust.net.errors import OutboundFailed, OutboundRefused
from trust.net.guard import Guard, Target
from trust.settings import Settings

SECONDS: Final = 2.0
MAX_BYTES: Final = 256 << 10
MAX_CONNECTIONS: Final = 32
KEEP_SECONDS: Final = 15.0
FORM: Final = "application/x-www-form-urlencoded"
USER_AGENT: Final = "province-trust"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said: a status (never a redirect), headers in lower case, the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            OutboundFailed: it is none.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise OutboundFailed("the answer is not JSON") from error

    def require(self, *statuses: int) -> Self:
        """This answer, when its status is among these (none said: 200).

        Raises:
            OutboundFailed: another status.
        """
        if self.status not in (statuses or (200,)):
            raise OutboundFailed(f"the other side answered {self.status}")
        return self


class Outbound:
    """A client for any number of threads, with one pool of connections. It keeps no cookies and uses no proxy.

    Bodies arrive as they were sent: no compression is asked for, so a small answer stays small.
    """

    def __init__(self, guard: Guard, tls: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls or ssl.create_default_context(),
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEP_SECONDS,
            network_backend=connections.GuardedBackend(guard),
        )

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, seconds: float = SECONDS, most: int = MAX_BYTES
    ) -> Answer:
        """Fetch.

        Args:
            url: `http` or `https`.
            headers: sent beside our own.
            seconds: for all of it, the name's resolution and the last byte included.
            most: bytes of the body.

        Raises:
            OutboundRefused: not an address this home calls, or the other side leads elsewhere.
            OutboundFailed: no answer in time, or a larger one.
        """
        return self._call("GET", url, None, headers or {}, seconds, most)

    def post(
        self,
        url: str,
        body: bytes | Mapping[str, str],
        *,
        content_type: str = FORM,
        headers: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
        most: int = MAX_BYTES,
    ) -> Answer:
        """Send a body, or the fields of a form; otherwise as `get`. Nothing is sent twice."""
        content = body if isinstance(body, bytes) else urlencode(body).encode()
        return self._call("POST", url, content, {"content-type": content_type, **(headers or {})}, seconds, most)

    def close(self) -> None:
        """Close the connections that wait."""
        self._pool.close()

    def _call(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], seconds: float, most: int
    ) -> Answer:
        target = Target.parse(url)
        sent = {
            "host": target.authority, "user-agent": USER_AGENT, "accept": "*/*", "accept-encoding": "identity",
            **{name.lower(): value for name, value in headers.items()},
        }  # fmt: skip
        if body is not None:
            sent["content-length"] = str(len(body))
        token = connections.deadline.set(time.monotonic() + seconds)
        try:
            with self._pool.stream(
                method,
                httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
                headers=list(sent.items()),
                content=body,
                extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), seconds)},
            ) as response:
                if 300 <= response.status < 400:
                    raise OutboundRefused(f"{target.host} leads elsewhere, and redirects are not followed")
                return Answer(response.status, _headers(response.headers), _body(response, most))
        except (httpcore2.TimeoutException, TimeoutError) as error:
            raise OutboundFailed(f"{target.host} did not answer within {seconds:g} s") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise OutboundFailed(f"{target.host} was not reached or answered no HTTP") from error
        finally:
            connections.deadline.reset(token)


def shared(settings: Settings) -> Outbound:
    """The client of this home; one for the process, however many ask.

    Raises:
        SettingsMalformed: `[net] allow` holds something that is no network.
    """
    return _shared(settings.http.public_url, settings.net.allow)


@cache
def _shared(public_url: str, allow: tuple[str, ...]) -> Outbound:
    return Outbound(Guard.rule(public_url, allow))


def _headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {str(name, "latin-1").lower(): str(value, "latin-1") for name, value in raw}


def _body(response: httpcore2.Response, most: int) -> bytes:
    found = bytearray()
    for chunk in response.iter_stream():
        found += chunk
        if len(found) > most:
            raise OutboundFailed(f"the answer is larger than {most} bytes")
    return bytes(found)
