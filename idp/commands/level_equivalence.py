"""What levels of other identity systems are worth here."""

from pathlib import Path

import click

from idp.commands.level import basis_option, opened_idp
from trust.commands.options import Language, answer, home_option, json_option, lang_option


@click.command(name="list", epilog="Example: trustctl idp level equivalence list --home var")
@home_option
@json_option
def list_equivalences(home: Path, *, as_json: bool) -> None:
    """Tell what foreign levels are and were worth."""
    from idp.storage.levels import Levels

    with opened_idp(home) as (floor, _), floor.database.reading() as db:
        found = Levels(db).equivalences()
    for one in found:
        until = "" if one.until is None else f"{one.until:%Y-%m-%dT%H:%M:%SZ}"
        if as_json:
            answer({"scheme": one.scheme, "level": one.level, "rank": one.rank.value, "treaty": one.treaty,
                    "basis": one.basis, "since": f"{one.since:%Y-%m-%dT%H:%M:%SZ}", "until": until})  # fmt: skip
        else:
            click.echo(f"{one.scheme}  {one.level}  {one.rank}  {one.basis}  {one.since:%Y-%m-%d}–{until[:10]}")


@click.command(
    name="set", epilog="Example: trustctl idp level equivalence set gd L3 --rank 4 --basis 示例〔2026〕1号 --home var"
)
@click.argument("scheme")
@click.argument("level")
@click.option("--rank", type=click.IntRange(0, 5), required=True, help="What it is worth here.")
@click.option("--treaty", is_flag=True, help="An agreement allows more than 4.")
@basis_option
@home_option
@json_option
@lang_option
def set_equivalence(
    scheme: str, level: str, rank: int, basis: str, home: Path, *, treaty: bool, as_json: bool, lang: Language
) -> None:
    """Say what LEVEL of the identity system SCHEME is worth from now on."""
    from idp.usecases.equate_level import EquateLevel
    from trust.values.assurance import Rank

    with opened_idp(home) as (floor, operator):
        equate = EquateLevel(floor.new_work, floor.clock)
        version = equate(scheme, level, Rank(rank), basis, operator, treaty=treaty)
    if as_json:
        answer({"scheme": scheme, "level": level, "rank": rank, "version": version})
    else:
        click.echo(f"{scheme} {level} {'相当于' if lang == 'zh' else 'is worth'} {rank}")


@click.command(
    name="end", epilog="Example: trustctl idp level equivalence end gd L3 --basis 示例〔2026〕2号 --home var"
)
@click.argument("scheme")
@click.argument("level")
@basis_option
@home_option
@json_option
@lang_option
def end_equivalence(scheme: str, level: str, basis: str, home: Path, *, as_json: bool, lang: Language) -> None:
    """Say that LEVEL of the identity system SCHEME is worth nothing from now on."""
    from idp.usecases.equate_level import EquateLevel

    with opened_idp(home) as (floor, operator):
        version = EquateLevel(floor.new_work, floor.clock)(scheme, level, None, basis, operator)
    if as_json:
        answer({"scheme": scheme, "level": level, "version": version})
    else:
        click.echo(f"{scheme} {level} {'已不再对应' if lang == 'zh' else 'counts no more'}")
