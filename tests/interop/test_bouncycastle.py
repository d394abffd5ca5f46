"""Bouncy Castle verifies our chains, revocation lists and time stamps.

It comes from Debian's `libbcpkix-java` with a JDK; where they are absent the tests skip.
"""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from certs import oids, timestamp_issue
from certs.crl import Covers, Reason, Revocation
from certs.sm import sm3
from certs.timestamp_issue import Statement
from certs.timestamp_request import MessageImprint, TimeStampRequest
from tests.support.hierarchy import NOW, authority, crl_url, declare, leaf, province

JARS = [Path(f"/usr/share/java/{name}.jar") for name in ("bcprov", "bcpkix", "bcutil")]
SOURCE = Path(__file__).with_name("BouncyCastleCheck.java")
JAVAC, JAVA = shutil.which("javac"), shutil.which("java")

pytestmark = pytest.mark.skipif(
    JAVAC is None or JAVA is None or not all(jar.exists() for jar in JARS), reason="no JDK with Bouncy Castle here"
)
GOOD = province()


@pytest.fixture(scope="module", name="classes")
def classes_(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Compile once and return the class path."""
    built = tmp_path_factory.mktemp("classes")
    jars = ":".join(map(str, JARS))
    assert JAVAC is not None
    command = [JAVAC, "-proc:none", "-cp", jars, "-d", str(built), str(SOURCE)]
    made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert made.returncode == 0, made.stderr
    return f"{built}:{jars}"


def check(classes: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    assert JAVA is not None
    command = [JAVA, "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", classes, "BouncyCastleCheck"]
    return subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120)


def write(folder: Path, *members: str) -> list[Path]:
    files = []
    for member in members:
        files.append(folder / f"{member}.cer")
        files[-1].write_bytes(GOOD[member].certificate.der)
    return files


@pytest.mark.parametrize("members", [("sealer", "seal_ca", "root"), ("tsa", "service_ca", "root")], ids=lambda m: m[0])
def test_a_chain_verifies(classes: str, tmp_path: Path, members: tuple[str, ...]) -> None:
    answer = check(classes, "chain", *write(tmp_path, *members))
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.count("verified") == 3


def test_a_flipped_signature_is_refused_there_too(classes: str, tmp_path: Path) -> None:
    bad = declare(root=authority(), leaf=leaf("root", flip_signature=True))
    files = []
    for who in ("leaf", "root"):
        files.append(tmp_path / f"{who}.cer")
        files[-1].write_bytes(bad[who].certificate.der)
    assert check(classes, "chain", *files).returncode != 0


def test_a_list_verifies_and_names_the_revoked(classes: str, tmp_path: Path) -> None:
    serial = GOOD["maker"].certificate.serial
    made = GOOD.crl(
        "seal_ca", [Revocation(serial, NOW, Reason.KEY_COMPROMISE)], url=crl_url("seal_ca"), covers=Covers.USERS
    )
    file = tmp_path / "list.crl"
    file.write_bytes(made.der)
    (issuer,) = write(tmp_path, "seal_ca")
    answer = check(classes, "crl", file, issuer, f"{serial:x}")
    assert answer.stdout.strip() == "verified revoked", answer.stderr
    assert check(classes, "crl", file, issuer, f"{serial + 1:x}").stdout.strip() == "verified good"


def test_a_time_stamp_verifies(classes: str, tmp_path: Path) -> None:
    value = b"signature value"
    request = TimeStampRequest(MessageImprint(oids.SM3, sm3.digest(value)), nonce=7, certificate_wanted=True)
    tsa = GOOD["tsa"]
    statement = Statement(oids.TSA_POLICY, 1 << 100, NOW, timedelta(seconds=1))
    chain = GOOD.certificates("service_ca")
    token = tmp_path / "token"
    token.write_bytes(timestamp_issue.build(request, statement, tsa.signer, tsa.certificate, chain=chain))
    (stamper,) = write(tmp_path, "tsa")
    answer = check(classes, "token", token, stamper, sm3.digest(value).hex())
    assert answer.stdout.strip() == f"verified {NOW:%Y-%m-%dT%H:%M:%SZ}", answer.stderr
    assert check(classes, "token", token, stamper, sm3.digest(b"another").hex()).returncode != 0
    (other,) = write(tmp_path, "maker")
    assert check(classes, "token", token, other, sm3.digest(value).hex()).returncode != 0
