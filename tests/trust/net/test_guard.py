"""The guard: which addresses are called, and that the judged one is the one connected to."""

import time
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from trust.net.errors import OutboundFailed, OutboundRefused
from trust.net.guard import Guard, Target, is_public
from trust.settings import Settings, SettingsMalformed

GUARD = Guard.rule("https://trust.example", ())


def answering(*addresses: str) -> Guard:
    return replace(GUARD, resolve=lambda _host, _port: addresses)


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "127.255.1.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
        "169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "203.0.113.9", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::a00:1",
        "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:4136:e378::1", "2001:db8::1", "100::1", "fec0::1", "3fff::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(text: str) -> None:
    assert not is_public(ip_address(text))
    with pytest.raises(OutboundRefused):
        answering(text).addresses("lists.example", 443, 1)
    with pytest.raises(OutboundRefused):
        GUARD.addresses(text, 443, 1)


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2400:3200::1", "2606:4700::1111"])
def test_public_addresses_are_called(text: str) -> None:
    assert answering(text).addresses("lists.example", 443, 1) == (ip_address(text),)


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(OutboundRefused):
        answering("8.8.8.8", "10.0.0.1").addresses("lists.example", 443, 1)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1"])
def test_other_spellings_of_loopback_are_refused(host: str) -> None:
    with pytest.raises((OutboundRefused, OutboundFailed)):
        GUARD.addresses(host, 80, 1)


def test_a_name_that_nobody_knows_fails() -> None:
    def unknown(_host: str, _port: int) -> tuple[str, ...]:
        raise OSError("no such name")

    with pytest.raises(OutboundFailed):
        replace(GUARD, resolve=unknown).addresses("lists.example", 443, 1)
    with pytest.raises(OutboundFailed):
        answering().addresses("lists.example", 443, 1)


def test_a_slow_resolver_does_not_hold_the_call() -> None:
    def slow(_host: str, _port: int) -> tuple[str, ...]:
        time.sleep(0.3)
        return ("8.8.8.8",)

    began = time.monotonic()
    with pytest.raises(OutboundFailed):
        replace(GUARD, resolve=slow).addresses("lists.example", 443, 0.05)
    assert time.monotonic() - began < 0.25


def test_the_allowed_networks_and_the_own_address_are_called() -> None:
    guard = replace(Guard.rule("http://127.0.0.1:8000", ("10.1.0.0/16", "::1/128")), resolve=lambda *_: ("10.1.2.3",))
    assert guard.addresses("inside.example", 80, 1)
    assert guard.addresses("::1", 80, 1)
    assert guard.addresses("127.0.0.1", 8000, 1)
    for host, port in (("127.0.0.1", 8001), ("127.0.0.2", 8000), ("10.2.0.1", 80), ("::ffff:10.1.0.1", 80)):
        with pytest.raises(OutboundRefused):
            guard.addresses(host, port, 1)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://lists.example/", "ftp://lists.example/", "lists.example", "//lists.example/",
        "http://user@lists.example/", "http://user:word@lists.example/", "http://8.8.8.8@127.0.0.1/", "http:///path",
        "http://lists.example\\@127.0.0.1/", "http://lists.example/\r\nHost: x", "http://lists .example/",
        "http://lists.example:0/", "http://lists.example:99999/", "http://lists.example:port/", "http://[::1/",
        "http://列表.example/", "http://[fe80::1%25eth0]/", "http://" + "a" * 2100 + ".example/", "",
        "http://lists.example/\x00", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_addresses_not_written_plainly_are_refused(url: str) -> None:
    with pytest.raises(OutboundRefused):
        Target.parse(url)


def test_an_address_is_taken_apart_once() -> None:
    assert Target.parse("HTTPS://Lists.Example/a/b?c=d#e") == Target("https", "lists.example", 443, "/a/b?c=d")
    assert Target.parse("http://[2400:3200::1]:81").authority == "[2400:3200::1]:81"
    assert Target.parse("http://lists.example:80/").authority == "lists.example"


def test_settings_that_name_no_network_refuse_to_start(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert Guard.of(settings).own == {("127.0.0.1", 8000)}
    with pytest.raises(SettingsMalformed):
        Guard.of(replace(settings, net=replace(settings.net, allow=("loopback",))))
    with pytest.raises(SettingsMalformed):
        Guard.rule("trust.example", ())
