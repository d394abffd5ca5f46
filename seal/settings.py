"""`[seal]`: how we name ourselves in seals and signatures, and how long seals live."""

from dataclasses import dataclass
from datetime import timedelta
from importlib import metadata

from trust.settings import Settings, SettingsMalformed


@dataclass(frozen=True, slots=True)
class SealSection:
    """The section as it is written."""

    vendor: str = "PROVINCE-TRUST"  # Vid in the header of seal data, ASCII
    provider: str = "province-trust"  # ProviderName in signature files
    company: str = "province-trust"
    maker_name: str = "电子印章制作系统"  # common name of the seal maker's certificate
    maker_organisation: str = "电子印章制作管理单位"
    life_days: int = 1095


@dataclass(frozen=True, slots=True)
class SealSettings:
    """The section as it is used."""

    vendor: str
    provider: str
    company: str
    version: str  # of this software, which signature files name
    maker_name: str
    maker_organisation: str
    life: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "SealSettings":
        """Read the section.

        Raises:
            SettingsMalformed: a vendor that is not ASCII, or a life that no certificate has.
        """
        section = settings.section("seal", SealSection)
        if not section.vendor.isascii() or not 1 <= len(section.vendor) <= 64:
            raise SettingsMalformed("[seal] vendor: 1 to 64 ASCII characters")
        if not 1 <= section.life_days <= 3_650:
            raise SettingsMalformed("[seal] life_days: between 1 and 3650")
        return cls(
            section.vendor,
            section.provider,
            section.company,
            metadata.version("province-trust"),
            section.maker_name,
            section.maker_organisation,
            timedelta(days=section.life_days),
        )
