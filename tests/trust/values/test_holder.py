"""Holder codes: checked as their type asks, persons' masked."""

import pytest

from trust.values.credit_code import CreditCodeMalformed
from trust.values.holder import HolderCode, HolderCodeMalformed, HolderCodeType, UnknownHolderCodeType, _types
from trust.values.person import NumberKind, PersonNumberMalformed


def test_the_list_has_sixteen_types() -> None:
    assert sorted(_types()) == [
        "001",
        "099",
        "111",
        "114",
        "115",
        "118",
        "119",
        "120",
        "122",
        "411",
        "412",
        "413",
        "414",
        "511",
        "516",
        "999",
    ]
    assert HolderCodeType.parse("001").name == "统一社会信用代码"
    assert HolderCodeType.parse("111").is_person
    assert not HolderCodeType.parse("099").is_person


def test_a_type_outside_the_list_is_refused() -> None:
    for text in ("", "112", "01", "OO1"):
        with pytest.raises(UnknownHolderCodeType):
            HolderCodeType.parse(text)


def test_a_code_is_checked_as_its_type_asks() -> None:
    assert str(HolderCode.parse("001", "91440300MA9X000380")) == "91440300MA9X000380"
    with pytest.raises(CreditCodeMalformed):
        HolderCode.parse("001", "91440300MA9X000381")
    with pytest.raises(PersonNumberMalformed):
        HolderCode.parse("111", "110105194912310021")
    for text in ("", " E1", "E1\n", "x" * 513):
        with pytest.raises(HolderCodeMalformed):
            HolderCode.parse("414", text)


def test_a_person_prints_masked() -> None:
    code = HolderCode.parse("111", "11010519491231002X")
    assert repr(code) == "HolderCode(111, 110105********002X)"
    assert code.reveal() == "11010519491231002X"
    assert str(HolderCode.parse("414", "E12345678")) == "E********"


@pytest.mark.parametrize(
    ("code_type", "text", "kind"),
    [
        ("111", "11010519491231002X", NumberKind.RESIDENT),
        ("111", "830000199201300022", NumberKind.RESIDENCE_PERMIT),
        ("999", "911124198108030024", NumberKind.PERMANENT_RESIDENT),
        ("999", "whatever", None),
        ("001", "91440300MA9X000380", None),
    ],
)
def test_permits_without_a_type_of_their_own_stay_apart(code_type: str, text: str, kind: NumberKind | None) -> None:
    assert HolderCode.parse(code_type, text).number_kind is kind
