"""The section `[seal]`."""

from datetime import timedelta
from pathlib import Path

import pytest

from seal.settings import SealSettings
from trust.settings import Settings, SettingsMalformed


def read(tmp_path: Path, text: str) -> SealSettings:
    (tmp_path / "trust.toml").write_text(f"[seal]\n{text}\n", "utf-8")
    return SealSettings.of(Settings.load(tmp_path, ["seal"], {}))


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    settings = read(tmp_path, "")
    assert settings.life == timedelta(days=1095)
    assert settings.vendor.isascii()
    assert settings.version


def test_what_is_said_is_used(tmp_path: Path) -> None:
    settings = read(tmp_path, 'vendor = "EXAMPLE"\nlife_days = 30\nmaker_name = "示例"')
    assert (settings.vendor, settings.life, settings.maker_name) == ("EXAMPLE", timedelta(days=30), "示例")


@pytest.mark.parametrize("text", ['vendor = "示例"', 'vendor = ""', "life_days = 0", "life_days = 9999", "other = 1"])
def test_what_cannot_be_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsMalformed):
        read(tmp_path, text)
