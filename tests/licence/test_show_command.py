"""`trustctl licence show`: what the file says, persons masked, and that nothing of it was verified."""

import json
from pathlib import Path

from click.testing import CliRunner

from licence.commands.show import command
from licence.formats.metadata import Holder
from tests.licence.test_verification import LICENCE, unsealed
from tests.support.ofd import zipped
from trust.values.holder import HolderCode

PERSON = Holder("张三", HolderCode.parse("111", "11010519491231002X"))


def show(folder: Path, document: bytes, *arguments: str) -> str:
    path = folder / "licence.ofd"
    path.write_bytes(document)
    return CliRunner().invoke(command, [str(path), "--lang", "en", *arguments], catch_exceptions=False).output


def test_a_licence_says_what_it_is(tmp_path: Path) -> None:
    said = show(tmp_path, LICENCE)
    assert "type: 营业执照 (11100000MB0143028R001)" in said
    assert "area: 440300 深圳市" in said
    assert "holder: 示例有限公司 (91440300MA9X000380)" in said
    assert said.endswith("none of this has been verified\n")


def test_a_person_is_masked_until_revealed(tmp_path: Path) -> None:
    licence = zipped(unsealed(holders=(PERSON,)))
    for said in (show(tmp_path, licence), show(tmp_path, licence, "--json")):
        assert "19491231" not in said
        assert "张" not in said
        assert "*三" in said
    told = json.loads(show(tmp_path, licence, "--json", "--reveal"))
    assert told["holders"] == [{"name": "张三", "type": "111", "code": "11010519491231002X"}]
    assert told["verified"] is False
