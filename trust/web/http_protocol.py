"""HTTP/1.1 read by httptools, at half the processor time of h11, with a bound on what precedes a request's body."""

from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES: Final = 32 << 10


class BoundedHead(HttpToolsProtocol):
    """A connection whose request lines and headers end in time; the parser itself would collect without end.

    What arrives in one piece with its body is not counted: the socket's buffer bounds it.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._unread = 0  # bytes since the last request's end, while no head is complete

    def data_received(self, data: bytes) -> None:
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The request's head is too long.")

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._unread = -(1 << 62)  # a body has its own limit

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._unread = 0
