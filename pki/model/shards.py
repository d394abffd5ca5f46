"""Which list a certificate belongs to, and under which address it is found.

The shard comes from the random low bits of the serial, and its address is written into the certificate, so a later
change of their number moves nobody.
"""

from dataclasses import dataclass

from certs.crl import Covers


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where an authority publishes."""

    base: str  # http://host, without a final slash

    def revocation_list(self, authority: str, shard: int) -> str:
        """Return the address of one list."""
        return f"{self.base}/pki/crl/{authority}/{shard}.crl"

    def certificate(self, authority: str) -> str:
        """Return the address of the authority's own certificate."""
        return f"{self.base}/pki/ca/{authority}.cer"


def shard_of(serial: int, shards: int) -> int:
    """Return the shard of a serial, 0 up to the number of shards."""
    return (serial & 0xFFFFFFFF) % shards


def covers(*, issues_authorities: bool) -> Covers:
    """Return what the lists of an authority speak for: it certifies either authorities or users, never both."""
    return Covers.AUTHORITIES if issues_authorities else Covers.USERS
