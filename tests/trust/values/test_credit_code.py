"""Credit codes and the organisation code inside them."""

import pytest

from trust.errors import Kind
from trust.values.credit_code import CreditCode, CreditCodeMalformed, check_character
from trust.values.organisation_code import OrganisationCode, OrganisationCodeMalformed

PUBLIC_BODIES = [
    "11100000000013338W",
    "11100000MB0143028R",
    "11100000MB03271699",
    "11100000000013127D",
    "11430000006122244L",
    "1110000000001332XW",
    "113700000045046442",
]
SYNTHETIC = ["11440000MB9X00015F", "11330000MB9X00023F", "91440300MA9X000380"]


@pytest.mark.parametrize("text", PUBLIC_BODIES + SYNTHETIC)
def test_a_real_code_parses_and_its_organisation_code_holds(text: str) -> None:
    code = CreditCode.parse(text)
    assert str(code) == text
    assert code.organisation_code_holds
    assert code.division == text[2:8]


@pytest.mark.parametrize(
    "text",
    [
        "11100000000013338A",  # wrong check character
        "1110000000001333OW",  # O is not in the alphabet
        "11100000000013338I",
        "11100000000013338w",
        " 11100000000013338W",
        "11100000000013338W ",
        "1110000000001333",
        "1110000000001333８W",
        "",
    ],
)
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(CreditCodeMalformed) as caught:
        CreditCode.parse(text)
    assert caught.value.code == "credit-code-malformed"
    assert caught.value.kind is Kind.MALFORMED
    assert not text or text not in str(caught.value)


def test_every_single_wrong_sign_is_noticed() -> None:
    good = PUBLIC_BODIES[0]
    for position, sign in enumerate(good):
        for other in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if other != sign:
                with pytest.raises(CreditCodeMalformed):
                    CreditCode.parse(good[:position] + other + good[position + 1 :])


def test_a_code_with_a_broken_organisation_code_is_taken_and_flagged() -> None:
    body = "11440000MB9X00016"  # the organisation code ends in 5
    code = CreditCode.parse(body + check_character(body))
    assert not code.organisation_code_holds


@pytest.mark.parametrize("text", ["00001333-8", "MB014302-8", "00612224-4", "D2143569-X"])
def test_organisation_codes_print_as_they_are_printed(text: str) -> None:
    assert str(OrganisationCode.parse(text)) == text
    assert OrganisationCode.parse(text.replace("-", "")) == OrganisationCode.parse(text)


@pytest.mark.parametrize("text", ["00001333-9", "d2143569-X", "0000133-38", "00001333--8", "000013338 ", ""])
def test_a_wrong_organisation_code_is_refused(text: str) -> None:
    with pytest.raises(OrganisationCodeMalformed):
        OrganisationCode.parse(text)
