"""`trustctl seal verify`: one object a line, the exit status of the worst file, nothing but files read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from certs import pfx
from seal.commands.verify import command
from tests.support.shared import sample

AT = "2026-11-25T00:00:00Z"


def _run(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(command, ["--at", AT, *arguments], standalone_mode=False)
    assert answer.exception is None, answer.exception
    return int(answer.return_value), answer.output


def _put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / Path(name).name).write_bytes(sample(name))


def test_the_worst_of_a_folder_decides(tmp_path: Path) -> None:
    _put(tmp_path, "ofd/v4signed.ofd", "ofd/pageblock.ofd")
    assert _run(str(tmp_path))[0] == 3
    _put(tmp_path, "ofd/invoice-sample-tampered.ofd")
    status, said = _run(str(tmp_path), "--json")
    assert status == 1
    words = {Path(one["file"]).name: one["indication"] for one in map(json.loads, said.splitlines())}
    assert words == {
        "invoice-sample-tampered.ofd": "TOTAL_FAILED",
        "pageblock.ofd": "NO_SIGNATURE_FOUND",
        "v4signed.ofd": "INDETERMINATE",
    }


def test_a_file_without_a_signature_is_told_apart(tmp_path: Path) -> None:
    _put(tmp_path, "ofd/pageblock.ofd")
    assert _run(str(tmp_path / "pageblock.ofd"))[0] == 4


def test_people_read_what_changed(tmp_path: Path) -> None:
    _put(tmp_path, "ofd/invoice-sample-tampered.ofd")
    chinese = _run(str(tmp_path), "--lang", "zh")[1]
    assert "验证不通过" in chinese
    assert "Doc_0/Document.xml" in chinese
    assert "content-modified" in _run(str(tmp_path), "--lang", "en")[1]


def test_an_original_beside_a_value_is_found(tmp_path: Path) -> None:
    _put(tmp_path, "seal/jiangsu-tax.SignedValue.dat", "seal/jiangsu-tax.Signature.xml")
    value = str(tmp_path / "jiangsu-tax.SignedValue.dat")
    found = json.loads(_run(value, "--json")[1])["signatures"][0]["findings"]["integrity"]
    assert found["result"] == "passed"
    (tmp_path / "other.xml").write_bytes(b"<other/>")
    found = json.loads(_run(value, "--json", "--original", str(tmp_path / "other.xml"))[1])
    assert found["signatures"][0]["findings"]["integrity"]["code"] == "data-hash-wrong"


def test_a_pinned_root_whose_key_may_not_sign_certificates_closes_no_chain(tmp_path: Path) -> None:
    _put(tmp_path, "ofd/V4RideRight.ofd")
    root = pfx.read(sample("cert/ROOT.p12"), "123456").certificate
    assert root is not None
    (tmp_path / "root.pem").write_text(root.to_pem())
    status, said = _run(str(tmp_path / "V4RideRight.ofd"), "--anchors", str(tmp_path / "root.pem"), "--json")
    assert json.loads(said)["signatures"][0]["findings"]["certificate"]["code"] == "chain-broken"
    assert status == 1


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04junk", b"hello", b"\x30\x80\x02", b"%PDF-1.7"])
def test_no_file_is_too_broken_for_a_report(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "broken.ofd").write_bytes(data)
    assert _run(str(tmp_path / "broken.ofd"))[0] in (1, 3)


def test_nothing_heavy_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "broken.ofd").write_bytes(b"PK")
    code = (
        "import sys; from trust import cli; status = cli.run(['seal', 'verify', sys.argv[1]]);"
        "print(sorted({'pyhanko', 'aiohttp', 'sqlalchemy', 'fastapi', 'gmssl', 'uharfbuzz', 'PIL'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "broken.ofd")], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "[]"
