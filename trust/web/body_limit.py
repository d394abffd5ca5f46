"""A request body larger than we are willing to hold is refused: by its declared length, and while it arrives."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trust.errors import Kind, TrustError
from trust.web import problems


class BodyTooLarge(TrustError):
    """A request body over the configured limit."""

    kind, code = Kind.TOO_LARGE, "body-too-large"


class BodyLimit:
    """An ASGI layer that stops reading at a number of bytes and answers 413."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = BodyTooLarge(f"a request body has at most {self._most} bytes")
        declared = Headers(scope=scope).get("content-length", "0")
        if not (declared.isascii() and declared.isdigit()) or int(declared[:20]) > self._most:
            await problems.answer(refusal)(scope, receive, send)
            return
        seen = 0
        refused = begun = False

        async def counted() -> Message:
            nonlocal seen, refused
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._most:
                refused = True
                raise refusal
            return message

        async def send_or_refuse(message: Message) -> None:
            nonlocal begun
            # A framework may turn what `receive` raised into an answer of its own; ours goes out instead.
            if begun or not refused:
                begun = True
                await send(message)

        try:
            await self._app(scope, counted, send_or_refuse)
        except BodyTooLarge:
            if begun:
                raise
        if refused and not begun:
            await problems.answer(refusal)(scope, receive, send)
