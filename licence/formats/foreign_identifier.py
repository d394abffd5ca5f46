"""Licence identifiers as other systems wrote them: read for import, with what deviates said aloud."""

import re
from dataclasses import dataclass
from enum import Enum

from licence.errors import IdentifierMalformed
from licence.formats.identifier import MAX_SERIAL, OID_ROOT, LicenceIdentifier, check_character

_SHAPE = re.compile(
    rf"{re.escape(OID_ROOT)}\.([0-9A-Z]{{21}})\.([0-9A-Z]{{18}}|[0-9]{{6}})\.([0-9A-Z]{{1,{MAX_SERIAL}}})\.([0-9]{{3}})\.([0-9A-Z])"
)
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class CheckCharacter(Enum):
    """Which rule a foreign identifier's last character follows."""

    STANDARD = "standard"
    LEGACY_VARIANT = "legacy_variant"  # the rule of one deployment, in circulation
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class ForeignIdentifier:
    """An identifier of another system, in its five parts and as it came."""

    text: str
    type_code: str
    issuer: str  # a credit code, or where `issuer_is_division` the division code one system used instead
    serial: str
    version: int
    check: CheckCharacter
    identifier: LicenceIdentifier | None  # where it is also strictly right

    @property
    def issuer_is_division(self) -> bool:
        return len(self.issuer) == 6


def read(text: str) -> ForeignIdentifier:
    """The parts of an identifier that another system issued; never use the result to issue.

    Raises:
        IdentifierMalformed: not even the shape is right.
    """
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise IdentifierMalformed(f"{text!r} is not a licence identifier")
    type_code, issuer, serial, version, check = match.groups()
    body = type_code + issuer + serial + version
    if check == check_character(body):
        kind = CheckCharacter.STANDARD
    elif check == _legacy_check_character(body):
        kind = CheckCharacter.LEGACY_VARIANT
    else:
        kind = CheckCharacter.INVALID
    try:
        identifier = LicenceIdentifier.parse(text)
    except IdentifierMalformed:
        identifier = None
    return ForeignIdentifier(text, type_code, issuer, serial, int(version), kind, identifier)


def _legacy_check_character(body: str) -> str | None:
    # Letters count one too high, sums with a letter are first reduced modulo 37, and the result is one too low.
    product = 36
    for sign in body:
        value = _SIGNS.index(sign)
        total = product + value
        if value >= 10:
            total += 1
            total = total % 37 if total > 37 else total
        product = (total % 36 or 36) * 2 % 37
    return _SIGNS[36 - product] if product else None
