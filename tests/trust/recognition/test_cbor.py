"""CBOR: what comes back, what has a second spelling, and what another library says of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from trust.recognition import cbor

LEAVES = (
    some.none()
    | some.booleans()
    | some.integers(-(2**64), 2**64 - 1)
    | some.binary()
    | some.text(alphabet=some.characters(exclude_categories=["Cs"]))
)
VALUES = some.recursive(
    LEAVES,
    lambda inner: (
        some.lists(inner, max_size=5)
        | some.dictionaries(
            some.integers(-(2**64), 2**64 - 1) | some.text(max_size=5) | some.binary(max_size=5), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@given(VALUES)
def test_values_come_back(value: Any) -> None:
    assert cbor.decode(cbor.encode(value)) == value


@given(VALUES)
def test_another_library_reads_and_writes_the_same(value: Any) -> None:
    cbor2 = pytest.importorskip("cbor2")
    assert cbor2.loads(cbor.encode(value)) == value


@given(some.binary(max_size=40))
def test_whatever_decodes_has_one_spelling(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except cbor.NotCbor:
        return
    assert cbor.encode(value) == data


@pytest.mark.parametrize(
    ("value", "hexadecimal"),
    [  # RFC 8949, appendix A
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (1000000, "1a000f4240"),
        (18446744073709551615, "1bffffffffffffffff"),
        (-1, "20"),
        (-18446744073709551616, "3bffffffffffffffff"),
        (False, "f4"),
        (True, "f5"),
        (None, "f6"),
        (b"\x01\x02\x03\x04", "4401020304"),
        ("水", "63e6b0b4"),
        ([1, [2, 3], [4, 5]], "8301820203820405"),
        ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
        (cbor.Tag(32, "http://www.example.com"), "d82076687474703a2f2f7777772e6578616d706c652e636f6d"),
    ],
)
def test_the_examples_of_the_standard(value: Any, hexadecimal: str) -> None:
    assert cbor.encode(value).hex() == hexadecimal
    assert cbor.decode(bytes.fromhex(hexadecimal)) == value


@pytest.mark.parametrize(
    "hexadecimal",
    [
        "",
        "0000",  # left over
        "1817",  # a short number in a long form
        "190017",
        "1a0000ffff",
        "1b00000000ffffffff",
        "18",
        "61",
        "61ff",  # not UTF-8
        "5f4101ff",  # indefinite length
        "9fff",
        "bfff",
        "f7",  # undefined
        "f97e00",  # fractions
        "fb7ff8000000000000",
        "f818",
        "1c",
        "a2616201616101",  # names out of order
        "a2616101616101",  # a name twice
        "a18001",  # an array as a name
        "a1f501",
        "9b7fffffffffffffff",  # more items than bytes
        "bb7fffffffffffffff",
        "5b7fffffffffffffff",
        "81" * 17 + "00",
        "c1" * 100_000 + "00",
    ],
)
def test_every_other_spelling_is_refused(hexadecimal: str) -> None:
    with pytest.raises(cbor.NotCbor):
        cbor.decode(bytes.fromhex(hexadecimal))


def test_what_has_no_place_is_not_written() -> None:
    with pytest.raises(TypeError):
        cbor.encode(1.5)
    with pytest.raises(OverflowError):
        cbor.encode(2**64)
