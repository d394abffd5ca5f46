"""The reader accepts one spelling when strict, and says what it met when tolerant."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from certs import der
from certs import der_writer as write
from certs.der import Reader
from certs.errors import LimitExceeded, MalformedEncoding


@given(some.integers(-(2**300), 2**300))
def test_integers_come_back(value: int) -> None:
    assert Reader(write.integer(value)).integer() == value


@given(some.lists(some.integers(0, 2**70), max_size=4).map(lambda arcs: ".".join(map(str, [2, *arcs, 5]))))
def test_object_identifiers_come_back(dotted: str) -> None:
    assert Reader(write.oid(dotted)).oid() == dotted


@given(some.sets(some.integers(0, 40)))
def test_named_bits_come_back(positions: set[int]) -> None:
    assert Reader(write.named_bits(positions)).named_bits() == positions


@given(some.datetimes(datetime(1950, 1, 1), datetime(2400, 1, 1), timezones=some.just(UTC)))
def test_times_come_back(at: datetime) -> None:
    assert Reader(write.generalized_time(at)).time() == at
    assert Reader(write.time(at)).time() == at.replace(microsecond=0)


@pytest.mark.parametrize(
    ("encoded", "remark"),
    [
        ("02020001", "non-minimal-integer"),
        ("0281010a", "ber-encoding"),
        ("0282000a00000000000000000001", "ber-encoding"),
    ],
)
def test_a_second_spelling_of_an_integer_is_refused_or_noted(encoded: str, remark: str) -> None:
    data = bytes.fromhex(encoded)
    with pytest.raises(MalformedEncoding):
        Reader(data).integer()
    tolerant = Reader(data, strict=False)
    tolerant.integer()
    assert remark in tolerant.remarks


@pytest.mark.parametrize("encoded", ["", "02", "0201", "0280", "028500000000010a", "1f0100", "0200", "05010a"])
def test_broken_elements_are_refused(encoded: str) -> None:
    for strict in (True, False):
        reader = Reader(bytes.fromhex(encoded), strict=strict)
        take = reader.null if encoded.startswith("05") else reader.integer
        with pytest.raises(MalformedEncoding):
            take()


@pytest.mark.parametrize(
    "text", ["20260101000000", "20260101000000.120Z", "20260101000000+0800", "20261301000000Z", "2026010100000xZ", ""]
)
def test_times_in_other_forms_are_refused_when_strict(text: str) -> None:
    with pytest.raises(MalformedEncoding):
        Reader(write.tlv(der.GENERALIZED_TIME, text.encode())).time()


def test_a_tolerated_time_is_brought_to_utc() -> None:
    reader = Reader(write.tlv(der.GENERALIZED_TIME, b"20260101080000+0800"), strict=False)
    assert reader.time() == datetime(2026, 1, 1, tzinfo=UTC)
    assert reader.remarks == {"date-format"}


def test_left_over_bytes_are_refused() -> None:
    with (
        pytest.raises(MalformedEncoding, match="left over"),
        Reader(write.sequence(write.integer(1), write.NULL)).inside() as inner,
    ):
        inner.integer()


def test_depth_is_limited() -> None:
    data = b""
    for _ in range(der.MAX_DEPTH + 2):
        data = write.sequence(data)
    with pytest.raises(LimitExceeded):
        _descend(Reader(data))


def _descend(reader: Reader) -> None:
    while reader.more():
        reader = reader.inside()
