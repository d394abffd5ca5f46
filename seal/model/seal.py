"""A seal and its life: in making, usable, frozen, cancelled; each step gives the next value or refuses.

Standard:
    GB/T 38540-2020 clause 6 (electronic seal); 国办发〔2025〕33号 (making, freezing, cancelling).
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final, Self

from seal.errors import SealIdMalformed, SealNotUsable, TransitionRefused
from trust.values.credit_code import CreditCode
from trust.values.region import Area

_CODE: Final = re.compile(r"[1-8][0-9]{13}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class SealId:
    """A seal code (印章编码): the division that registers the seal, and eight digits; also the signer's common name."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Check the form.

        Raises:
            SealIdMalformed: not fourteen digits of which the first six are a division.
        """
        if not _CODE.fullmatch(text):
            raise SealIdMalformed(f"{text[:40]!r} is not a seal code of 14 digits")
        return cls(text)

    @classmethod
    def of(cls, division: Area, number: int) -> Self:
        """Return the code of a division's n-th seal."""
        return cls.parse(f"{division.code}{number:08d}")

    @property
    def division(self) -> Area:
        """The division the code was given in."""
        return Area.parse(self.text[:6])

    def __str__(self) -> str:
        return self.text


class Standing(Enum):
    """Where in its life a seal is."""

    IN_MAKING = "in-making"
    USABLE = "usable"
    FROZEN = "frozen"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as we keep it.

    Attributes:
        owner: the body whose seal it is.
        kind: the standard's free number for the kind of seal.
        key: the name of its private key in the key ring.
        certificate: DER of the sealer's certificate; empty while in making.
        data: DER of the SESeal; empty while in making.
        revision: rises with every change, so that whoever read a seal can tell that it is still the same.
    """

    id: SealId
    name: str
    owner: CreditCode
    owner_name: str
    kind: int
    key: str
    width: int  # mm
    height: int  # mm
    made_at: datetime
    valid_from: datetime
    valid_to: datetime
    standing: Standing = Standing.IN_MAKING
    revision: int = 1
    certificate: bytes = b""
    data: bytes = b""

    def finished(self, certificate: bytes, data: bytes) -> Self:
        """Return the seal made and ready for use."""
        return replace(self._after(Standing.USABLE, Standing.IN_MAKING), certificate=certificate, data=data)

    def frozen(self) -> Self:
        """Return the seal put aside for a time."""
        return self._after(Standing.FROZEN, Standing.USABLE)

    def thawed(self) -> Self:
        """Return the seal taken into use again."""
        return self._after(Standing.USABLE, Standing.FROZEN)

    def cancelled(self) -> Self:
        """Return the seal ended for good."""
        return self._after(Standing.CANCELLED, Standing.IN_MAKING, Standing.USABLE, Standing.FROZEN)

    def require_usable(self, at: datetime) -> None:
        """Insist that the seal may be used at this instant.

        Raises:
            SealNotUsable: its standing or its dates forbid it.
        """
        if self.standing is not Standing.USABLE:
            raise SealNotUsable(f"seal {self.id} is {self.standing.value}")
        if not self.valid_from <= at <= self.valid_to:
            raise SealNotUsable(f"seal {self.id} is valid from {self.valid_from:%F} to {self.valid_to:%F} only")

    def _after(self, to: Standing, *allowed: Standing) -> Self:
        if self.standing not in allowed:
            raise TransitionRefused(f"seal {self.id} is {self.standing.value} and cannot become {to.value}")
        return replace(self, standing=to, revision=self.revision + 1)
