"""Which passwords may be set: long enough, guessed by nobody first, not leaked, not about oneself.

No rule asks for kinds of signs, and none makes passwords run out: both lead to weaker ones.

Standard:
    NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2.
"""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from idp.errors_factors import PasswordUnfit, Unfit
from idp.factors.common_passwords import is_common
from idp.model.account import Person

LEAST: Final = 8
MOST: Final = 128
MOST_TYPED: Final = 4 * MOST  # characters before they are folded; folding may multiply them
_LEAST_PERSONAL: Final = 4
_DIGEST_DIGITS: Final = 40


def folded(password: str) -> str | None:
    """Return a password as it is digested, in NFKC; None when no password can be so long."""
    return unicodedata.normalize("NFKC", password) if len(password) <= MOST_TYPED else None


@dataclass(frozen=True, slots=True)
class BreachedPasswords:
    """Leaked passwords, in a file that an operator set up.

    The file is sorted: a line for each is the upper-case SHA-1 of a password, a colon and how often it was seen, as the
    services name it that are asked by the first five digits. It is searched where it stands, never loaded.
    """

    path: Path

    def contains(self, password: str) -> bool:
        """Whether a password was leaked; raises OSError when the file cannot be read."""
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        with self.path.open("rb") as file:
            low, high = 0, self.path.stat().st_size
            while low < high:  # the line that begins at or after `low` is the first that may be the wanted one
                middle = (low + high) // 2
                file.seek(middle)
                if middle:
                    file.readline()
                line = file.readline()[:_DIGEST_DIGITS].upper()
                if line == wanted:
                    return True
                if line and line < wanted:
                    low = middle + 1
                else:
                    high = middle
            file.seek(0)
            return file.readline()[:_DIGEST_DIGITS].upper() == wanted


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """Permits passwords.

    Attributes:
        breached: leaked ones, when an operator set up a file.
        simple: in development alone: whatever is long enough will do, for test data with a given password.
    """

    breached: BreachedPasswords | None = None
    simple: bool = False

    def permit(self, password: str, person: Person) -> str:
        """Return the password as it is digested.

        Raises:
            PasswordUnfit: it cannot be taken.
        """
        text = folded(password)
        if text is None or len(text) > MOST:
            raise PasswordUnfit(Unfit.LONG)
        if len(text) < LEAST:
            raise PasswordUnfit(Unfit.SHORT)
        if any(unicodedata.category(sign) in ("Cc", "Cs", "Cn") for sign in text):
            raise PasswordUnfit(Unfit.UNREADABLE)
        if self.simple:
            return text
        if any(own in text.casefold() for own in _own(person)):
            raise PasswordUnfit(Unfit.PERSONAL)
        if is_common(text):
            raise PasswordUnfit(Unfit.COMMON)
        if self.breached is not None and self.breached.contains(text):
            raise PasswordUnfit(Unfit.BREACHED)
        return text


def _own(person: Person) -> Iterable[str]:
    """What an account's own values bring, long enough to matter."""
    said = (person.username, person.phone, person.id_number, person.email.partition("@")[0])
    for value in said:
        text = unicodedata.normalize("NFKC", value).casefold().strip()
        if len(text) >= _LEAST_PERSONAL:
            yield text
    if person.phone.startswith("+86"):
        yield person.phone.removeprefix("+86")
