"""Write a package that our own reader, and every other, reads alike; unchanged members keep their packed bytes.

Standard:
    GB/T 33190-2016 clause 6 (package); PKWARE APPNOTE 6.3 (ZIP).
"""

import struct
import zlib
from collections.abc import Callable, Iterable
from typing import Final

from seal.ofd.errors import PackageLimitExceeded, PackageMalformed
from seal.ofd.package import ENTRY
from seal.ofd.zip_names import check_name, normalise
from seal.ofd.zip_reader import (
    DEFLATED,
    MAX_INFLATED_BYTES,
    MAX_MEMBERS,
    MAX_PACKAGE_BYTES,
    MAX_RATIO,
    RATIO_FREE_BYTES,
    STORED,
    Entry,
)

Compress = Callable[[bytes], bytes]  # bytes to a raw deflate stream

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_VERSION: Final = 20
_UTF8: Final = 0x0800
_NO_TIME: Final = 0
_FIRST_DAY: Final = 0x21  # 1980-01-01: the same input gives the same bytes at any time
_PACKED_ALREADY: Final = (".png", ".jpg", ".jpeg", ".gif", ".jb2", ".zip", ".ofd")
_SMALL: Final = 64


def deflate(data: bytes) -> bytes:
    """Deflate with zlib."""
    squeezer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return squeezer.compress(data) + squeezer.flush()


def pack(path: str, data: bytes, compress: Compress = deflate) -> Entry:
    """Pack one member; the result may be kept and written into any number of packages.

    Raises:
        PackageMalformed: the path is not that of a member.
    """
    name = path.removeprefix("/")
    check_name(name)
    crc, size = zlib.crc32(data), len(data)
    if size >= _SMALL and not name.lower().endswith(_PACKED_ALREADY):
        packed = compress(data)
        too_tight = size > RATIO_FREE_BYTES and size > MAX_RATIO * len(packed)  # readers would take it for a bomb
        if len(packed) < size and not too_tight:
            return Entry(name, crc, size, DEFLATED, packed)
    return Entry(name, crc, size, STORED, data)


def write_archive(entries: Iterable[Entry]) -> bytes:
    """Write the members in this order, but OFD.xml first.

    Raises:
        PackageMalformed: two members have one name, or there is no OFD.xml.
        PackageLimitExceeded: no reader with our limits would open the result.
    """
    listed = sorted(entries, key=lambda entry: "/" + entry.name != ENTRY)
    if not listed or "/" + listed[0].name != ENTRY:
        raise PackageMalformed("a package without OFD.xml")
    if len({normalise(entry.name) for entry in listed}) != len(listed):
        raise PackageMalformed("two members of one name")
    if len(listed) > MAX_MEMBERS or sum(entry.size for entry in listed) > MAX_INFLATED_BYTES:
        raise PackageLimitExceeded("a package beyond the limits of its readers")
    body: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for entry in listed:
        name = entry.name.encode()
        flags = 0 if name.isascii() else _UTF8
        shared = (_VERSION, flags, entry.method, _NO_TIME, _FIRST_DAY, entry.crc, len(entry.packed), entry.size)
        local = _LOCAL.pack(b"PK\x03\x04", *shared, len(name), 0)
        directory.append(_CENTRAL.pack(b"PK\x01\x02", _VERSION, *shared, len(name), 0, 0, 0, 0, 0, offset) + name)
        body += (local, name, entry.packed)
        offset += len(local) + len(name) + len(entry.packed)
    size = sum(map(len, directory))
    if offset + size + _END.size > MAX_PACKAGE_BYTES:
        raise PackageLimitExceeded("a package beyond the limits of its readers")
    end = _END.pack(b"PK\x05\x06", 0, 0, len(listed), len(listed), size, offset, 0)
    return b"".join((*body, *directory, end))
