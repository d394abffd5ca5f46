"""The licence identifier (电子证照标识): what it is made of, and its check character."""

import re
from dataclasses import dataclass
from typing import Self

from licence.errors import IdentifierMalformed
from trust.errors import TrustError
from trust.values.credit_code import CreditCode

OID_ROOT = "1.2.156.3005.2"  # 电子证照根代码
MAX_SERIAL = 40
MAX_VERSION = 999

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {sign: value for value, sign in enumerate(_ALPHABET)}
_TYPE = re.compile(r"([0-9A-Z]{18})([0-9]{3})", re.ASCII)
_SERIAL = re.compile(rf"[0-9A-Z]{{1,{MAX_SERIAL}}}", re.ASCII)
_SHAPE = re.compile(
    rf"1\.2\.156\.3005\.2\.([0-9A-Z]{{18}}[0-9]{{3}})\.([0-9A-HJ-NPQRTUWXY]{{18}})\.([0-9A-Z]{{1,{MAX_SERIAL}}})\.([0-9]{{3}})\.([0-9A-Z])"
)


def check_character(body: str) -> str:
    """The check character of a text of digits and capital letters.

    Raises:
        IdentifierMalformed: the text holds any other character.
    Standard:
        ISO/IEC 7064 (GB/T 17710), hybrid system MOD 37,36.
    """
    product = 36
    for sign in body:
        value = _VALUES.get(sign)
        if value is None:
            raise IdentifierMalformed(f"{sign!r} is neither a digit nor a capital letter")
        product = ((product + value) % 36 or 36) * 2 % 37
    return _ALPHABET[(37 - product) % 36]


@dataclass(frozen=True, slots=True)
class LicenceTypeCode:
    """The code of a licence type (证照类型代码): the defining body's credit code and three digits."""

    authority: CreditCode  # 证照定义机构
    number: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The code in its 21-character form.

        Raises:
            IdentifierMalformed: a wrong shape, or a defining body whose credit code is wrong.
        """
        match = _TYPE.fullmatch(text)
        if match is None:
            raise IdentifierMalformed(f"{text!r} is not a licence type code")
        return cls(_body(match[1]), match[2])

    @property
    def text(self) -> str:
        return self.authority.text + self.number

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class LicenceIdentifier:
    """One version of one licence, named for ever.

    Standard:
        GB/T 36904-2018, 电子证照 标识规范.
    """

    type: LicenceTypeCode  # 证照类型代码
    issuer: CreditCode  # 证照颁发机构代码
    serial: str  # 流水号, never used twice within type and issuer
    version: int  # 版本号, 1 to 999

    def __post_init__(self) -> None:
        if _SERIAL.fullmatch(self.serial) is None:
            raise IdentifierMalformed(
                f"{self.serial!r} is not a serial of 1 to {MAX_SERIAL} digits and capital letters"
            )
        if not 1 <= self.version <= MAX_VERSION:
            raise IdentifierMalformed(f"version {self.version} is not within 1 to {MAX_VERSION}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The identifier in its written form, strictly: capital letters only, every check digit right.

        Raises:
            IdentifierMalformed: anything else.
        """
        match = _SHAPE.fullmatch(text)
        if match is None:
            raise IdentifierMalformed(f"{text!r} is not a licence identifier")
        identifier = cls(LicenceTypeCode.parse(match[1]), _body(match[2]), match[3], int(match[4]))
        if identifier.check != match[5]:
            raise IdentifierMalformed(f"{text!r} has a wrong check character")
        return identifier

    @property
    def check(self) -> str:
        """The check character (校验位)."""
        return check_character(f"{self.type.text}{self.issuer.text}{self.serial}{self.version:03}")

    @property
    def text(self) -> str:
        """The written form, also the name of the licence's file."""
        return f"{OID_ROOT}.{self.type.text}.{self.issuer.text}.{self.serial}.{self.version:03}.{self.check}"

    def __str__(self) -> str:
        return self.text

    def next_version(self) -> Self:
        """The identifier of the version that follows.

        Raises:
            IdentifierMalformed: version 999 is used up; a licence with a new serial supersedes this one.
        """
        return type(self)(self.type, self.issuer, self.serial, self.version + 1)


def _body(text: str) -> CreditCode:
    try:
        return CreditCode.parse(text)
    except TrustError as error:
        raise IdentifierMalformed(f"{text!r} is not a credit code: {error}") from error
