"""A snapshot of whom we accept: the certificates for each purpose at an instant, and the registries behind them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Self

from certs.certificate import Certificate, read
from trust.recognition.registry import Entry, Purpose, Registry
from trust.values.region import Area


@dataclass(frozen=True, slots=True)
class Anchors:
    """Whom we accept.

    Attributes:
        registries: the adopted registries, one a region.
        bare: certificates that somebody named by hand; they count for every purpose at any time.
    """

    registries: tuple[Registry, ...] = ()
    bare: tuple[Certificate, ...] = ()

    @classmethod
    def of_certificates(cls, certificates: Iterable[Certificate]) -> Self:
        """Anchors without a registry, as `--anchors` names them."""
        return cls(bare=tuple(certificates))

    def certificates(self, purpose: Purpose, at: datetime) -> tuple[Certificate, ...]:
        """The certificates that count for a purpose, as their entries stood at an instant.

        A path may end in any of them. An entry of type `ca` lets certificates below it count; an entry of a seal maker
        or a time-stamp authority is the end certificate itself.
        """
        recognised = (
            read_certificate(entry.certificate) for _, entry in self.entries(purpose, at) if entry.certificate
        )
        return tuple(dict.fromkeys((*self.bare, *recognised)))

    def entries(self, purpose: Purpose, at: datetime) -> Iterator[tuple[Registry, Entry]]:
        """The entries that count for a purpose at an instant, each with the registry that says so."""
        for registry in self.registries:
            for entry in registry.entries:
                if purpose in entry.purposes and entry.granted_at(at):
                    yield registry, entry

    def covering(self, area: Area) -> Self:
        """Only the registries that speak about an area: its own region's and those of a wider one.

        Whoever judges a document of an area narrows the anchors first, so that another region's registry cannot vouch
        for the certificates behind it. Bare certificates stay.
        """
        return type(self)(tuple(each for each in self.registries if each.region.covers(area)), self.bare)


@lru_cache(maxsize=1024)
def read_certificate(data: bytes) -> Certificate:
    """A certificate of an entry; decoding a registry has shown that it can be read."""
    return read(data)
