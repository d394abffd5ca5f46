"""The authority's verbs, as an operator uses them on a home of its own."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from certs import certificate, crl, revocation, timestamp
from certs.timestamp import TimeStampToken
from pki.commands import ceremony, issue, revoke
from pki.commands import crl as crl_command
from pki.commands import timestamp as timestamp_command
from pki.commands.opening import opened
from tests.support.authority import requested
from tests.support.shared import SHARED
from trust.errors import TrustError
from trust.home import prepare
from trust.host import installed
from trust.settings import Settings

CONFIGURATION = Path(__file__).parents[2] / "pki" / "demonstration.toml"


@pytest.fixture(name="home")
def home_(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    prepare(Settings.load(home, installed(), {}))
    return home


@pytest.fixture(name="held")
def held_(home: Path, tmp_path: Path) -> dict[str, Any]:
    return one_line(run(ceremony.command, CONFIGURATION, "--home", home, "--out", tmp_path / "handover", "--json"))


def run(command: Any, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments], catch_exceptions=False)


def one_line(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    (line,) = result.output.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_ceremony_hands_over_certificates_and_a_report(held: dict[str, Any], home: Path, tmp_path: Path) -> None:
    assert [one["name"] for one in held["members"]] == ["root", "seal-ca", "service-ca", "tsa"]
    root = certificate.from_pem((tmp_path / "handover" / "root.pem").read_text())
    assert root.fingerprint.hex() == held["members"][0]["sm3"]
    report = json.loads((tmp_path / "handover" / "report.json").read_text())
    assert [one["serial"] for one in report] == [one["serial"] for one in held["members"]]
    again = one_line(run(ceremony.command, CONFIGURATION, "--home", home, "--json"))
    assert again["members"] == held["members"]


def test_a_rehearsal_leaves_nothing_behind(home: Path) -> None:
    rehearsed = one_line(run(ceremony.command, CONFIGURATION, "--home", home, "--dry-run", "--json"))
    assert rehearsed["dry_run"] is True
    assert len(rehearsed["members"]) == 4
    assert not (home / "keys" / "keys" / "pki").exists()


def test_people_are_told_in_lines(home: Path) -> None:
    told = run(ceremony.command, CONFIGURATION, "--home", home).output
    assert "示例省根证书 G1" in told
    assert "SM3" in told


def issued(home: Path, tmp_path: Path, *more: object) -> certificate.Certificate:
    asked = tmp_path / "request.csr"
    if not asked.exists():
        asked.write_text(requested("制章系统").to_pem())
    settings = ("--profile", "seal-maker", "--request", asked, "--home", home)
    told = one_line(run(issue.command, *settings, "--json", *more))
    return certificate.from_pem(told["pem"])


@pytest.mark.usefixtures("held")
def test_a_request_becomes_a_certificate_with_its_chain(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "maker.pem"
    found = issued(home, tmp_path, "--out", out)
    chain = certificate.all_from_pem(out.read_text())
    assert chain[0] == found
    assert len(chain) == 3
    assert issued(home, tmp_path) == found, "the same request is the same order"
    assert issued(home, tmp_path, "--key", "another", "--days", 30) != found


@pytest.mark.usefixtures("held")
def test_a_revocation_is_on_the_list_when_the_command_ends(home: Path, tmp_path: Path) -> None:
    found = issued(home, tmp_path)
    file = tmp_path / "found.pem"
    file.write_text(found.to_pem())
    told = one_line(run(revoke.command, file, "--reason", "key-compromise", "--home", home, "--json"))
    assert told == {"serial": f"{found.serial:032x}", "reason": "key-compromise"}
    run(crl_command.command, "--home", home, "--authority", "seal-ca", "--out", tmp_path / "lists")
    lists = [crl.decode(one.read_bytes()) for one in (tmp_path / "lists").glob("*.crl")]
    assert len(lists) == 2
    issuer = certificate.from_pem((tmp_path / "handover" / "seal-ca.pem").read_text())
    later = max(one.this_update for one in lists)
    assert isinstance(revocation.status_at(found, issuer, lists, later), revocation.Revoked)


@pytest.mark.usefixtures("held")
def test_lists_are_published_when_they_are_due_or_asked_for(home: Path) -> None:
    assert run(crl_command.command, "--home", home).output == "no list is due\n"
    told = one_line(run(crl_command.command, "--home", home, "--authority", "root", "--json"))
    assert (told["authority"], told["shard"], told["number"], told["entries"]) == ("root", 0, 2, 0)
    assert run(crl_command.command, "--home", home, "--shard", 1).exit_code == 2


@pytest.mark.usefixtures("held")
def test_a_file_is_stamped(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes("报告".encode())
    told = one_line(run(timestamp_command.command, file, "--home", home, "--json"))
    token = TimeStampToken.read((tmp_path / "report.txt.tst").read_bytes())
    assert told["token"] == str(tmp_path / "report.txt.tst")
    assert f"{timestamp.verify(token, '报告'.encode()).serial:x}" == told["serial"]
    with opened(home) as use, use.floor.new_work() as work:
        ((_, entry),) = work.journal.about(told["serial"])
        assert entry.by == str(use.by)


@pytest.mark.usefixtures("held")
def test_what_a_command_does_is_in_the_journal_under_the_operator(home: Path, tmp_path: Path) -> None:
    found = issued(home, tmp_path)
    with opened(home) as use, use.floor.new_work() as work:
        assert str(use.by).startswith("operator os:")
        entries = [entry for _, entry in work.journal.about(f"seal-ca/{found.serial:032x}")]
    assert {entry.by for entry in entries} == {str(use.by)}


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("since", ["yesterday", "2026-01-01T00:00:00"])
def test_an_instant_needs_a_zone(home: Path, tmp_path: Path, since: str) -> None:
    file = tmp_path / "found.pem"
    file.write_text(issued(home, tmp_path).to_pem())
    refused = run(revoke.command, file, "--reason", "key-compromise", "--since", since, "--home", home)
    assert refused.exit_code == 2


def test_errors_are_typed(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"x")
    with pytest.raises(TrustError) as caught:
        run(timestamp_command.command, file, "--home", home)
    assert caught.value.code == "authority-missing"
    (tmp_path / "bad.toml").write_text("[root]")
    with pytest.raises(TrustError) as caught:
        run(ceremony.command, tmp_path / "bad.toml", "--home", home)
    assert caught.value.code == "ceremony-malformed"


@pytest.mark.usefixtures("held")
def test_a_request_of_another_product_gets_a_certificate(home: Path) -> None:
    foreign = SHARED / "samples" / "cert" / "easyofd-ofd.req.pem"
    if not foreign.is_file():
        pytest.skip("the shared samples are not beside the repository")
    told = one_line(run(issue.command, "--profile", "person", "--request", foreign, "--home", home, "--json"))
    assert told["subject"].endswith("CN=ofd验证")


@pytest.mark.parametrize(
    "command", [ceremony.command, crl_command.command, issue.command, revoke.command, timestamp_command.command]
)
def test_help_shows_an_example(command: Any) -> None:
    assert "Example: trustctl pki" in run(command, "--help").output


def test_production_issues_nothing_by_command(tmp_path: Path) -> None:
    key_file = tmp_path / "secret"
    key_file.write_bytes(b"s" * 64)
    key_file.chmod(0o600)
    (tmp_path / "request.csr").write_text(requested("制章系统").to_pem())
    text = f'mode = "production"\n[clock]\nsupervised = true\n[keys]\nkey_file = "{key_file}"\n'
    production = tmp_path / "production"
    production.mkdir()
    (production / "trust.toml").write_text(text)
    prepare(Settings.load(production, installed(), {}))
    with pytest.raises(TrustError) as caught:
        run(issue.command, "--profile", "person", "--request", tmp_path / "request.csr", "--home", production)
    assert caught.value.code == "refused-in-production"
