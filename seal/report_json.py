"""The report for programs: names and codes that stay, instants in RFC 3339 UTC, digests in hexadecimal."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from certs import certificate as certificates
from certs.certificate import Certificate
from certs.errors import CertsError
from seal.report import DocumentReport, Finding, SignatureReport, Times
from seal.ses.seal_data import Seal


def to_json(report: DocumentReport) -> dict[str, Any]:
    """Return the report as JSON members, in their stable order."""
    return {
        "format": report.format,
        "digest": report.digest.hex(),
        "judged_at": instant(report.judged_at),
        "indication": report.indication.value,
        "sub_indication": report.sub_indication,
        "detail": report.failure[2] if report.failure else "",
        "signatures": [_signature(one) for one in report.signatures],
        "remarks": sorted(report.remarks),
    }


def instant(at: datetime) -> str:
    """Write an instant in RFC 3339, UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _signature(one: SignatureReport) -> dict[str, Any]:
    return {
        "id": one.id,
        "form": one.form,
        "indication": one.indication.value,
        "sub_indication": one.sub_indication,
        "findings": {name: finding(found) for name, found in one.findings.items()},
        "covered": list(one.covered),
        "uncovered": list(one.uncovered),
        "modified": list(one.modified),
        "missing": list(one.missing),
        "signer": None if one.signer is None else _certificate(one.signer),
        "seal": None if one.seal is None else _seal(one.seal),
        "time": _times(one.times),
        "remarks": sorted(one.remarks),
    }


def finding(found: Finding) -> dict[str, Any]:
    """Return one finding as JSON members."""
    members: dict[str, Any] = {"result": found.result.value, "code": found.code, "detail": found.detail}
    if found.checks:
        members["checks"] = dict(found.checks)
    return members


def _certificate(certificate: Certificate) -> Mapping[str, Any]:
    return {
        "subject": str(certificate.subject),
        "issuer": str(certificate.issuer),
        "serial": f"{certificate.serial:x}",
        "not_before": instant(certificate.not_before),
        "not_after": instant(certificate.not_after),
        "fingerprint": certificate.fingerprint.hex(),
    }


def _seal(seal: Seal) -> Mapping[str, Any]:
    properties, picture = seal.info.properties, seal.info.picture
    try:
        maker: str | None = str(certificates.read(seal.maker_certificate).subject)
    except CertsError:
        maker = None
    return {
        "es_id": seal.info.seal_id,
        "name": properties.name,
        "type": properties.kind,
        "picture": {"type": picture.kind, "width": picture.width, "height": picture.height},
        "maker": maker,
        "created_at": instant(properties.created_at),
        "valid_from": instant(properties.valid_from),
        "valid_to": instant(properties.valid_to),
    }


def _times(times: Times) -> Mapping[str, Any] | None:
    if times.claimed is None and times.proven is None:
        return None
    proven = times.proven
    return {
        "claimed": None if times.claimed is None else instant(times.claimed),
        "proven": None
        if proven is None
        else {
            "at": instant(proven.at),
            "authority": str(proven.authority.subject),
            "accuracy_seconds": proven.accuracy.total_seconds(),
        },
    }
