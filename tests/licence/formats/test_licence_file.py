"""The licence inside an OFD: every character comes back, and files that contradict themselves are named."""

import pytest

from licence.errors import LicenceFileMalformed
from licence.formats import licence_file
from seal.ofd.document import read_document
from seal.ofd.package import open_package
from seal.ofd.text import document_text
from tests.support.licences import VALUES, document, metadata
from tests.support.ofd import document as plain
from tests.support.ofd import zipped


def test_everything_that_was_put_in_comes_back_character_for_character() -> None:
    read = licence_file.read(document())
    assert read.metadata == metadata()
    assert dict(read.shown) == VALUES | {"identifier": metadata().identifier.text}
    assert (read.identifier, read.area, read.valid_until) == (metadata().identifier, metadata().area, None)
    assert read.copy_expires_at is None


def test_rare_names_stand_in_the_text_of_the_page() -> None:
    package = open_package(document(), strict=True)
    text = document_text(package, read_document(package))
    for name in ("㛃䶮𬱖𠅤", "营业执照", 'A & B <座> "18" 号'):
        assert name in text.replace("\n", "")


def test_the_writer_leaves_nothing_to_repair() -> None:
    package = open_package(document(), strict=True)
    assert package.remarks == frozenset()
    assert read_document(package).remarks == frozenset()


def test_a_plain_document_is_no_licence() -> None:
    for data in (plain(), b"", b"PK", document()[:-40]):
        with pytest.raises(LicenceFileMalformed):
            licence_file.read(data)


def altered(path: str, old: str, new: str) -> bytes:
    members = dict(open_package(document()).members)
    assert old.encode() in members[path]
    members[path] = members[path].replace(old.encode(), new.encode())
    return zipped({name.removeprefix("/"): data for name, data in members.items()})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('PageRef="1">', 'PageRef="1">9'),
        ('PageRef="1"', 'PageRef="7"'),
        ('Name="companyName"', 'Name="companyType"'),
        ("<Item", "<Item<"),
    ],
)
def test_an_index_that_points_nowhere_is_refused(old: str, new: str) -> None:
    with pytest.raises(LicenceFileMalformed):
        licence_file.read(altered("/Doc_0/Tags/DataIndex.xml", old, new))


def test_a_licence_of_others_without_index_is_read() -> None:
    read = licence_file.read(altered("/Doc_0/Tags/CustomTags.xml", "LicenceDataIndex", "SomethingElse"))
    assert dict(read.shown) == {}


def test_changed_text_of_the_page_shows() -> None:
    read = licence_file.read(altered("/Doc_0/Pages/Page_0/Content.xml", "壹仟万", "玖仟万"))
    assert read.shown["registeredCapital"] == "玖仟万元人民币"
    assert dict(read.metadata.items)["registeredCapital"] == "壹仟万元人民币"
