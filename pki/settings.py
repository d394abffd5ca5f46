"""`[pki]`: where the authority publishes, and how it keeps time."""

from dataclasses import dataclass
from datetime import timedelta

from trust.settings import Settings, SettingsMalformed


@dataclass(frozen=True, slots=True)
class PkiSection:
    """The section as it is written."""

    publish_url: str = ""  # plain http; empty: the public address of this home
    stamp_accuracy_ms: int = 1000
    issue_threads: int = 2


@dataclass(frozen=True, slots=True)
class PkiSettings:
    """The section as it is used."""

    publish_url: str
    stamp_accuracy: timedelta
    issue_threads: int

    @classmethod
    def of(cls, settings: Settings) -> "PkiSettings":
        """Read the section.

        Raises:
            SettingsMalformed: an address that is not plain http. Lists are signed; https would need a certificate to
                check a certificate.
        """
        section = settings.section("pki", PkiSection)
        url = (section.publish_url or settings.http.public_url).rstrip("/")
        if not url.startswith("http://"):
            raise SettingsMalformed("[pki] publish_url: lists and authorities are published under http://")
        if not 1 <= section.stamp_accuracy_ms <= 60_000:
            raise SettingsMalformed("[pki] stamp_accuracy_ms: between 1 and 60000")
        if not 1 <= section.issue_threads <= 64:
            raise SettingsMalformed("[pki] issue_threads: between 1 and 64")
        return cls(url, timedelta(milliseconds=section.stamp_accuracy_ms), section.issue_threads)
