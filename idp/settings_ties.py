"""`[idp.ties]`: how long a change of phone waits, and which outside providers are played in development."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Self

from trust.settings import SettingsMalformed

PROVIDERS: Final = ("alipay", "wechat", "unionpay", "social-security")
LEAST_HOURS: Final = 24
MOST_HOURS: Final = 72


@dataclass(frozen=True, slots=True)
class TiesSection:
    """What a home decides about ties between accounts."""

    phone_change_hours: int = 48
    simulated_providers: tuple[str, ...] = PROVIDERS  # a home in production plays none

    def checked(self) -> Self:
        """Return the section when it makes sense.

        Raises:
            SettingsMalformed: it does not.
        """
        if not LEAST_HOURS <= self.phone_change_hours <= MOST_HOURS:
            raise SettingsMalformed("[idp.ties] phone_change_hours: 24 to 72")
        if not set(self.simulated_providers) <= set(PROVIDERS):
            raise SettingsMalformed(f"[idp.ties] simulated_providers: of {', '.join(PROVIDERS)}")
        return self

    @property
    def phone_delay(self) -> timedelta:
        return timedelta(hours=self.phone_change_hours)
