"""The package: which archives open, what is repaired, what is held against them."""

import pytest

from seal.ofd.errors import PackageMalformed
from seal.ofd.package import find, join, open_package
from tests.support.ofd import Raw, archive, document
from tests.support.shared import SHARED, sample

SAMPLES = sorted(path.name for path in (SHARED / "samples/ofd").glob("*.ofd"))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_opens_without_duplicates(name: str) -> None:
    package = open_package(sample(f"ofd/{name}"))
    assert "/OFD.xml" in package
    assert package.duplicates == ()
    assert package.remarks == frozenset()


def test_a_chinese_folder_is_found_by_its_name() -> None:
    assert "/Doc_0/Res/这是一个中文目录/数据文件.txt" in open_package(sample("ofd/chinese-dir.ofd"))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_name_without_its_utf8_flag_is_read_as_utf8_or_gbk(encoding: str) -> None:
    data = archive([Raw("证照/说明.txt".encode(encoding), b"x")])
    assert list(open_package(data)) == ["/证照/说明.txt"]
    with pytest.raises(PackageMalformed):
        open_package(data, strict=True)


def test_a_backslash_is_repaired_with_a_remark_and_refused_strictly() -> None:
    data = archive([Raw(b"Doc_0\\Document.xml", b"x")])
    package = open_package(data)
    assert list(package) == ["/Doc_0/Document.xml"]
    assert package.remarks == {"path-repaired"}
    with pytest.raises(PackageMalformed):
        open_package(data, strict=True)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b"a.xml", b"a.xml"),
        (b"a.xml", b"A.xml"),
        ("é.xml".encode(), "e\u0301.xml".encode()),
        (b"Doc_0\\a.xml", b"Doc_0/a.xml"),
    ],
)
def test_two_members_of_one_name_open_but_are_told(first: bytes, second: bytes) -> None:
    package = open_package(archive([Raw(first, b"1", flags=0x800), Raw(second, b"2", flags=0x800)]))
    assert len(package.duplicates) == 1
    assert next(iter(package.members.values())) == b"1"


def test_directory_entries_are_no_members() -> None:
    data = archive([Raw(b"Doc_0/", method=0), Raw(b"Doc_0/a.xml", b"x")])
    assert list(open_package(data)) == ["/Doc_0/a.xml"]


@pytest.mark.parametrize(
    ("base", "location", "expected"),
    [
        ("/Doc_0", "Pages/../a.xml", "/Doc_0/a.xml"),
        ("/Doc_0", "/a//b/./c", "/a/b/c"),
        ("/Doc_0", "../../a.xml", None),
        ("/Doc_0", "../..", None),
        ("", "OFD.xml", "/OFD.xml"),
    ],
)
def test_locations_resolve_within_the_root(base: str, location: str, expected: str | None) -> None:
    assert join(base, location) == expected


def test_a_location_is_found_by_the_rule_before_it_is_repaired() -> None:
    package = open_package(document())
    exact = find(package, "Pages/Page_0/Content.xml", "/Doc_0")
    assert exact is not None
    assert exact.remarks == frozenset()
    from_root = find(package, "Doc_0/Document.xml", "/Doc_0/Pages")
    assert from_root is not None
    assert from_root.remarks == {"relative-path-repaired"}
    folded = find(package, "pages/PAGE_0/content.xml", "/Doc_0")
    assert folded is not None
    assert folded.remarks == {"path-case"}
    assert find(package, "../../../etc/passwd", "/Doc_0") is None
    assert find(package, "absent.xml", "/Doc_0") is None
