"""Hostile ZIP archives: each is refused with a typed error, bombs in bounded time and memory."""

import random
import resource
import struct
import time
import zlib

import pytest

from seal.ofd.errors import PackageLimitExceeded, PackageMalformed
from seal.ofd.package import open_package
from tests.support.ofd import Raw, archive, deflate

DATA = b"truth"
A = Raw(b"a.xml", b"first")
B = Raw(b"b.xml", b"second" * 9)
E32 = 0xFFFFFFFF


def _descriptor(*, signed: bool = True, wide: bool = False, crc: int | None = None) -> bytes:
    packed = len(deflate(DATA))
    body = struct.pack("<I2Q" if wide else "<3I", zlib.crc32(DATA) if crc is None else crc, packed, len(DATA))
    return (b"PK\7\x08" if signed else b"") + body


def _streamed(descriptor: bytes, local_size: int = 0) -> Raw:
    return Raw(b"a.xml", DATA, flags=8, descriptor=descriptor, local_crc=0, local_size=local_size, local_packed_size=0)


def _zip64(lie: int = 0, *, escape_end: bool = True) -> bytes:
    """Write one entry with every size escaped to ZIP64 fields."""
    packed = deflate(DATA)
    plain = archive(
        [
            Raw(
                b"a.xml",
                DATA,
                size=E32,
                packed_size=E32,
                offset=E32,
                packed=packed,
                local_extra=struct.pack("<2H2Q", 1, 16, len(DATA), len(packed)),
                extra=struct.pack("<2H3Q", 1, 24, len(DATA), len(packed), 0),
            )
        ]
    )
    end = plain[-22:]
    start = struct.unpack("<4s4H2IH", end)[6]
    wide = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(plain) - 22 - start, start + lie)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(plain) - 22, 1)
    if escape_end:
        end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, E32, E32, 0)
    return plain[:-22] + wide + locator + end


@pytest.mark.parametrize(
    "data",
    [
        archive([A, B]),
        archive([_streamed(_descriptor())]),
        archive([_streamed(_descriptor(signed=False))]),
        archive([_streamed(_descriptor(wide=True))]),
        archive([Raw(b"a.xml", DATA, flags=0x802, local_flags=2)]),
        archive([Raw(b"a.xml", DATA, method=0)]),
        archive([Raw(b"a.xml", b"")]),
        archive([Raw(b"a.xml", b"", packed=b"")]),
        archive([Raw(b"a.xml", DATA, local_extra=b"\x0a\0\2\0..", extra=b"UT\0\0")]),
        _zip64(),
    ],
)
def test_a_sane_archive_opens(data: bytes) -> None:
    assert "/a.xml" in open_package(data)


ATTACKS = {
    "a prefix before the first entry": archive([A], prefix=b"MZ stub"),
    "a prefix that the directory does not account for": b"junk" + archive([A]),
    "bytes after the end": archive([A], tail=b"\0"),
    "a second archive after the end": archive([A]) + archive([B]),
    "an archive comment": archive([A], comment=b"hello"),
    "bytes between entries": archive([A, Raw(b"b.xml", b"x", before=b"gap")]),
    "bytes before the directory": archive([A], gap=b"gap"),
    "overlapping entries": archive([A, Raw(b"b.xml", b"first", offset=0)]),
    "an entry the end record leaves out": archive([A, Raw(b"b.xml", b"x")], count=1),
    "fewer entries than counted": archive([A], count=2),
    "another name in the local header": archive([Raw(b"a.xml", DATA, local_name=b"b.xml")]),
    "another size in the local header": archive([Raw(b"a.xml", DATA, local_size=4)]),
    "another packed size in the local header": archive([Raw(b"a.xml", DATA, local_packed_size=4)]),
    "another checksum in the local header": archive([Raw(b"a.xml", DATA, local_crc=1)]),
    "another method in the local header": archive([Raw(b"a.xml", DATA, local_method=0)]),
    "encryption in the local header alone": archive([Raw(b"a.xml", DATA, local_flags=1)]),
    "the UTF-8 flag of a Chinese name on one side": archive([Raw("证".encode(), DATA, flags=0x800, local_flags=0)]),
    "a wrong checksum": archive([Raw(b"a.xml", DATA, crc=1)]),
    "a size that is too small": archive([Raw(b"a.xml", DATA, size=4)]),
    "a size that is too large": archive([Raw(b"a.xml", DATA, size=6)]),
    "a stored entry of two sizes": archive([Raw(b"a.xml", DATA, method=0, size=3)]),
    "bytes after the deflate stream": archive([Raw(b"a.xml", DATA, packed=deflate(DATA) + b"hidden")]),
    "a deflate stream that stops early": archive([Raw(b"a.xml", DATA, packed=deflate(DATA)[:-1])]),
    "no deflate stream": archive([Raw(b"a.xml", DATA, packed=b"\xff\xff\xff")]),
    "encryption": archive([Raw(b"a.xml", DATA, flags=1)]),
    "strong encryption": archive([Raw(b"a.xml", DATA, flags=0x40)]),
    "a masked header": archive([Raw(b"a.xml", DATA, flags=0x2000)]),
    "patched data": archive([Raw(b"a.xml", DATA, flags=0x20)]),
    "an unknown method": archive([Raw(b"a.xml", DATA, method=12)]),
    "another disk": archive([Raw(b"a.xml", DATA, disk=1)]),
    "a symbolic link": archive([Raw(b"a.xml", b"/etc/passwd", made_by=0x314, attributes=0o120777 << 16)]),
    "a device": archive([Raw(b"a.xml", b"", made_by=0x314, attributes=0o020666 << 16)]),
    "a descriptor with another checksum": archive([_streamed(_descriptor(crc=7))]),
    "no descriptor where one is announced": archive([_streamed(b"")]),
    "a streamed entry with a lying header": archive([_streamed(_descriptor(), local_size=4)]),
    "climbing": archive([Raw(b"../a.xml", DATA)]),
    "climbing inside": archive([Raw(b"Doc_0/../../a.xml", DATA)]),
    "climbing by backslash": archive([Raw(b"..\\a.xml", DATA)]),
    "an absolute name": archive([Raw(b"/a.xml", DATA)]),
    "an absolute name by backslash": archive([Raw(b"\\a.xml", DATA)]),
    "a drive letter": archive([Raw(b"C:/a.xml", DATA)]),
    "a NUL in a name": archive([Raw(b"a.xml\0.txt", DATA)]),
    "a line end in a name": archive([Raw(b"a\n.xml", DATA)]),
    "an empty name": archive([Raw(b"", DATA)]),
    "a doubled slash": archive([Raw(b"Doc_0//a.xml", DATA)]),
    "a dot segment": archive([Raw(b"./a.xml", DATA)]),
    "a name that is not what it says it is": archive([Raw(b"\xff\xfe.xml", DATA, flags=0x800)]),
    "two names by an extra field": archive(
        [Raw(b"a.xml", DATA, extra=struct.pack("<2HBI", 0x7075, 10, 1, zlib.crc32(b"a.xml")) + b"b.xml")]
    ),
    "a directory with content": archive([Raw(b"Doc_0/", b"content")]),
    "a damaged extra field": archive([Raw(b"a.xml", DATA, extra=b"\1\0\xff\0x")]),
    "an escaped size without its field": archive([Raw(b"a.xml", DATA, size=E32)]),
    "a ZIP64 field that contradicts": archive([Raw(b"a.xml", DATA, extra=struct.pack("<2H2Q", 1, 16, 9, 9))]),
    "a ZIP64 end record that lies": _zip64(1),
    "a ZIP64 end record that nothing escapes to": _zip64(escape_end=False),
    "nothing": b"",
    "half an end record": archive([A])[-11:],
    "an end record alone, with an entry": archive([], count=1),
    "not an archive": b"%PDF-1.7 " * 40,
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_archive_that_could_be_read_in_two_ways_is_refused(name: str) -> None:
    with pytest.raises(PackageMalformed):
        open_package(ATTACKS[name])


LARGE = random.Random(4).randbytes(9_000) * 300
LARGE_PACKED = deflate(LARGE, 1)


def test_a_large_member_is_read_whole() -> None:
    assert open_package(archive([Raw(b"a.xml", LARGE, packed=LARGE_PACKED)])).members == {"/a.xml": LARGE}


@pytest.mark.parametrize(
    "wrong",
    [
        Raw(b"a.xml", LARGE, packed=LARGE_PACKED + b"hidden"),
        Raw(b"a.xml", LARGE, packed=LARGE_PACKED[:-1]),
        Raw(b"a.xml", LARGE, packed=LARGE_PACKED, size=len(LARGE) - 1),
        Raw(b"a.xml", LARGE, packed=LARGE_PACKED, size=len(LARGE) + 1),
        Raw(b"a.xml", LARGE, packed=LARGE_PACKED, crc=1),
        Raw(b"a.xml", LARGE, packed=b"\xff" * len(LARGE_PACKED)),
    ],
)
def test_a_large_member_that_lies_is_refused(wrong: Raw) -> None:
    with pytest.raises(PackageMalformed):
        open_package(archive([wrong]))


def test_every_cut_of_an_archive_is_refused() -> None:
    whole = archive([A, B, Raw(b"c.xml", DATA, method=0)])
    for length in range(len(whole)):
        with pytest.raises(PackageMalformed):
            open_package(whole[:length])


def _bomb(size: int) -> bytes:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    chunk = bytes(1 << 20)
    return b"".join(squeezer.compress(chunk) for _ in range(size >> 20)) + squeezer.flush()


BIG = _bomb(200 << 20)
TIGHT = deflate(bytes(300_000))
BOMBS = {
    "200 MiB in 200 KB": archive([Raw(b"a", packed=BIG, size=200 << 20, crc=0)]),
    "200 MiB that claim to be 1 KB": archive([Raw(b"a", packed=BIG, size=1024, crc=0)]),
    "200 MiB that claim to be 38 MiB": archive([Raw(b"a", packed=BIG, size=38 << 20, crc=0)]),
    "64 MiB together": archive([Raw(b"%d" % i, packed=bytes(1 << 16), size=8 << 20, crc=0) for i in range(9)]),
    "one member packed too tightly": archive([Raw(b"a", packed=TIGHT, size=300_000, crc=zlib.crc32(bytes(300_000)))]),
    "too many members": archive([Raw(b"%d" % i, method=0) for i in range(2_001)]),
    "a file of over 64 MiB": bytes((64 << 20) + 1),
    "many entries over one body": archive(
        [Raw(b"%d" % i, packed=BIG, size=1 << 20, crc=0, offset=0) for i in range(20)]
    ),
    "a name of over a kilobyte": archive([Raw(b"a" * 1_025, method=0)]),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_a_second_and_64_mebibytes(name: str) -> None:
    data = BOMBS[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    with pytest.raises(PackageMalformed):
        open_package(data)
    assert time.process_time() - start < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


def test_limits_have_their_own_code() -> None:
    for name in ("200 MiB in 200 KB", "64 MiB together", "one member packed too tightly", "too many members"):
        with pytest.raises(PackageLimitExceeded) as caught:
            open_package(BOMBS[name])
        assert caught.value.code == "limit-exceeded"
