"""A licence type's file is read strictly."""

import pytest

from licence.errors import LicenceTypeMalformed
from licence.model.licence_type import HolderPart, ItemKind
from licence.model.type_file import parse
from tests.support.licences import TYPE_FILE

FILE = TYPE_FILE.read_bytes()


def test_the_business_licence_is_read() -> None:
    found = parse(FILE)
    assert (found.code.text, found.version, found.name) == ("11100000MB0143028R001", 1, "营业执照")
    assert (found.single, found.number_item, found.serial.text) == (True, "creditCode", "{year}{sequence:08}")
    assert [each.code for each in found.holder_types] == ["001"]
    assert found.holder_item(HolderPart.NAME).name == "companyName"
    established = found.item("establishedOn")
    assert established is not None
    assert established.kind is ItemKind.DATE
    assert parse(bytes(FILE)) is found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('code = "11100000MB0143028R001"', 'code = "11100000MB0143028A001"'),
        ("version = 1", "version = 0"),
        ("version = 1", 'version = "1"'),
        ('name = "营业执照"', 'name = " "'),
        ("single = true", 'single = "yes"'),
        ("single = true", "singel = true"),
        ('holder_types = ["001"]', "holder_types = []"),
        ('holder_types = ["001"]', 'holder_types = ["998"]'),
        ('number = "creditCode" ', 'number = "stranger" '),
        ('serial = "{year}{sequence:08}"', 'serial = "{sequence}"'),
        ('name = "companyType"', 'name = "companyName"'),
        ('name = "companyType"', 'name = "identifier"'),
        ('name = "companyType"', 'name = "company type"'),
        ('kind = "date"', 'kind = "moment"'),
        ("max_length = 1000", "max_length = 100000"),
        ('holder = "name"', 'holder = "code"'),
        ('holder = "name"', "optional = true"),
        ("[coding]", "[codings]"),
        ("[layout]", "[layouts]"),
        ("version = 1", "version = "),
    ],
)
def test_what_breaks_a_rule_is_refused(old: str, new: str) -> None:
    text = FILE.decode()
    assert old in text
    with pytest.raises(LicenceTypeMalformed):
        parse(text.replace(old, new, 1).encode())


def test_no_text_and_too_much_of_it_are_refused() -> None:
    for data in (b"\xff\xfe", b"a = [" + b"[" * 50_000, FILE + b"#" * (1 << 20)):
        with pytest.raises(LicenceTypeMalformed):
            parse(data)
