"""`[idp.passwords]`: leaked passwords that are refused, and simple ones for test data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from trust.settings import SettingsMalformed


@dataclass(frozen=True, slots=True)
class PasswordsSection:
    """What a home decides about passwords."""

    development_simple: bool = False  # take any of eight characters; refused in production
    breached_file: str = ""  # sorted lines SHA1:COUNT

    def checked(self, *, production: bool) -> Self:
        """Return the section when it makes sense.

        Raises:
            SettingsMalformed: it does not.
        """
        if self.development_simple and production:
            raise SettingsMalformed("[idp.passwords] development_simple: not in production")
        if self.breached_file and not Path(self.breached_file).is_file():
            raise SettingsMalformed("[idp.passwords] breached_file: there is no such file")
        return self
