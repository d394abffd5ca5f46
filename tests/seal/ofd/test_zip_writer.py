"""Packages written by us: sane for every reader, the same bytes each time."""

import io
import zipfile

import pytest
from isal import isal_zlib

from seal.ofd.errors import PackageLimitExceeded, PackageMalformed
from seal.ofd.package import open_package
from seal.ofd.zip_reader import STORED
from seal.ofd.zip_writer import pack, write_archive
from tests.support.ofd import members
from tests.support.shared import sample


def write(made: dict[str, bytes]) -> bytes:
    return write_archive(pack(path, data) for path, data in made.items())


def test_what_is_written_is_read_back_strictly_and_by_zipfile() -> None:
    made = members(3) | {"/Doc_0/证照/数据.xml": b"<x/>" * 100}
    data = write(made)
    package = open_package(data, strict=True)
    assert package.members == made
    with zipfile.ZipFile(io.BytesIO(data)) as other:
        assert other.testzip() is None
        assert {"/" + name: other.read(name) for name in other.namelist()} == made
        assert {info.date_time for info in other.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_entry_comes_first_and_the_bytes_are_always_the_same() -> None:
    made = members()
    late = {path: made[path] for path in sorted(made, reverse=True)}
    assert write(late) == write(late)
    assert next(iter(open_package(write(late)))) == "/OFD.xml"


def test_the_utf8_flag_stands_only_where_a_name_needs_it() -> None:
    made = members() | {"/Doc_0/证照.xml": b"<x/>"}
    with zipfile.ZipFile(io.BytesIO(write(made))) as other:
        assert {info.filename for info in other.infolist() if info.flag_bits} == {"Doc_0/证照.xml"}


def test_unchanged_members_are_copied_as_they_are_packed() -> None:
    package = open_package(sample("ofd/doc1-root.ofd"))
    again = open_package(write_archive(package.entries.values()))
    assert again.members == package.members
    assert {path: entry.packed for path, entry in again.entries.items()} == {
        path: entry.packed for path, entry in package.entries.items()
    }


def test_pictures_and_what_readers_would_take_for_a_bomb_are_stored() -> None:
    assert pack("a.png", bytes(1000)).method == STORED
    assert pack("a.bmp", bytes(1_000_000)).method == STORED
    assert pack("a.xml", b"<x/>").method == STORED


def test_another_compressor_may_be_brought_along() -> None:
    made = members(5)
    data = write_archive(pack(path, one, lambda body: isal_zlib.compress(body, 1, -15)) for path, one in made.items())
    assert open_package(data, strict=True).members == made


@pytest.mark.parametrize("name", ["/../a", "a//b", "", "/", "C:/a", "a\0b"])
def test_a_path_that_no_reader_should_meet_is_not_written(name: str) -> None:
    with pytest.raises(PackageMalformed):
        pack(name, b"x")


def test_what_our_reader_would_refuse_is_not_written() -> None:
    entry = pack("OFD.xml", b"<x/>")
    with pytest.raises(PackageMalformed):
        write_archive([])
    with pytest.raises(PackageMalformed):
        write_archive([pack("a.xml", b"x")])
    with pytest.raises(PackageMalformed):
        write_archive([entry, pack("a.xml", b"1"), pack("A.xml", b"2")])
    with pytest.raises(PackageLimitExceeded):
        write_archive([entry, *(pack(f"{number}", b"") for number in range(2_000))])
