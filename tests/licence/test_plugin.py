"""The service as the host sees it."""

from pathlib import Path

import pytest

from licence.usecases.issue_licences import RESOLVE
from trust import host
from trust.bring_up import bring_up
from trust.settings import SettingsMalformed


def test_it_is_built_above_the_seals_and_resolves_what_was_interrupted(tmp_path: Path) -> None:
    bring_up(tmp_path / "var", demo=True)
    with host.opened(tmp_path / "var", ("licence",)) as built:
        assert [each.name for each in built.plugins] == ["pki", "seal", "licence"]
        service = built.services["licence"]
        assert set(service.handlers) == {RESOLVE}
        assert [check.probe() for check in service.checks] == ["1 registered"]


def test_an_unknown_setting_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_up(tmp_path / "var", region="330000")
    monkeypatch.setenv("TRUST_LICENCE_COLOUR", "red")
    with pytest.raises(SettingsMalformed), host.opened(tmp_path / "var", ("licence",)):
        pass
