"""Register a licence type from its file; a registered version never changes."""

from pathlib import Path

import click

from trust.commands.inputs import existing, read_bounded
from trust.commands.options import Language, answer, home_option, json_option, lang_option


@click.command(epilog="Example: trustctl licence register-type business_licence.toml")
@click.argument("file", type=existing())
@home_option
@json_option
@lang_option
def command(file: Path, home: Path, as_json: bool, lang: Language) -> None:
    """Register the licence type in FILE: its items, who may hold it, its coding rule and its layout."""
    from licence import parts
    from licence.commands.opening import opened

    content = read_bounded(file)
    if content is None:
        raise click.FileError(str(file), "larger than any licence type")
    with opened(home) as (floor, operator):
        found, is_new = parts.register_type(floor)(content, operator)
    if as_json:
        answer({"type": found.code.text, "version": found.version, "name": found.name, "new": is_new})
    elif lang == "zh":
        click.echo(f"{'已登记' if is_new else '早已登记，未作改动'}：{found.name} {found.code} 第 {found.version} 版")
    else:
        click.echo(
            f"{'registered' if is_new else 'was there already'}: {found.name} {found.code} version {found.version}"
        )
