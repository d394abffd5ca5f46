"""Numbers, names and phones of persons: who passes, who does not, and what is printed."""

import pickle
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from trust.values.person import (
    NumberKind,
    PersonName,
    PersonNameMalformed,
    PersonNumber,
    PersonNumberMalformed,
    Phone,
    PhoneMalformed,
)

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "kind", "born"),
    [
        ("11010519491231002X", NumberKind.RESIDENT, date(1949, 12, 31)),
        ("440524188001010014", NumberKind.RESIDENT, date(1880, 1, 1)),  # 潮阳县, abolished
        ("810000199408230021", NumberKind.RESIDENCE_PERMIT, date(1994, 8, 23)),
        ("830000199201300022", NumberKind.RESIDENCE_PERMIT, date(1992, 1, 30)),
        ("911124198108030024", NumberKind.PERMANENT_RESIDENT, date(1981, 8, 3)),
    ],
)
def test_numbers_that_other_validators_refuse_pass(text: str, kind: NumberKind, born: date) -> None:
    number = PersonNumber.parse(text, AT)
    assert number.kind is kind
    assert number.birth_date == born
    assert number.reveal() == text


@pytest.mark.parametrize(
    "text",
    [
        "110101194912310021",  # wrong check
        "110105194912310021",
        "11010519490231002X",  # no such day
        "440524188001010015",
        "11010519491231002x",
        "110105491231002",  # fifteen digits pass at the import only
        "１1010519491231002X",
        "11010519491231002X ",
        "",
    ],
)
def test_wrong_numbers_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(PersonNumberMalformed) as caught:
        PersonNumber.parse(text)
    assert caught.value.code == "person-number-malformed"
    assert not text or text not in str(caught.value)


def _with_check(body: str) -> str:
    for sign in "0123456789X":
        try:
            PersonNumber.parse(body + sign)
        except PersonNumberMalformed as refusal:
            if "check" not in str(refusal):
                return body + sign
        else:
            return body + sign
    raise AssertionError(body)


@pytest.mark.parametrize("body", ["11999919491231002", "66000019491231002", "05010519491231002"])
def test_an_area_that_never_was_is_refused(body: str) -> None:
    with pytest.raises(PersonNumberMalformed, match="area"):
        PersonNumber.parse(_with_check(body))


def test_a_birth_tomorrow_is_refused_by_the_date_in_china() -> None:
    born_on_the_second = _with_check("11010520260302001")
    with pytest.raises(PersonNumberMalformed, match="future"):
        PersonNumber.parse(born_on_the_second, datetime(2026, 3, 1, 15, 59, tzinfo=UTC))
    assert PersonNumber.parse(born_on_the_second, datetime(2026, 3, 1, 16, tzinfo=UTC)).birth_date == date(2026, 3, 2)


def test_a_birth_before_1800_is_refused() -> None:
    with pytest.raises(PersonNumberMalformed, match="birth"):
        PersonNumber.parse(_with_check("11010517991231001"))


def test_an_old_number_of_fifteen_digits_is_completed() -> None:
    assert PersonNumber.from_fifteen_digits("110105491231002").reveal() == "11010519491231002X"
    for wrong in ("11010549123100", "11010549023100X", "110105490231002"):
        with pytest.raises(PersonNumberMalformed):
            PersonNumber.from_fifteen_digits(wrong)


@dataclass
class Applicant:
    number: PersonNumber
    name: PersonName
    phone: Phone


def test_nothing_prints_a_person_whole() -> None:
    applicant = Applicant(
        PersonNumber.parse("11010519491231002X"),
        PersonName.parse("张三"),
        Phone.parse("13812341234"),
    )
    for printed in (
        repr(applicant),
        f"{applicant.number} {applicant.name} {applicant.phone}",
        "{} {!r}".format(*[applicant.number, applicant.name]),
    ):
        assert "19491231" not in printed
        assert "张" not in printed
        assert "12341234" not in printed
    assert applicant.number.masked == "110105********002X"
    assert applicant.name.masked == "*三"
    assert applicant.phone.masked == "138****1234"
    assert applicant.phone.reveal() == "13812341234"
    assert pickle.loads(pickle.dumps(applicant.number)) == applicant.number


@pytest.mark.parametrize(
    ("name", "masked"),
    [("王小明", "**明"), ("𠅤", "*"), ("㛃䶮𬱖𠅤", "***𠅤"), ("葛\U000e0100", "*"), ("阿卜杜拉·买买提", "*******提")],
)
def test_names_are_masked_but_for_the_last_sign(name: str, masked: str) -> None:
    assert PersonName.parse(name).masked == masked
    assert PersonName.parse(name).reveal() == name


@pytest.mark.parametrize("name", ["", " 张三", "张\n三", "张\u202e三", "张\u200b三", "\ud840", "三" * 129])
def test_what_no_name_can_be_is_refused(name: str) -> None:
    with pytest.raises(PersonNameMalformed):
        PersonName.parse(name)


@pytest.mark.parametrize(
    "phone", ["", "1381234123", "138123412345", "23812341234", "+8613812341234", "1381234123４", "11012341234"]
)
def test_what_is_no_mobile_number_is_refused(phone: str) -> None:
    with pytest.raises(PhoneMalformed):
        Phone.parse(phone)
