"""Make a home folder: settings, keys, tables; with --demo a whole demonstration province in it."""

from pathlib import Path

import click

from trust.commands.options import Language, answer, home_option, json_option, labelled, lang_option


@click.command(epilog="Example: trustctl init --demo --home var")
@home_option
@click.option("--demo", is_flag=True, help="Also bring up the demonstration province; a second run adds nothing.")
@click.option("--region", default="", help="Six digits: the province of a new home; with --demo else 330000.")
@json_option
@lang_option
def command(home: Path, demo: bool, region: str, as_json: bool, lang: Language) -> None:
    """Make a home folder; what is there already is left as it is."""
    from trust.bring_up import bring_up

    brought = bring_up(home, region=region, demo=demo)
    if as_json:
        told = {each.name: each.value for each in brought.told}
        answer({"home": str(brought.home), "new": brought.new, **told})
        return
    if lang == "zh":
        click.echo(f"已建立 {brought.home}" if brought.new else f"{brought.home} 已经存在，未作改动")
    else:
        click.echo(f"made {brought.home}" if brought.new else f"{brought.home} was there already and is unchanged")
    for each in brought.told:
        click.echo(labelled(each.zh if lang == "zh" else each.en, each.value))
