"""`trustctl seal stamp`, `freeze`, `thaw`, `cancel`, in a home with a real authority."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from seal.model.seal import Seal
from seal.ofd.document import read_bodies
from seal.ofd.package import open_package
from seal.ofd.signatures_xml import read_signatures
from seal.parts import make_seal
from seal.ses.seal_data import Picture
from seal.usecases.make_seal import MakeOrder
from tests.support.ofd import document
from tests.support.seal_house import PICTURE
from trust import cli, host
from trust.bring_up import bring_up
from trust.values.credit_code import CreditCode
from trust.values.principal import Principal
from trust.values.region import Area


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A development home whose ceremony was held."""
    folder = tmp_path_factory.mktemp("home") / "var"
    bring_up(folder, region="330000", demo=True)
    return folder


def make(home: Path, key: str) -> Seal:
    order = MakeOrder(
        key=key,
        division=Area.parse("330000"),
        owner=CreditCode.parse("11440000006939748G"),
        owner_name="示例省示例局",
        name="示例省示例局",
        picture=Picture("PNG", PICTURE, 42, 42),
        life=timedelta(days=30),
    )
    with host.opened(home, ("seal",)) as built:
        return make_seal(built.floor)(order, Principal.service("test"))


def test_a_document_is_sealed_and_repeating_it_gives_the_same_file(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal = make(home, "one")
    plain, out = tmp_path / "plain.ofd", tmp_path / "sealed.ofd"
    plain.write_bytes(document(3))
    arguments = ["seal", "stamp", str(plain), "--seal", str(seal.id), "--page", "1", "--place", "140,220.5"]
    arguments += ["--riding", "right", "--out", str(out), "--home", str(home), "--json"]
    assert cli.run(arguments) == 0
    first = out.read_bytes()
    answer = json.loads(capsys.readouterr().out)
    assert (answer["seal"], answer["signature"]) == (str(seal.id), "s001")
    package = open_package(first, strict=True)
    found = read_signatures(package, read_bodies(package)[0])
    assert found is not None
    assert len(found.signatures[0].stamps) == 4
    assert cli.run(arguments) == 0
    assert out.read_bytes() == first


def test_a_frozen_seal_is_a_conflict(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seal = make(home, "two")
    plain, out = tmp_path / "plain.ofd", tmp_path / "sealed.ofd"
    plain.write_bytes(document())
    stamp = ["seal", "stamp", str(plain), "--seal", str(seal.id), "--page", "1", "--place", "10,10"]
    stamp += ["--out", str(out), "--home", str(home)]
    assert cli.run(["seal", "freeze", str(seal.id), "--reason", "lost", "--home", str(home), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"seal": str(seal.id), "standing": "frozen"}
    assert cli.run(stamp) == 6
    assert "[seal-not-usable]" in capsys.readouterr().err
    assert not out.exists()
    assert cli.run(["seal", "thaw", str(seal.id), "--reason", "found", "--home", str(home)]) == 0
    assert cli.run(stamp) == 0
    assert cli.run(["seal", "cancel", str(seal.id), "--reason", "body dissolved", "--home", str(home)]) == 0
    assert cli.run([*stamp, "--key", "another"]) == 6


def test_a_whole_protected_document_takes_no_further_seal(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal = make(home, "one")
    plain, closed = tmp_path / "plain.ofd", tmp_path / "closed.ofd"
    plain.write_bytes(document())
    rest = ["--seal", str(seal.id), "--page", "1", "--place", "10,10", "--home", str(home)]
    assert cli.run(["seal", "stamp", str(plain), *rest, "--whole", "--out", str(closed)]) == 0
    capsys.readouterr()
    assert cli.run(["seal", "stamp", str(closed), *rest, "--out", str(tmp_path / "more.ofd")]) == 6
    assert "[document-closed]" in capsys.readouterr().err
    assert cli.run(["seal", "verify", str(closed), "--anchors", str(home / "root.pem")]) == 0


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--page", "1"], 2),
        (["--page", "1", "--place", "a,b"], 2),
        ([], 2),
        (["--page", "9", "--place", "10,10"], 2),
        (["--page", "1", "--place", "9000,10"], 2),
        (["--riding", "right"], 2),
    ],
)
def test_a_place_that_cannot_be_is_refused(home: Path, tmp_path: Path, options: list[str], code: int) -> None:
    seal = make(home, "one")
    plain, out = tmp_path / "plain.ofd", tmp_path / "sealed.ofd"
    plain.write_bytes(document())
    fixed = ["seal", "stamp", str(plain), "--seal", str(seal.id), "--out", str(out), "--home", str(home)]
    assert cli.run([*fixed, *options]) == code
    assert not out.exists()


def test_an_unknown_seal_and_an_unreadable_document_have_their_own_exits(home: Path, tmp_path: Path) -> None:
    plain, out = tmp_path / "plain.ofd", tmp_path / "sealed.ofd"
    plain.write_bytes(document())
    common = ["--page", "1", "--place", "10,10", "--out", str(out), "--home", str(home)]
    assert cli.run(["seal", "stamp", str(plain), "--seal", "33000000000099", *common]) == 5
    assert cli.run(["seal", "stamp", str(plain), "--seal", "33", *common]) == 2
    plain.write_bytes(b"%PDF-1.7")
    assert cli.run(["seal", "stamp", str(plain), "--seal", str(make(home, "one").id), *common]) == 2


def test_the_service_is_ready_and_its_jobs_have_handlers(home: Path) -> None:
    make(home, "one")
    with host.opened(home, ("seal",)) as built:
        service = built.services["seal"]
        assert set(service.handlers) == {"seal.interrupted-stamping", "seal.sealer-revocation"}
        (check,) = service.checks
        assert len(str(check.probe())) == 16
