"""The organisation code of a body (组织机构代码): eight signs and a check digit."""

from dataclasses import dataclass
from typing import Self

from trust.errors import Kind, TrustError

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUE = {sign: value for value, sign in enumerate(_ALPHABET)}
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class OrganisationCodeMalformed(TrustError):
    """The text is not an organisation code."""

    kind, code = Kind.MALFORMED, "organisation-code-malformed"


@dataclass(frozen=True, slots=True)
class OrganisationCode:
    """Nine signs, kept without the hyphen that is printed before the last.

    Standard:
        GB 11714-1997, clause 3.
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `00001333-8` or `000013338`.

        Raises:
            OrganisationCodeMalformed: length, alphabet or check digit is wrong.
        """
        bare = text[:8] + text[9:] if len(text) == 10 and text[8] == "-" else text
        if len(bare) != 9 or not all(sign in _VALUE for sign in bare):
            raise OrganisationCodeMalformed("not nine signs")
        if bare[8] != check_digit(bare[:8]):
            raise OrganisationCodeMalformed("the check digit is wrong")
        return cls(bare)

    def __str__(self) -> str:
        return f"{self.text[:8]}-{self.text[8:]}"


def check_digit(body: str) -> str:
    """The check digit over the first eight signs.

    Standard:
        GB 11714-1997, clause 3.3.
    """
    value = 11 - sum(weight * _VALUE[sign] for weight, sign in zip(_WEIGHTS, body, strict=True)) % 11
    return "X" if value == 10 else str(value % 11)
