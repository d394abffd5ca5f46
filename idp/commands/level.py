"""The five real-name levels as this province has them: what they are, and how they are changed."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trust.commands.options import Language, answer, home_option, json_option, lang_option
from trust.values.principal import Principal

if TYPE_CHECKING:
    from trust.plugin import Floor

basis_option = click.option("--basis", required=True, help="The document that orders it; it stands in the journal.")


@contextmanager
def opened_idp(home: Path) -> "Iterator[tuple[Floor, Principal]]":
    """Open a home with the provider, and say who runs the command."""
    from trust import host

    with host.opened(home, ("idp",)) as built:
        yield built.floor, Principal.operator(getpass.getuser(), built.floor.clock.now())


@click.command(name="list", epilog="Example: trustctl idp level list --home var")
@home_option
@json_option
@lang_option
def list_levels(home: Path, *, as_json: bool, lang: Language) -> None:
    """Tell the levels in force, and how long their sessions last."""
    from idp.storage.levels import Levels

    with opened_idp(home) as (floor, _), floor.database.reading() as db:
        levels = Levels(db)
        version, data = levels.version(), levels.ladder().data
    for one in data.levels:
        name = one.zh if lang == "zh" else one.en
        minutes = [int(span.total_seconds()) // 60 for span in (one.lifetime.absolute, one.lifetime.idle)]
        if as_json:
            answer({"version": version, "code": one.code, "rank": one.rank.value, "name": name,
                    "absolute_minutes": minutes[0], "idle_minutes": minutes[1]})  # fmt: skip
        elif lang == "zh":
            click.echo(f"{one.rank}  {one.code}  {name}：会话最长 {minutes[0]} 分钟，闲置 {minutes[1]} 分钟")
        else:
            click.echo(f"{one.rank}  {one.code}  {name}: sessions of {minutes[0]} minutes, {minutes[1]} idle")
    if not as_json:
        click.echo(f"第 {version} 版" if lang == "zh" else f"version {version}")


@click.command(name="show", epilog="Example: trustctl idp level show --home var > levels.toml")
@home_option
def show(home: Path) -> None:
    """Write the table in force as the file that `set` reads."""
    from idp.storage.levels import Levels

    with opened_idp(home) as (floor, _), floor.database.reading() as db:
        click.echo(Levels(db).text(), nl=False)


@click.command(name="set", epilog="Example: trustctl idp level set levels.toml --basis 示例〔2026〕1号 --home var")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@basis_option
@home_option
@json_option
@lang_option
def set_levels(file: Path, basis: str, home: Path, *, as_json: bool, lang: Language) -> None:
    """Check the table in FILE and put it in force at once."""
    from idp.model.ladder_data import MAX_TABLE_BYTES, LevelsMalformed
    from idp.usecases.change_levels import ChangeLevels

    with file.open("rb") as opened:
        read = opened.read(MAX_TABLE_BYTES + 1)
    try:
        text = read.decode()
    except UnicodeDecodeError as exc:
        raise LevelsMalformed(f"{file} is not UTF-8") from exc
    with opened_idp(home) as (floor, operator):
        version, new = ChangeLevels(floor.new_work, floor.clock)(text, basis, operator)
    if as_json:
        answer({"version": version, "new": new})
    elif lang == "zh":
        click.echo(f"等级表第 {version} 版：{'已生效' if new else '没有变化'}")
    else:
        click.echo(f"version {version} of the levels: {'in force' if new else 'unchanged'}")
