"""Read a ZIP archive only if every other reader would find the same members in it.

Readers differ in what they believe: the first or the last of two equal names, the local header or the central
directory, the archive or what stands before and after it. An attacker lives in those differences, so an archive that
has any of them is refused: its records must lie end to end from the first byte to the last, and say everything twice
in the same words.

Standard:
    GB/T 33190-2016 clause 6 (package); PKWARE APPNOTE 6.3 (ZIP).
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from seal.ofd.errors import PackageLimitExceeded, PackageMalformed
from seal.ofd.zip_names import EXTRA_UNICODE_PATH, FLAG_UTF8, check_name, decode_name

MIB: Final = 1 << 20
MAX_PACKAGE_BYTES: Final = 64 * MIB
MAX_INFLATED_BYTES: Final = 64 * MIB
MAX_MEMBERS: Final = 2_000
MAX_RATIO: Final = 200
RATIO_FREE_BYTES: Final = 64 * 1024  # small members may be as regular as they like
_PIECE: Final = 256 * 1024

STORED: Final = 0
DEFLATED: Final = 8

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_END64: Final = struct.Struct("<4sQ2H2I4Q")
_LOCATOR64: Final = struct.Struct("<4sIQI")

_FLAG_ENCRYPTED: Final = 0x0001
_FLAG_DESCRIPTOR: Final = 0x0008
_FLAG_PATCH: Final = 0x0020
_FLAG_STRONG: Final = 0x0040
_FLAG_MASKED: Final = 0x2000
_FLAGS_FREE: Final = 0x0006 | FLAG_UTF8  # speed of the deflater; the encoding of a name, judged by itself
_ESCAPE32: Final = 0xFFFFFFFF
_ESCAPE16: Final = 0xFFFF
_EXTRA_ZIP64: Final = 0x0001


@dataclass(frozen=True, slots=True)
class Entry:
    """One member as the archive holds it: still packed, every claim about it already checked but its CRC."""

    name: str  # relative, `/` between the parts
    crc: int
    size: int
    method: int
    packed: bytes

    def unpack(self) -> bytes:
        """Inflate the member, never beyond its stated size.

        Raises:
            PackageMalformed: the content is longer, shorter or other than stated.
        """
        if self.method == STORED or not (self.packed or self.size):
            data = self.packed
        else:
            if self.size > MIB:
                self._measure()  # a large member is inflated twice, so that a lie costs no memory and the truth no copy
            data = self._inflate()
        if len(data) != self.size:
            raise PackageMalformed(f"{self.name}: {len(data)} bytes instead of {self.size}")
        if zlib.crc32(data) != self.crc:
            raise PackageMalformed(f"{self.name}: wrong checksum")
        return data

    def _inflate(self) -> bytes:
        """Inflate to at most one byte more than stated, and insist that the stream ends where the archive says."""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            if self.size > MIB:
                return zlib.decompress(self.packed, -zlib.MAX_WBITS, self.size)
            data = inflater.decompress(self.packed, self.size + 1)
        except zlib.error as wrong:
            raise PackageMalformed(f"{self.name}: not a deflate stream") from wrong
        if not inflater.eof or inflater.unused_data:
            raise PackageMalformed(f"{self.name}: the stream does not end where the archive says")
        return data

    def _measure(self) -> None:
        """Inflate piece by piece, keeping nothing, and insist on the stated size and end."""
        inflater, size, rest = zlib.decompressobj(-zlib.MAX_WBITS), 0, self.packed
        while not inflater.eof and size <= self.size:
            try:
                piece = inflater.decompress(rest, _PIECE)
            except zlib.error as wrong:
                raise PackageMalformed(f"{self.name}: not a deflate stream") from wrong
            size, rest = size + len(piece), inflater.unconsumed_tail
            if not piece and not rest and not inflater.eof:
                break
        if not inflater.eof or inflater.unused_data or size != self.size:
            raise PackageMalformed(f"{self.name}: the stream does not end where the archive says")


@dataclass(frozen=True, slots=True)
class _Central:
    """What the central directory says of one entry."""

    raw_name: bytes
    name: str
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    offset: int
    is_directory: bool


@dataclass(frozen=True, slots=True)
class Archive:
    """The entries in the order of the central directory, and the deviations that were repaired."""

    entries: tuple[Entry, ...]
    remarks: frozenset[str]


def read_archive(data: bytes, *, strict: bool = False) -> Archive:
    r"""Read an archive and check everything about it but the content of its members.

    The interop profile (not strict) reads a backslash in a name as `/`, with the remark `path-repaired`, and takes
    a name that is neither ASCII nor marked as UTF-8 for UTF-8 or else GB 18030.

    Raises:
        PackageMalformed: two readers could read it differently, or a name is unsafe.
        PackageLimitExceeded: too many members, or too much in them.
    """
    if len(data) > MAX_PACKAGE_BYTES:
        raise PackageLimitExceeded(f"a package of {len(data)} bytes; at most {MAX_PACKAGE_BYTES}")
    remarks: set[str] = set()
    start, end, count = _find_directory(data)
    if count > MAX_MEMBERS:
        raise PackageLimitExceeded(f"{count} members; at most {MAX_MEMBERS}")
    listed = list(_read_directory(data, start, end, count, remarks, strict=strict))
    _check_bounds(listed)
    bodies = _read_bodies(data, listed, start)
    entries = tuple(
        Entry(item.name, item.crc, item.size, item.method, body)
        for item, body in zip(listed, bodies, strict=True)
        if not item.is_directory
    )
    return Archive(entries, frozenset(remarks))


def _find_directory(data: bytes) -> tuple[int, int, int]:
    """Return start, end and entry count of the central directory, which must end right before its end record."""
    at = len(data) - _END.size
    if at < 0 or data[at : at + 4] != b"PK\x05\x06":
        raise PackageMalformed("not a ZIP archive, or bytes follow its end record")
    _, disk, first_disk, here, total, size, offset, comment = _END.unpack_from(data, at)
    if comment:
        raise PackageMalformed("an archive comment")
    stop = at
    if _ESCAPE16 in (disk, first_disk, here, total) or _ESCAPE32 in (size, offset):
        stop, (disk, first_disk, here, total, size, offset) = _find_directory64(data, at)
    if disk or first_disk or here != total:
        raise PackageMalformed("an archive in several parts")
    if offset + size != stop:
        raise PackageMalformed("bytes between the central directory and its end record, or before the archive")
    return offset, stop, total


def _find_directory64(data: bytes, end: int) -> tuple[int, tuple[int, int, int, int, int, int]]:
    """Return where the ZIP64 end record starts and what it says; each 32-bit field repeats it or is escaped."""
    locator = end - _LOCATOR64.size
    at = locator - _END64.size
    if at < 0 or data[locator : locator + 4] != b"PK\x06\x07" or data[at : at + 4] != b"PK\x06\x06":
        raise PackageMalformed("escaped sizes without a ZIP64 end record right before")
    _, locator_disk, pointer, disks = _LOCATOR64.unpack_from(data, locator)
    _, length, _, _, disk, first_disk, here, total, size, offset = _END64.unpack_from(data, at)
    if pointer != at or locator_disk or disks != 1 or length != _END64.size - 12:
        raise PackageMalformed("a ZIP64 end record that contradicts its locator")
    wide = (disk, first_disk, here, total, size, offset)
    narrow = _END.unpack_from(data, end)[1:7]
    limits = (_ESCAPE16,) * 4 + (_ESCAPE32,) * 2
    if any(short not in (long, escape) for short, long, escape in zip(narrow, wide, limits, strict=True)):
        raise PackageMalformed("a ZIP64 end record that contradicts the end record")
    return at, wide


def _read_directory(
    data: bytes, start: int, end: int, count: int, remarks: set[str], *, strict: bool
) -> Iterator[_Central]:
    at = start
    for _ in range(count):
        if at + _CENTRAL.size > end or data[at : at + 4] != b"PK\x01\x02":
            raise PackageMalformed("the central directory ends early")
        fields = _CENTRAL.unpack_from(data, at)
        _, made_by, _, flags, method, _, _, crc, packed, size = fields[:10]
        name_size, extra_size, comment_size, disk, _, attributes, offset = fields[10:]
        name_at = at + _CENTRAL.size
        extra_at = name_at + name_size
        at = extra_at + extra_size + comment_size
        if at > end:
            raise PackageMalformed("the central directory ends early")
        raw_name = data[name_at:extra_at]
        extra = _extra_fields(data[extra_at : extra_at + extra_size])
        packed, size, offset, disk = _widen(extra.get(_EXTRA_ZIP64), size, packed, offset, disk)
        _check_features(raw_name, flags, method, disk, attributes)
        name = decode_name(raw_name, flags, extra, remarks, strict=strict)
        is_directory = name.endswith("/")
        if is_directory and size:
            raise PackageMalformed(f"{name}: a directory with content")
        check_name(name.removesuffix("/"))
        if made_by >> 8 == 3 and not is_directory and (attributes >> 16) & 0xF000 == 0x4000:
            raise PackageMalformed(f"{name}: a directory that is named like a file")
        yield _Central(raw_name, name, flags, method, crc, packed, size, offset, is_directory)
    if at != end:
        raise PackageMalformed("the central directory holds more than it counts")


def _extra_fields(extra: bytes) -> dict[int, bytes]:
    """Split an extra field; a tail too short to be a field is what some writers pad with."""
    fields: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        tag, size = struct.unpack_from("<2H", extra, at)
        if at + 4 + size > len(extra) or tag in fields:
            raise PackageMalformed("a damaged extra field")
        fields[tag] = extra[at + 4 : at + 4 + size]
        at += 4 + size
    return fields


def _widen(extra: bytes | None, size: int, packed: int, offset: int, disk: int) -> tuple[int, int, int, int]:
    """Return packed size, size, offset and disk with every escaped field taken from the ZIP64 extra field."""
    widths = [(size, _ESCAPE32, 8), (packed, _ESCAPE32, 8), (offset, _ESCAPE32, 8), (disk, _ESCAPE16, 4)]
    escaped = [value == escape for value, escape, _ in widths]
    if not any(escaped):
        repeated = size.to_bytes(8, "little") + packed.to_bytes(8, "little") + offset.to_bytes(8, "little")
        if extra and not repeated.startswith(extra[:24]):
            raise PackageMalformed("a ZIP64 field that contradicts the sizes beside it")
        return packed, size, offset, disk
    at, found = 0, []
    for (value, _, width), is_escaped in zip(widths, escaped, strict=True):
        if not is_escaped:
            found.append(value)
            continue
        if extra is None or at + width > len(extra):
            raise PackageMalformed("an escaped size without its ZIP64 field")
        found.append(int.from_bytes(extra[at : at + width], "little"))
        at += width
    size, packed, offset, disk = found
    return packed, size, offset, disk


def _check_features(raw_name: bytes, flags: int, method: int, disk: int, attributes: int) -> None:
    if flags & (_FLAG_ENCRYPTED | _FLAG_STRONG | _FLAG_MASKED):
        raise PackageMalformed(f"{raw_name!r}: encrypted")
    if flags & _FLAG_PATCH or method not in (STORED, DEFLATED):
        raise PackageMalformed(f"{raw_name!r}: compression method {method}")
    if disk:
        raise PackageMalformed("an archive in several parts")
    kind = (attributes >> 16) & 0xF000
    if kind not in (0, 0x8000, 0x4000):  # neither unknown, nor a file, nor a folder
        raise PackageMalformed(f"{raw_name!r}: a link or device")


def _check_bounds(listed: list[_Central]) -> None:
    """Refuse by what is stated, before a single byte is inflated; stated sizes are held to while inflating."""
    if sum(item.size for item in listed) > MAX_INFLATED_BYTES:
        raise PackageLimitExceeded(f"members of more than {MAX_INFLATED_BYTES} bytes together")
    for item in listed:
        if item.size > RATIO_FREE_BYTES and item.size > MAX_RATIO * item.packed_size:
            raise PackageLimitExceeded(f"{item.name}: packed more than {MAX_RATIO} to 1")
        if item.method == STORED and item.size != item.packed_size:
            raise PackageMalformed(f"{item.name}: stored, yet of two sizes")


def _read_bodies(data: bytes, listed: list[_Central], end: int) -> list[bytes]:
    """Cut out the packed bytes; local records must lie end to end from the first byte to the directory."""
    bodies: dict[int, bytes] = {}
    at = 0
    for item in sorted(listed, key=lambda one: one.offset):
        if item.offset != at:
            raise PackageMalformed(f"{item.name}: bytes before the entry, or entries that overlap")
        if at + _LOCAL.size > end or data[at : at + 4] != b"PK\x03\x04":
            raise PackageMalformed(f"{item.name}: no local header where the directory points")
        body, at = _read_body(data, item, at, end)
        bodies[item.offset] = body
    if at != end:
        raise PackageMalformed("bytes between the last entry and the central directory")
    return [bodies[item.offset] for item in listed]


def _read_body(data: bytes, item: _Central, at: int, end: int) -> tuple[bytes, int]:
    """Compare the local header with the directory; return the packed bytes and where the record ends."""
    _, _, flags, method, _, _, crc, packed, size, name_size, extra_size = _LOCAL.unpack_from(data, at)
    name_at = at + _LOCAL.size
    body_at = name_at + name_size + extra_size
    body_end = body_at + item.packed_size
    if body_end > end:
        raise PackageMalformed(f"{item.name}: runs into the central directory")
    if data[name_at : name_at + name_size] != item.raw_name:
        raise PackageMalformed(f"{item.name}: another name in the local header")
    ignored = _FLAGS_FREE if item.raw_name.isascii() else _FLAGS_FREE & ~FLAG_UTF8
    if (flags ^ item.flags) & ~ignored or method != item.method:
        raise PackageMalformed(f"{item.name}: another method or encryption in the local header")
    extra = _extra_fields(data[name_at + name_size : body_at])
    second = extra.get(EXTRA_UNICODE_PATH)
    if second is not None and second[5:].replace(b"\\", b"/") != item.name.encode():
        raise PackageMalformed(f"{item.name}: two different names for one member")
    wide = extra.get(_EXTRA_ZIP64)
    if _ESCAPE32 in (packed, size):
        packed, size, _, _ = _widen(wide, size, packed, 0, 0)
    elif wide and not item.flags & _FLAG_DESCRIPTOR:
        _widen(wide[:16], size, packed, 0, 0)
    stated, truth = (crc, packed, size), (item.crc, item.packed_size, item.size)
    if not item.flags & _FLAG_DESCRIPTOR:
        if stated != truth:
            raise PackageMalformed(f"{item.name}: another size or checksum in the local header")
        return data[body_at:body_end], body_end
    if any(said not in (0, true) for said, true in zip(stated, truth, strict=True)):
        raise PackageMalformed(f"{item.name}: another size or checksum in the local header")
    return data[body_at:body_end], _skip_descriptor(data, item, body_end, wide=wide is not None)


def _skip_descriptor(data: bytes, item: _Central, at: int, *, wide: bool) -> int:
    """Return the end of the data descriptor, which must repeat the directory; its signature is optional."""
    for layout in ("<3I", "<I2Q") if not wide else ("<I2Q", "<3I"):
        body = struct.pack(layout, item.crc, item.packed_size, item.size)
        for descriptor in (b"PK\x07\x08" + body, body):
            if data.startswith(descriptor, at):
                return at + len(descriptor)
    raise PackageMalformed(f"{item.name}: a data descriptor that contradicts the directory")
