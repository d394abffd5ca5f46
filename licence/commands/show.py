"""Show what a licence file says of itself; nothing of it is verified."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from licence.formats import licence_file
from licence.formats.licence_file import LicenceFile
from licence.formats.metadata import Holder, Metadata
from trust.commands.inputs import existing, read_bounded
from trust.commands.options import Language, answer, json_option, lang_option
from trust.logs import mask
from trust.values import region

_WORDS: Final = {
    "identifier": ("证照标识", "identifier"),
    "type": ("证照类型", "type"),
    "name": ("证照名称", "name"),
    "number": ("证照编号", "number"),
    "issuer": ("颁发机构", "issuer"),
    "issued": ("颁发日期", "issued"),
    "valid": ("有效期", "valid"),
    "area": ("管辖属地", "area"),
    "holder": ("持证主体", "holder"),
    "copy": ("加注件", "copy"),
}


@click.command(epilog="Example: trustctl licence show permit.ofd")
@click.argument("file", type=existing())
@click.option("--reveal", is_flag=True, help="Print the names and numbers of persons whole.")
@json_option
@lang_option
def command(file: Path, *, reveal: bool, as_json: bool, lang: Language) -> None:
    """Show the metadata of a licence file; `licence verify` tells whether they are true.

    Persons who hold a licence are masked.
    """
    data = read_bounded(file)
    if data is None:
        raise click.FileError(str(file), "larger than anything that is read")
    licence = licence_file.read(data)
    if as_json:
        answer({"file": str(file), "verified": False, **_members(licence, reveal=reveal)})
        return
    chinese = lang == "zh"
    for line in _lines(licence.metadata, chinese=chinese, reveal=reveal):
        click.echo(line)
    click.echo("以上内容未经验证" if chinese else "none of this has been verified")


def _members(licence: LicenceFile, *, reveal: bool) -> dict[str, Any]:
    metadata = licence.metadata
    return {
        "identifier": metadata.identifier.text,
        "type": {"code": metadata.identifier.type.text, "name": metadata.type_name},
        "name": metadata.name,
        "number": metadata.number,
        "issuer": {"code": metadata.identifier.issuer.text, "name": metadata.issuer_name},
        "issued_on": metadata.issued_on.isoformat(),
        "effective_on": metadata.effective_on and metadata.effective_on.isoformat(),
        "expires_on": metadata.expires_on and metadata.expires_on.isoformat(),
        "area": metadata.area.code,
        "holders": [
            {"name": _name(each, reveal=reveal), "type": each.code.type.code, "code": _code(each, reveal=reveal)}
            for each in metadata.holders
        ],
        "items": {name: value if reveal else mask(value) for name, value in metadata.items},
        "copy": None
        if metadata.copy is None
        else {"cause": metadata.copy.cause, "expires_at": metadata.copy.expires_at.isoformat()},
    }


def _lines(metadata: Metadata, *, chinese: bool, reveal: bool) -> Iterator[str]:
    def line(word: str, text: str) -> str:
        return f"{_WORDS[word][0 if chinese else 1]}: {text}"

    yield line("identifier", metadata.identifier.text)
    yield line("type", f"{metadata.type_name} ({metadata.identifier.type})")
    yield line("name", metadata.name)
    yield line("number", metadata.number)
    yield line("issuer", f"{metadata.issuer_name} ({metadata.identifier.issuer})")
    yield line("issued", metadata.issued_on.isoformat())
    until = metadata.expires_on.isoformat() if metadata.expires_on else "长期" if chinese else "no limit"
    yield line("valid", f"{metadata.effective_on or metadata.issued_on} – {until}")
    division = region.find(metadata.area)
    yield line("area", f"{metadata.area} {division.name if division else ''}".rstrip())
    for holder in metadata.holders:
        yield line("holder", f"{_name(holder, reveal=reveal)} ({_code(holder, reveal=reveal)})")
    for name, value in metadata.items:
        yield f"{name}: {value if reveal else mask(value)}"
    if metadata.copy is not None:
        yield line("copy", f"{metadata.copy.cause}, {metadata.copy.expires_at:%Y-%m-%d %H:%MZ}")


def _name(holder: Holder, *, reveal: bool) -> str:
    if reveal or not holder.code.type.is_person:
        return holder.name
    return "*" * max(1, len(holder.name) - 1) + holder.name[1:][-1:]


def _code(holder: Holder, *, reveal: bool) -> str:
    return holder.code.reveal() if reveal else holder.code.masked
