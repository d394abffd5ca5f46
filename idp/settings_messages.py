"""`[idp.messages]`: where short messages and mail go."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from trust.settings import SettingsMalformed, read_secret


@dataclass(frozen=True, slots=True)
class MessagesSection:
    """Addresses of gateways, which take JSON with `to` and `text`; empty: the outbox of a home in development."""

    sms_url: str = ""
    mail_url: str = ""
    token_file: Path | None = None  # bearer token for the gateways, in a file of mode 0600

    def checked(self, *, production: bool) -> Self:
        """Return the section when it makes sense.

        Raises:
            SettingsMalformed: an address that is none, or in production one without protection.
        """
        for name, value in (("sms_url", self.sms_url), ("mail_url", self.mail_url)):
            schemes = ("https",) if production else ("https", "http")
            if value and (urlsplit(value).scheme not in schemes or not urlsplit(value).netloc):
                raise SettingsMalformed(f"[idp.messages] {name}: an https address")
        return self

    def token(self) -> str:
        """Return the token, or the empty text; raises SettingsMalformed when the file cannot be used."""
        return "" if self.token_file is None else read_secret(self.token_file).decode()
