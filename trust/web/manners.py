"""What every response has: a request id, security headers, one log line, and a plain answer when something breaks."""

import logging
import re
import secrets
import time
from collections.abc import Collection
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trust.logs import request_id
from trust.web import problems

_LOG = logging.getLogger("trust.web")
_INBOUND_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")

CONTENT_SECURITY_POLICY: Final = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
HSTS: Final = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


class Manners:
    """The outermost layer of an application, plain ASGI: some 10 µs, and 50 µs for the log line."""

    def __init__(self, app: ASGIApp, *, https: bool = False, proxies: Collection[str] = ()) -> None:
        self._app = app
        self._headers = SECURITY_HEADERS + ((HSTS,) if https else ())
        self._proxies = frozenset(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reference = self._reference(scope)
        token = request_id.set(reference)
        began = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._dress(list(message.get("headers", ())), reference)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            _LOG.exception("a request failed")
            if status:
                raise  # the answer had begun: only the connection can still say that it is broken
            await problems.answer(error)(scope, receive, send_with_headers)
        finally:
            _LOG.info(
                "request",
                extra={
                    "method": scope["method"],
                    "path": scope["path"],  # never the query: it may carry what a form would
                    "status": status,
                    "ms": round((time.perf_counter() - began) * 1000, 1),
                },
            )
            request_id.reset(token)

    def _dress(self, headers: list[tuple[bytes, bytes]], reference: str) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in headers}
        headers += [(name, value) for name, value in self._headers if name not in present]
        if b"cache-control" not in present:
            headers.append((b"cache-control", b"no-store"))
        headers.append((b"x-request-id", reference.encode()))
        return headers

    def _reference(self, scope: Scope) -> str:
        """A fresh id, or the one a reverse proxy of ours has already given."""
        peer = (scope.get("client") or ("",))[0]
        if peer in self._proxies:
            for name, value in scope["headers"]:
                if name == b"x-request-id" and _INBOUND_ID.fullmatch(value):
                    return str(value, "ascii")
        return secrets.token_hex(8)
