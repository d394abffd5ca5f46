"""Names say what they say, and are compared by their bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from certs import der, der_writer, name, oids
from certs.der import Reader
from certs.errors import LimitExceeded, MalformedEncoding
from certs.name import Name

PAIRS = [(oids.COUNTRY, "CN"), (oids.ORGANISATION, "示例省政务服务局"), (oids.COMMON_NAME, "根")]


def test_a_built_name_reads_back_in_order() -> None:
    built = name.build(PAIRS)
    assert list(built.attributes) == PAIRS
    assert built.get(oids.COMMON_NAME) == "根"
    assert built.get(oids.LOCALITY) is None
    assert str(built) == "C=CN, O=示例省政务服务局, CN=根"
    assert name.read(Reader(built.der)) == built


def test_the_country_is_printable_and_the_rest_utf8() -> None:
    built = name.build(PAIRS)
    assert der_writer.text("CN", der.PRINTABLE_STRING) in built.der
    assert der_writer.text("根") in built.der


@pytest.mark.parametrize("pair", [(oids.COUNTRY, "中"), (oids.SERIAL_NUMBER, "A_B"), (oids.EMAIL_ADDRESS, "甲@b.cn")])
def test_a_text_that_its_type_cannot_hold_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(MalformedEncoding):
        name.build([pair])


def test_equality_is_of_bytes_not_of_meaning() -> None:
    utf8 = name.build([(oids.COMMON_NAME, "A")])
    printable = der_writer.text("A", der.PRINTABLE_STRING)
    other = Name(
        der_writer.sequence(der_writer.set_of([der_writer.sequence(der_writer.oid(oids.COMMON_NAME), printable)]))
    )
    assert other.attributes == utf8.attributes
    assert other != utf8
    assert name.build([(oids.COMMON_NAME, "a")]) != utf8


def test_several_attributes_at_one_level_are_read() -> None:
    pairs = [
        der_writer.sequence(der_writer.oid(kind), der_writer.text(text))
        for kind, text in ((oids.COMMON_NAME, "甲"), (oids.ORGANISATION, "乙"))
    ]
    found = Name(der_writer.sequence(der_writer.set_of(pairs)))
    assert dict(found.attributes) == {oids.COMMON_NAME: "甲", oids.ORGANISATION: "乙"}
    assert len(found.rdns) == 1
    swapped = der_writer.sequence(der_writer.tlv(der.SET, b"".join(sorted(pairs, reverse=True))))
    assert Name(swapped).remarks == {"ber-encoding"}
    with pytest.raises(MalformedEncoding):
        _ = Name(swapped, strict=True).attributes


def test_old_string_types_are_read() -> None:
    for tag in (der.BMP_STRING, der.T61_STRING, der.PRINTABLE_STRING):
        pair = der_writer.sequence(der_writer.oid(oids.COMMON_NAME), der_writer.text("Root", tag))
        assert Name(der_writer.sequence(der_writer.set_of([pair]))).get(oids.COMMON_NAME) == "Root"


def test_a_value_that_is_no_text_is_shown_as_bytes() -> None:
    pair = der_writer.sequence(der_writer.oid("2.5.4.45"), der_writer.bit_string(b"\x01"))
    assert Name(der_writer.sequence(der_writer.set_of([pair]))).get("2.5.4.45") == "#03020001"


def test_a_name_of_endless_attributes_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        _ = name.build([(oids.COMMON_NAME, "x")] * 65).attributes


def test_an_empty_level_is_refused() -> None:
    with pytest.raises(MalformedEncoding):
        _ = Name(der_writer.sequence(der_writer.set_of([]))).attributes


@given(some.text(max_size=40))
def test_any_text_comes_back(text: str) -> None:
    assert name.build([(oids.COMMON_NAME, text)]).get(oids.COMMON_NAME) == text


def test_a_surrogate_is_refused() -> None:
    with pytest.raises(MalformedEncoding):
        name.build([(oids.COMMON_NAME, "\ud800")])


def test_a_name_that_cannot_be_read_can_still_be_printed() -> None:
    assert str(Name(der_writer.sequence(der_writer.integer(5)))) == "#3003020105"
