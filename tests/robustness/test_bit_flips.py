"""No bit of a sealed licence's signature files or entry can be flipped unnoticed; its seal has a picture under 1 KB."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from seal.model.placement import At, Protection
from tests.licence.test_verification import unsealed
from tests.robustness.bit_flips import MEMBERS, main, unnoticed
from tests.support.hierarchy import NOW
from tests.support.ofd import zipped
from tests.support.sealed import DRAFT, Sealer

SEALER = Sealer(draft=replace(DRAFT, by_digest=True))
PARTS = 2  # so that two workers share the largest member


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("member", MEMBERS)
def test_every_flipped_bit_is_refused_or_reported(member: str, part: int) -> None:
    sealed = _licence()
    at = NOW + timedelta(days=1)
    assert [*unnoticed(sealed, SEALER.anchors, at, member, step=PARTS, first=part)] == []


def test_the_documented_command_flips_any_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sealed.ofd").write_bytes(_licence())
    (tmp_path / "root.pem").write_text(SEALER.pki["root"].certificate.to_pem())
    assert main([str(tmp_path / "sealed.ofd"), "--anchors", str(tmp_path / "root.pem"), "--step", "997"]) == 0
    assert "0 flips are not noticed" in capsys.readouterr().out


def _licence() -> bytes:
    return SEALER.stamp(zipped(unsealed()), At(1, 10, 10), protection=Protection.WHOLE)
