"""What precedes a body is bounded, whether it comes in one line or in many; a body is not counted with it."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.support.idp_home import serving
from trust.web.http_protocol import MAX_HEAD_BYTES


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    with serving(tmp_path_factory.mktemp("served"), []) as running:
        parts = urlsplit(running.issuer)
        yield str(parts.hostname), int(parts.port or 0)


def _answer(address: tuple[str, int], *pieces: bytes) -> bytes:
    """What the server says, whether or not it listened to the end."""
    with socket.create_connection(address, 10) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            return connection.recv(1 << 16)
        except (BrokenPipeError, ConnectionResetError):
            return b"cut"


@pytest.mark.parametrize("piece", [b"a" * 1000, b"x-many: " + b"a" * 990 + b"\r\n"])
def test_a_head_without_end_is_refused(address: tuple[str, int], piece: bytes) -> None:
    said = _answer(address, b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: ", *[piece] * (2 * MAX_HEAD_BYTES // 1000))
    assert said == b"cut" or said.startswith(b"HTTP/1.1 400 ")


def test_an_address_without_end_is_refused(address: tuple[str, int]) -> None:
    said = _answer(address, b"GET /", *[b"a" * 1000] * (2 * MAX_HEAD_BYTES // 1000))
    assert said == b"cut" or said.startswith(b"HTTP/1.1 400 ")


def test_a_long_body_and_a_second_request_are_not_counted(address: tuple[str, int]) -> None:
    body = b"a" * (4 * MAX_HEAD_BYTES)
    head = b"POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: " + str(len(body)).encode() + b"\r\n\r\n"
    with socket.create_connection(address, 10) as connection:
        connection.sendall(head)
        for at in range(0, len(body), 1000):
            connection.sendall(body[at : at + 1000])
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 405 ")
    with socket.create_connection(address, 10) as connection:
        for _ in range(3 * MAX_HEAD_BYTES // 1000):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-filler: " + b"a" * 1000 + b"\r\n\r\n")
            said = b""
            while not said.endswith(b"ok\n"):
                said += connection.recv(1 << 16)
            assert said.startswith(b"HTTP/1.1 200 ")
