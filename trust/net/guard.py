"""Whom this home may call: addresses are judged after the name was resolved, and the judged one is connected to."""

import re
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Self
from urllib.parse import urlsplit

from trust.net.errors import OutboundFailed, OutboundRefused
from trust.settings import Settings, SettingsMalformed

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Iterable[str]]

MAX_URL_CHARACTERS: Final = 2048
MAX_ADDRESSES: Final = 16
RESOLVER_THREADS: Final = 4  # a resolver that hangs holds up four calls, not the process
DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# Standard: RFC 6890 and the IANA special-purpose registries; multicast (RFC 5771) and reserved space beside them.
_NOT_PUBLIC_4: Final = tuple(
    IPv4Network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3",
        "168.63.129.16/32",  # a cloud's metadata service that sits in public space
    )
)  # fmt: skip
_PUBLIC_6: Final = IPv6Network("2000::/3")  # so no loopback, local, multicast, nor an IPv4 address in other clothes
_NOT_PUBLIC_6: Final = tuple(
    IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)  # Teredo and 6to4 carry IPv4 addresses inside
_PLAIN: Final = re.compile(r"[!-\[\]^-~]+")  # printable ASCII without the backslash, which readers take differently
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?|[0-9a-f:.]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart once, so that nobody reads it a second time in another way."""

    scheme: str
    host: str  # lower case, without brackets
    port: int
    path: str  # path and query as sent

    @classmethod
    def parse(cls, url: str) -> Self:
        """Take an `http` or `https` address apart; a fragment is dropped.

        Raises:
            OutboundRefused: another scheme, a user name inside, or anything not written plainly.
        """
        if len(url) > MAX_URL_CHARACTERS or not _PLAIN.fullmatch(url):
            raise OutboundRefused("an outbound address is too long or holds characters that do not belong there")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise OutboundRefused("an outbound address cannot be read") from error
        if parts.scheme not in DEFAULT_PORTS:
            raise OutboundRefused("an outbound address begins with http:// or https://")
        if "@" in parts.netloc:
            raise OutboundRefused("an outbound address holds no user name")
        host = parts.hostname or ""
        if not _HOST.fullmatch(host) or port == 0:
            raise OutboundRefused("an outbound address names no host")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme], path)

    @property
    def authority(self) -> str:
        """Host and port as the `Host` header writes them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port != DEFAULT_PORTS[self.scheme] else host


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a name as this machine's resolver knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """The rule: public addresses, the networks of `[net] allow`, and this home's own public address."""

    allow: tuple[Network, ...] = ()
    own: frozenset[tuple[str, int]] = frozenset()
    resolve: Resolve = resolve

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The guard of a home; raises as `rule`."""
        return cls.rule(settings.http.public_url, settings.net.allow)

    @classmethod
    def rule(cls, public_url: str, allow: Iterable[str]) -> Self:
        """The guard of a home with this public address and these networks beside the public ones.

        Raises:
            SettingsMalformed: `[net] allow` holds something that is no network, or `[http] public_url` no address.
        """
        try:
            own = Target.parse(public_url)
        except OutboundRefused as error:
            raise SettingsMalformed(f"[http] public_url: {error}") from error
        return cls(networks(allow), frozenset({(own.host, own.port)}))

    def addresses(self, host: str, port: int, seconds: float) -> tuple[Address, ...]:
        """The addresses to connect to, in the resolver's order. The name is resolved once, here.

        Raises:
            OutboundRefused: one of them may not be called; a name that mixes public and private ones is a trick.
            OutboundFailed: the name is unknown, or the resolver took longer than `seconds`.
        """
        found = self._resolved(host, port, seconds)
        if (host, port) not in self.own:
            for each in found:
                if not self.permits(each):
                    raise OutboundRefused(f"{host} is not at a public address")
        return found

    def permits(self, address: Address) -> bool:
        """Whether this address may be called."""
        return is_public(address) or any(address.version == each.version and address in each for each in self.allow)

    def _resolved(self, host: str, port: int, seconds: float) -> tuple[Address, ...]:
        try:
            return (ip_address(host),)
        except ValueError:
            pass
        try:
            texts = _resolvers().submit(self.resolve, host, port).result(max(seconds, 0.0))
            found = tuple(ip_address(text) for text in list(texts)[:MAX_ADDRESSES])
        except TooSlow as error:
            raise OutboundFailed(f"the address of {host} was not found in time") from error
        except (OSError, ValueError) as error:  # unknown, or an address with a zone
            raise OutboundFailed(f"the address of {host} was not found") from error
        if not found:
            raise OutboundFailed(f"{host} has no address")
        return found


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public Internet, whatever Python release judges it."""
    if isinstance(address, IPv4Address):
        return not any(address in each for each in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in each for each in _NOT_PUBLIC_6)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks of `[net] allow`.

    Raises:
        SettingsMalformed: not a network.
    """
    try:
        return tuple(ip_network(text) for text in texts)
    except ValueError as error:
        raise SettingsMalformed(f"[net] allow: {error}") from error


@cache
def _resolvers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(RESOLVER_THREADS, "resolver")
