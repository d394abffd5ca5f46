"""`trustctl licence register-type`, `entitle`, `issue`, `verify`, for a person's own data in a home of her own."""

import json
from pathlib import Path
from typing import Any

import pytest

from licence.formats import licence_file
from tests.support.licence_house import ITEMS, firm
from tests.support.licences import TYPE_FILE
from trust import cli
from trust.bring_up import bring_up

TYPE = "11100000MB0143028R001"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "var"
    bring_up(folder, region="330000", demo=True)
    return folder


def run(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert cli.run(["licence", *arguments, "--home", str(home), "--json"]) == status
    out = capsys.readouterr().out
    answer: dict[str, Any] = json.loads(out) if out else {}
    return answer


def order(folder: Path, number: int, **changes: Any) -> Path:
    path = folder / f"licence-{number}.json"
    asked = {"seal": "33000000000001", "area": "330100", "items": {"creditCode": firm(number), **ITEMS}}
    path.write_text(json.dumps({**asked, **changes}, ensure_ascii=False), "utf-8")
    return path


def verified(home: Path, capsys: pytest.CaptureFixture[str], file: Path, status: int) -> dict[str, Any]:
    registry = home / "registry"
    arguments = ["licence", "verify", str(file), "--root", str(registry / "root.json")]
    capsys.readouterr()
    assert cli.run([*arguments, "--registry", str(registry / "330000.json"), "--json"]) == status
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_a_licence_is_issued_verified_and_given_again(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = order(tmp_path, 1), tmp_path / "out.ofd"
    arguments = ["issue", "--type", TYPE, "--data", str(data), "--out", str(out)]
    answer = run(home, capsys, *arguments)
    first = out.read_bytes()
    assert licence_file.read(first).identifier.text == answer["identifier"]
    assert verified(home, capsys, out, 0)["overall"] == "ACCEPTED_AS_OF"
    assert run(home, capsys, *arguments) == answer
    assert out.read_bytes() == first


def test_in_a_folder_the_file_is_named_by_its_identifier(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = run(home, capsys, "issue", "--type", TYPE, "--data", str(order(tmp_path, 2)), "--out", str(tmp_path))
    assert answer["out"] == str(tmp_path / f"{answer['identifier']}.ofd")
    assert Path(answer["out"]).is_file()


def test_refusals_have_codes_and_exit_statuses(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.ofd"
    arguments = ["licence", "issue", "--type", TYPE, "--out", str(out), "--home", str(home), "--data"]
    given = [str(order(tmp_path, 3, area="440300")), str(order(tmp_path, 4, items={"creditCode": firm(4)}))]
    codes = []
    for data in given:
        assert cli.run([*arguments, data]) not in (0, 1)
        codes.append(capsys.readouterr().err.rsplit("[", 1)[-1].strip("]\n"))
    assert codes == ["issuer-not-entitled", "licence-order-malformed"]
    assert not out.exists()


def test_a_type_of_ones_own_is_registered_and_its_issuer_entitled(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = "11330000MB09900162"
    file = tmp_path / "own.toml"
    file.write_bytes(
        TYPE_FILE.read_bytes().replace(TYPE.encode(), f"{own}007".encode()).replace(b"single = true\n", b"")
    )
    assert run(home, capsys, "register-type", str(file))["new"] is True
    assert run(home, capsys, "register-type", str(file))["new"] is False
    data = str(order(tmp_path, 5))
    issue = ["issue", "--type", f"{own}007", "--data", data, "--out", str(tmp_path / "own.ofd")]
    entitle = ["entitle", "--type", f"{own}007", "--body", own, "--body-name", "示例省市场监督管理局"]
    entitle += ["--area", "330000", "--basis", "示例〔2026〕9号"]
    run(home, capsys, *issue, status=7)
    assert run(home, capsys, *entitle)["new"] is True
    assert run(home, capsys, *entitle)["new"] is False
    assert cli.run(["registry", "publish", "--home", str(home)]) == 0
    run(home, capsys, *issue)
    assert verified(home, capsys, tmp_path / "own.ofd", 0)["overall"] == "ACCEPTED_AS_OF"
