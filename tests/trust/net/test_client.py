"""The outbound client: limits on time, size and redirects, and one pool for many threads."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.support.http_server import Asked, Given, serving
from trust.net.client import Outbound, shared
from trust.net.errors import OutboundFailed, OutboundRefused
from trust.net.guard import Guard
from trust.settings import Net, Settings

LOOPBACK = Guard.rule("http://127.0.0.1:1", ("127.0.0.0/8",))


@pytest.fixture
def outbound() -> Iterator[Outbound]:
    client = Outbound(LOOPBACK)
    yield client
    client.close()


@contextmanager
def dripping(first: bytes, every: float) -> Iterator[str]:
    """A server that sends a beginning and then one byte now and then, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(first)
            while not ended.wait(every):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    ended.set()
    thread.join()
    listener.close()


def test_it_fetches_and_sends(outbound: Outbound) -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> Given:
        asked.append(request)
        return Given(201, b'{"a":1}', {"X-Note": "kept", "Set-Cookie": "a=b"})

    with serving(answer) as base:
        got = outbound.get(f"{base}/list?n=1", headers={"Accept": "application/json"})
        outbound.post(f"{base}/form", {"a": "1 2", "b": "印"})
        outbound.post(f"{base}/bytes", b"\x00", content_type="application/octet-stream")
    assert (got.status, got.body, got.headers["x-note"], got.json()) == (201, b'{"a":1}', "kept", {"a": 1})
    assert got.require(200, 201) is got
    with pytest.raises(OutboundFailed):
        got.require()
    assert [each.target for each in asked] == ["/list?n=1", "/form", "/bytes"]
    assert asked[0].headers["host"] == base.removeprefix("http://")
    assert asked[0].headers["accept"] == "application/json"
    assert asked[1].form == {"a": "1 2", "b": "印"}
    assert asked[2].body == b"\x00"
    assert not any("cookie" in each.headers for each in asked)


def test_what_is_no_json_fails(outbound: Outbound) -> None:
    with serving(lambda _: Given(body=b"<p>")) as base, pytest.raises(OutboundFailed):
        outbound.get(base).json()


def test_connections_are_kept_and_shared_by_threads(outbound: Outbound) -> None:
    with serving(lambda each: Given(body=each.target.encode())) as base, ThreadPoolExecutor(8) as threads:
        bodies = list(threads.map(lambda n: outbound.get(f"{base}/{n}").body, range(64)))
    assert bodies == [f"/{n}".encode() for n in range(64)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(outbound: Outbound, status: int) -> None:
    asked = []

    def answer(request: Asked) -> Given:
        asked.append(request.path)
        return Given(status, headers={"Location": "/elsewhere"})

    with serving(answer) as base, pytest.raises(OutboundRefused):
        outbound.get(f"{base}/first")
    assert asked == ["/first"]


def test_a_large_answer_is_cut_off(outbound: Outbound) -> None:
    with serving(lambda _: Given(body=b"x" * 2000)) as base:
        assert len(outbound.get(base, most=2000).body) == 2000
        with pytest.raises(OutboundFailed):
            outbound.get(base, most=1999)


def test_a_silent_server_is_given_up(outbound: Outbound) -> None:
    with dripping(b"", 60) as url, pytest.raises(OutboundFailed):
        outbound.get(url, seconds=0.1)


@pytest.mark.parametrize("first", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"])
def test_a_server_that_drips_is_given_up_in_time(outbound: Outbound, first: bytes) -> None:
    began = time.monotonic()
    with dripping(first, 0.02) as url, pytest.raises(OutboundFailed):
        outbound.get(url, seconds=0.2)
    assert time.monotonic() - began < 1


def test_what_is_no_http_fails(outbound: Outbound) -> None:
    with dripping(b"SSH-2.0-x\r\n\r\n", 60) as url, pytest.raises(OutboundFailed):
        outbound.get(url)


def test_a_closed_port_fails(outbound: Outbound) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(OutboundFailed):
        outbound.get(f"http://127.0.0.1:{port}/")


def test_loopback_is_refused_unless_it_is_allowed() -> None:
    client = Outbound(Guard.rule("https://trust.example", ()))
    with serving(lambda _: Given()) as base:
        for url in (base, base.replace("127.0.0.1", "localhost"), base.replace("127.0.0.1", "[::ffff:127.0.0.1]")):
            with pytest.raises(OutboundRefused):
                client.get(url)
    client.close()


def test_the_home_reaches_itself() -> None:
    with serving(lambda _: Given(body=b"me")) as base:
        client = Outbound(Guard.rule(base, ()))
        assert client.get(f"{base}/x").body == b"me"
        client.close()


def test_a_name_that_changes_its_address_gets_nowhere() -> None:
    asked: list[str] = []
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    with serving(lambda each: Given(body=each.headers["host"].encode())) as base:
        client = Outbound(replace(LOOPBACK, resolve=rebinding))
        url = base.replace("127.0.0.1", "turning.example")
        # The socket goes to the address that was judged; the name is not resolved a second time.
        assert client.get(url).body.startswith(b"turning.example:")
        assert asked == ["turning.example"]
        client.close()
        with pytest.raises(OutboundRefused):
            client.get(url)


def certificate_for(name: str, folder: Path) -> Path:
    """A certificate of its own with its key, as a PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = Encoding.PEM
    path = folder / f"{name}.pem"
    path.write_bytes(key.private_bytes(pem, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(pem))
    return path


def test_tls_is_checked_for_the_name_though_the_socket_goes_to_the_address(tmp_path: Path) -> None:
    file = certificate_for("right.example", tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    guard = replace(LOOPBACK, resolve=lambda _host, _port: ("127.0.0.1",))
    knowing = Outbound(guard, ssl.create_default_context(cafile=str(file)))
    strange = Outbound(guard)
    with serving(lambda _: Given(body=b"well"), server) as base:
        assert knowing.get(base.replace("127.0.0.1", "right.example")).body == b"well"
        for client, name in ((knowing, "wrong.example"), (knowing, "127.0.0.1"), (strange, "right.example")):
            with pytest.raises(OutboundFailed):
                client.get(base.replace("127.0.0.1", name))
    knowing.close()
    strange.close()


def test_the_second_address_is_tried_when_nobody_listens_at_the_first() -> None:
    with serving(lambda _: Given(body=b"second")) as base:
        client = Outbound(replace(LOOPBACK, resolve=lambda _host, _port: ("127.0.0.9", "127.0.0.1")))
        assert client.get(base.replace("127.0.0.1", "two.example")).body == b"second"
        client.close()


def test_a_process_has_one_client_for_a_home(tmp_path: Path) -> None:
    settings = Settings(tmp_path, net=Net(("192.0.2.0/24",)))
    assert shared(settings) is shared(replace(settings, region="330000"))
    assert shared(settings) is not shared(replace(settings, net=Net()))
