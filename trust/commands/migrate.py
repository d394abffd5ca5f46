"""Bring the tables of a home to the release that is installed."""

from pathlib import Path

import click

from trust.commands import exits
from trust.commands.options import Language, answer, home_option, json_option, lang_option


@click.command(epilog="Example: trustctl migrate --home var")
@home_option
@click.option("--check", is_flag=True, help="Only tell; exit 1 when something waits.")
@json_option
@lang_option
def command(home: Path, check: bool, as_json: bool, lang: Language) -> int:
    """Bring every package's tables forward; safe to repeat and to run from several machines at once."""
    from trust import host
    from trust.home import open_database, open_keys
    from trust.migrations import schema
    from trust.settings import Settings

    settings = Settings.load(home, host.installed())
    open_keys(settings)  # a folder that is no home is not made into one by a typing mistake
    database = open_database(settings)
    try:
        waiting = schema.pending(database)
        if not check:
            schema.upgrade(database)
    finally:
        database.close()
    if as_json:
        answer({"waiting" if check else "applied": list(waiting)})
    elif not waiting:
        click.echo("数据表已是最新" if lang == "zh" else "the tables are up to date")
    else:
        said = {("zh", True): "待执行", ("zh", False): "已执行", ("en", True): "waiting", ("en", False): "applied"}
        click.echo(f"{said[lang, check]}: {', '.join(waiting)}")
    return exits.NEGATIVE if check and waiting else exits.DONE
