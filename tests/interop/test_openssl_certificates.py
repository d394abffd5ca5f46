"""OpenSSL's command line verifies what we issue, one hop at a time and with the default identity named.

OpenSSL 3 takes an absent identity for the empty one, and hands a named one to the last certificate only; so every hop is
verified by itself.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from certs import name, oids, pem, request
from certs.crl import Covers, Reason, Revocation
from tests.support.hierarchy import NOW, authority, crl_url, declare, leaf, province, signer

IDENTITY = "distid:1234567812345678"
OPENSSL = shutil.which("openssl")


def supports_sm2() -> bool:
    if OPENSSL is None:
        return False
    listed = subprocess.run([OPENSSL, "ecparam", "-list_curves"], capture_output=True, text=True, check=False)
    return "SM2" in listed.stdout


pytestmark = pytest.mark.skipif(not supports_sm2(), reason="no openssl command that knows SM2")
GOOD = province()


def openssl(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    assert OPENSSL is not None
    return subprocess.run([OPENSSL, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=30)


def verify(tmp_path: Path, below: str, above: str, identity: str = IDENTITY) -> subprocess.CompletedProcess[str]:
    for who in (below, above):
        (tmp_path / f"{who}.pem").write_text(GOOD[who].certificate.to_pem(), "ascii")
    when = str(int(NOW.timestamp()))
    issuer, subject = tmp_path / f"{above}.pem", tmp_path / f"{below}.pem"
    settings = ("-attime", when, "-partial_chain", "-x509_strict", "-ignore_critical")
    return openssl("verify", *settings, "-vfyopt", identity, "-CAfile", issuer, subject)


HOPS = [
    ("seal_ca", "root"),
    ("service_ca", "root"),
    ("maker", "seal_ca"),
    ("sealer", "seal_ca"),
    ("person", "seal_ca"),
    ("tsa", "service_ca"),
    ("registry", "service_ca"),
]


@pytest.mark.parametrize(("below", "above"), HOPS)
def test_each_hop_verifies(tmp_path: Path, below: str, above: str) -> None:
    answer = verify(tmp_path, below, above)
    assert answer.stdout.strip().endswith("OK"), answer.stderr


def test_the_roots_own_signature_verifies(tmp_path: Path) -> None:
    root = GOOD["root"].certificate
    key, tbs, value = tmp_path / "key.pem", tmp_path / "tbs", tmp_path / "value"
    key.write_text(pem.encode(root.spki, "PUBLIC KEY"), "ascii")
    tbs.write_bytes(root.tbs)
    value.write_bytes(root.signature)
    settings = ("-sm3", "-sigopt", IDENTITY, "-verify", key, "-signature", value)
    assert "Verified OK" in openssl("dgst", *settings, tbs).stdout


def test_the_identity_matters(tmp_path: Path) -> None:
    assert verify(tmp_path, "maker", "seal_ca", "distid:8765432187654321").returncode != 0


def test_a_flipped_signature_is_refused_there_too(tmp_path: Path) -> None:
    bad = declare(root=authority(), leaf=leaf("root", flip_signature=True))
    for who, member in bad.items():
        (tmp_path / f"{who}.pem").write_text(member.certificate.to_pem(), "ascii")
    answer = openssl(
        "verify",
        "-attime",
        str(int(NOW.timestamp())),
        "-vfyopt",
        IDENTITY,
        "-CAfile",
        tmp_path / "root.pem",
        tmp_path / "leaf.pem",
    )
    assert answer.returncode != 0
    assert "signature" in answer.stderr


def test_the_text_says_what_was_meant(tmp_path: Path) -> None:
    file = tmp_path / "tsa.pem"
    file.write_text(GOOD["tsa"].certificate.to_pem(), "ascii")
    text = openssl("x509", "-in", file, "-noout", "-text").stdout
    assert "Time Stamping" in text
    assert "X509v3 Extended Key Usage: critical" in text
    assert "Digital Signature, Non Repudiation" in text
    assert f"URI:{crl_url('service_ca')}" in text


def test_a_request_proves_possession(tmp_path: Path) -> None:
    file = tmp_path / "request.pem"
    built = request.build(name.build([(oids.COMMON_NAME, "请求")]), signer("请求"))
    file.write_text(built.to_pem(), "ascii")
    answer = openssl("req", "-in", file, "-noout", "-verify", "-vfyopt", IDENTITY)
    assert "OK" in answer.stdout + answer.stderr
    assert answer.returncode == 0


def test_a_request_of_theirs_proves_possession_to_us(tmp_path: Path) -> None:
    key, file = tmp_path / "key.pem", tmp_path / "request.pem"
    assert openssl("ecparam", "-name", "SM2", "-genkey", "-noout", "-out", key).returncode == 0
    made = openssl(
        "req", "-new", "-key", key, "-sm3", "-sigopt", IDENTITY, "-subj", "/C=CN/CN=seal", "-out", file, "-utf8"
    )
    assert made.returncode == 0, made.stderr
    found = request.from_pem(file.read_bytes())
    found.verify_possession()
    assert found.subject.get(oids.COMMON_NAME) == "seal"


def test_a_list_is_read(tmp_path: Path) -> None:
    revoked = Revocation(GOOD["maker"].certificate.serial, NOW, Reason.KEY_COMPROMISE)
    made = GOOD.crl("seal_ca", [revoked], url=crl_url("seal_ca"), covers=Covers.USERS)
    file = tmp_path / "list.pem"
    file.write_text(made.to_pem(), "ascii")
    text = openssl("crl", "-in", file, "-noout", "-text").stdout
    assert f"{revoked.serial:X}" in text
    assert "Key Compromise" in text
    assert "Only User Certificates" in text
