"""pkilint, a foreign linter, finds nothing to object to in the shape of what we issue. It checks no signatures."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from certs import oids
from certs.crl import Covers, Reason, Revocation
from certs.extensions import Extension
from tests.support.hierarchy import NOW, authority, crl_url, declare, leaf, province

GOOD = province()
LINTERS = {kind: Path(sys.executable).with_name(f"lint_{kind}") for kind in ("pkix_cert", "crl")}
# Its ASN.1 library reads no arc above 32 bits, and ours hang under a UUID of 128 (ITU-T X.667 allows it).
OWN_ARC = "OID contains arc which is larger than 32-bits"
# A root needs no authority key identifier (RFC 5280 4.2.1.1); it says so only because it cannot check SM2 signatures.
ROOT_UNCHECKED = "pkix.aki_absent_self_issued_and_unsupported_algorithm"

pytestmark = pytest.mark.skipif(not all(map(Path.exists, LINTERS.values())), reason="pkilint is not installed")


def lint(kind: str, file: Path, *more: str) -> list[str]:
    command = [str(LINTERS[kind]), "lint", "-s", "NOTICE", "-f", "JSON", *more, str(file)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    results = json.loads(answer.stdout)["results"]
    found = [one for result in results for one in result["finding_descriptions"]]
    return [f"{one['code']}: {one['message']}" for one in found if not expected(one["code"], one["message"])]


def expected(code: str, message: str | None) -> bool:
    return code == ROOT_UNCHECKED or (message or "").endswith(OWN_ARC)


@pytest.mark.parametrize("member", GOOD)
def test_a_certificate_of_each_profile_is_well_formed(tmp_path: Path, member: str) -> None:
    file = tmp_path / "certificate.pem"
    file.write_text(GOOD[member].certificate.to_pem(), "ascii")
    assert lint("pkix_cert", file) == []


@pytest.mark.parametrize("revoked", [True, False])
def test_a_list_is_well_formed(tmp_path: Path, *, revoked: bool) -> None:
    entries = [Revocation(GOOD["maker"].certificate.serial, NOW, Reason.KEY_COMPROMISE)] if revoked else []
    made = GOOD.crl("seal_ca", entries, url=crl_url("seal_ca"), covers=Covers.USERS)
    file = tmp_path / "list.pem"
    file.write_text(made.to_pem(), "ascii")
    assert lint("crl", file, "-t", "CRL", "-p", "PKIX") == []


def test_a_malformed_certificate_is_objected_to(tmp_path: Path) -> None:
    bad = Extension(oids.BASIC_CONSTRAINTS, critical=False, value=bytes.fromhex("3003010100"))
    made = declare(root=authority(), leaf=leaf("root", changed={oids.BASIC_CONSTRAINTS: bad}))
    file = tmp_path / "certificate.pem"
    file.write_text(made["leaf"].certificate.to_pem(), "ascii")
    assert lint("pkix_cert", file)
