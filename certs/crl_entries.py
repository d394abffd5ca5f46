"""The entries of a revocation list: one scan for their places, and the value of one entry when it is asked for.

Standard:
    RFC 5280 sections 5.1.2.6 and 5.3.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from certs import der, der_writer, extensions, oids
from certs.der import Reader, reading
from certs.errors import MalformedEncoding

MAX_ENTRY_EXTENSIONS: Final = 16
_REASON_HEAD: Final = bytes.fromhex("300c300a0603551d1504030a01")
# SEQUENCE { INTEGER of sixteen octets beginning with 01, UTCTime, [reason] }: what `encode` makes of our own serials.
_CANONICAL: Final = re.compile(
    rb"\x30(?:\x21|\x2f)\x02\x10[\x40-\x7f].{15}"
    rb"\x17\x0d[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z"
    rb"(?:" + re.escape(_REASON_HEAD) + rb"[\x01-\x06\x08-\x0a])?",
    re.DOTALL,
)


class Reason(IntEnum):
    """Why a certificate was revoked."""

    UNSPECIFIED = 0
    KEY_COMPROMISE = 1
    CA_COMPROMISE = 2
    AFFILIATION_CHANGED = 3
    SUPERSEDED = 4
    CESSATION_OF_OPERATION = 5
    CERTIFICATE_HOLD = 6
    REMOVE_FROM_CRL = 8
    PRIVILEGE_WITHDRAWN = 9
    AA_COMPROMISE = 10


class Revocation(NamedTuple):
    """One entry: which certificate, since when, why, and since when its key may have been bad."""

    serial: int
    at: datetime
    reason: Reason = Reason.UNSPECIFIED
    invalid_since: datetime | None = None


def scan(content: bytes) -> dict[int, tuple[int, int]]:
    """Return where in `content`, the inside of revokedCertificates, the entry of each serial lies.

    Only the frame of each entry is looked at. Of two entries with one serial the first counts.

    Raises:
        MalformedEncoding: not a run of entries.
    """
    places: dict[int, tuple[int, int]] = {}
    position, end = 0, len(content)
    from_bytes = int.from_bytes
    while position < end:
        # The common shape, by hand because a list may hold a million: SEQUENCE of short length, INTEGER of short length.
        size = content[position + 1] if position + 4 <= end else 0xFF
        octets = content[position + 3] if size < 0x80 else 0xFF
        stop = position + 2 + size
        if content[position] == der.SEQUENCE and octets < 0x80 and stop <= end and 3 + octets < size:
            if content[position + 2] != der.INTEGER or not octets:
                raise MalformedEncoding("an entry that does not begin with a serial")
            serial = from_bytes(content[position + 4 : position + 4 + octets], "big", signed=True)
        else:
            serial, stop = _long_entry(content, position)
        places.setdefault(serial, (position, stop))
        position = stop
    return places


def check(content: bytes, places: Iterable[tuple[int, int]]) -> None:
    """Insist that every entry is strictly encoded; the shape that we write is recognised without reading it.

    Raises:
        MalformedEncoding: one is not.
    """
    for start, stop in places:
        if not _CANONICAL.fullmatch(content, start, stop):
            read(content[start:stop], strict=True)


def read(encoded: bytes, *, strict: bool = False) -> Revocation:
    """Read one entry; a reason that is not defined counts as unspecified.

    Raises:
        MalformedEncoding: not an entry, or a critical extension that we do not understand.
    """
    reason, since = Reason.UNSPECIFIED, None
    with reading(encoded, strict=strict) as outer, outer.inside() as entry:
        serial, at = entry.integer(), entry.time()
        if entry.more():
            with entry.inside() as items:
                for count, item in enumerate(items.each()):
                    one = extensions.take(item)
                    if count >= MAX_ENTRY_EXTENSIONS:
                        raise MalformedEncoding(f"more than {MAX_ENTRY_EXTENSIONS} extensions in an entry")
                    if one.oid == oids.REASON_CODE:
                        reason = _reason(one.value, strict=strict)
                    elif one.oid == oids.INVALIDITY_DATE:
                        with reading(one.value, strict=strict) as value:
                            since = value.time()
                    elif one.critical:
                        raise MalformedEncoding(f"an entry with the unknown critical extension {one.oid}")
    return Revocation(serial, at, reason, since)


def encode(entry: Revocation) -> bytes:
    """Encode one entry; the reason `unspecified` is left out."""
    parts = der_writer.integer(entry.serial) + _time(entry.at)
    if entry.invalid_since is None:
        if entry.reason is not Reason.UNSPECIFIED:
            parts += _REASON_HEAD + bytes((entry.reason,))
        return der_writer.tlv(der.SEQUENCE, parts)
    items = b""
    if entry.reason is not Reason.UNSPECIFIED:
        items = extensions.encode(oids.REASON_CODE, der_writer.integer(entry.reason, der.ENUMERATED))
    items += extensions.encode(oids.INVALIDITY_DATE, der_writer.generalized_time(entry.invalid_since))
    return der_writer.tlv(der.SEQUENCE, parts + der_writer.tlv(der.SEQUENCE, items))


_time: Final = lru_cache(maxsize=4096)(der_writer.time)


def _long_entry(content: bytes, position: int) -> tuple[int, int]:
    """Read the serial and the end of an entry with long lengths."""
    reader = Reader(content[position:], strict=False)
    raw = reader.raw(der.SEQUENCE)
    with Reader(raw, strict=False).inside() as entry:
        serial = entry.integer()
        while entry.more():
            entry.raw()
    return serial, position + len(raw)


def _reason(encoded: bytes, *, strict: bool) -> Reason:
    with reading(encoded, strict=strict) as value:
        code = value.integer(der.ENUMERATED)
    try:
        return Reason(code)
    except ValueError:
        if strict:
            raise MalformedEncoding(f"revocation reason {code}") from None
        return Reason.UNSPECIFIED
