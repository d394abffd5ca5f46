"""The verdicts that the samples of others must get, row by row, as their tables say."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from certs import certificate
from seal.report import FINDINGS, DocumentReport, Finding
from seal.verification import examine
from tests.support.shared import SHARED, sample
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence

JUDGED_AT = datetime(2026, 11, 25, tzinfo=UTC)


def _rows(table: str) -> list[dict[str, str]]:
    path = SHARED / "samples" / table / "verdicts.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _remarks(row: dict[str, str]) -> set[str]:
    return set(row["remarks"].split("#")[0].split())


def _said(finding: Finding) -> str:
    return finding.result.value if finding.code is None else f"{finding.result.value}:{finding.code}"


def _examine(path: str, original: bytes | None = None) -> DocumentReport:
    return examine(sample(path), Anchors(), Evidence(), JUDGED_AT, original=original)


def test_the_tables_are_there_with_the_samples() -> None:
    if not (SHARED / "samples").is_dir():
        pytest.skip("the shared samples are not beside the repository")
    assert len(_rows("ofd")) > 40
    assert len(_rows("seal")) > 15


@pytest.mark.parametrize("row", _rows("ofd"), ids=lambda row: f"{row['file']}-{row['n']}")
def test_a_document_gets_its_verdict(row: dict[str, str]) -> None:
    report = _examine(f"ofd/{row['file']}")
    assert len(report.signatures) == int(row["signatures"])
    if row["n"] == "0":
        assert report.indication.value == row["indication"]
        assert (report.sub_indication or "") == row["sub_indication"]
        assert _remarks(row) <= report.remarks
        return
    signature = report.signatures[int(row["n"]) - 1]
    said = {"form": signature.form, **{name: _said(signature.findings[name]) for name in FINDINGS}}
    assert said == {name: row[name] for name in said}
    assert signature.indication.value == row["indication"]
    assert (signature.sub_indication or "") == row["sub_indication"]
    assert _remarks(row) <= signature.remarks


@pytest.mark.parametrize("row", _rows("seal"), ids=lambda row: row["file"])
def test_a_seal_or_value_gets_its_verdict(row: dict[str, str]) -> None:
    beside = SHARED / "samples" / "seal" / f"{row['file'].split('.')[0]}.Signature.xml"
    original = beside.read_bytes() if row["integrity"] != "not_applicable" else None
    report = _examine(f"seal/{row['file']}", original)
    assert report.format == {"seal": "seal", "sealing": "seal-value", "signed-data": "signed-data"}[row["kind"]]
    (signature,) = report.signatures
    assert signature.form == row["form"]
    for name in ("structure", "integrity", "value"):
        assert _said(signature.findings[name]) == row[name], name
    checks = signature.findings["seal"].checks
    for name in ("maker_value", "listed", "seal_dates", "maker_dates"):
        assert checks.get(name, "not_applicable") == (row[name] or "not_applicable"), name
    for name, stated in _dates(row):
        assert _instant(signature, name) == stated, name
    if row["signer_dates"]:
        assert signature.signer is not None
        assert signature.times.claimed is not None
        inside = signature.signer.not_before <= signature.times.claimed <= signature.signer.not_after
        assert ("inside" if inside else "outside") == row["signer_dates"]
    stamp = signature.findings["time"]
    assert (_said(stamp) if stamp.code == "timestamp-invalid" else "none") == row["time_stamp"]
    assert _remarks(row) <= signature.remarks


def _dates(row: dict[str, str]) -> Iterator[tuple[str, datetime]]:
    names = ("claimed_time", "created", "seal_from", "seal_to", "signer_from", "signer_to", "maker_from", "maker_to")
    for name in names:
        if row[name]:
            yield name, datetime.fromisoformat(row[name])


def _instant(signature: Any, name: str) -> datetime:
    found: datetime
    match name.split("_"):
        case ["claimed", _]:
            found = signature.times.claimed
        case ["created"]:
            found = signature.seal.info.properties.created_at
        case ["seal", end]:
            properties = signature.seal.info.properties
            found = properties.valid_from if end == "from" else properties.valid_to
        case [who, end]:
            holder = signature.signer if who == "signer" else certificate.read(signature.seal.maker_certificate)
            found = holder.not_before if end == "from" else holder.not_after
    return found.replace(microsecond=0)
