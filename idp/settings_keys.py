"""`[idp.keys]`: the keys that sign tokens."""

from dataclasses import dataclass
from typing import Final, Self

from trust.keys.generation import RSA_SIZES
from trust.settings import SettingsMalformed

ALGORITHMS: Final = ("RS256", "ES256", "SM2-SM3")


@dataclass(frozen=True, slots=True)
class KeysSection:
    """How often keys change, and which there are."""

    rotate_days: int = 30
    ahead_days: int = 7  # a key is published so long before it signs
    rsa_bits: int = 3072  # a token costs 0.7 ms of processor time, with 2048 bits 0.4
    algorithms: tuple[str, ...] = ALGORITHMS

    def checked(self) -> Self:
        """Return the section when it makes sense.

        Raises:
            SettingsMalformed: it does not.
        """
        if not 1 <= self.ahead_days < self.rotate_days <= 366:
            raise SettingsMalformed("[idp.keys] rotate_days: 2 to 366, and more than ahead_days")
        if self.rsa_bits not in RSA_SIZES:
            raise SettingsMalformed(f"[idp.keys] rsa_bits: one of {', '.join(map(str, RSA_SIZES))}")
        if not {"RS256", "ES256"} <= set(self.algorithms) <= set(ALGORITHMS):
            raise SettingsMalformed("[idp.keys] algorithms: RS256, ES256 and perhaps SM2-SM3")
        return self
