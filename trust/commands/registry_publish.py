"""Sign the region's registry and put it where verifiers fetch it."""

import getpass
from pathlib import Path

import click

from trust.commands.options import Language, answer, home_option, json_option, lang_option


@click.command(epilog="Example: trustctl registry publish --home var")
@home_option
@json_option
@lang_option
def command(home: Path, *, as_json: bool, lang: Language) -> None:
    """Sign what was proposed into the next version of the registry.

    Without proposals nothing changes, until half of the registry's life is over; then it is signed anew.
    """
    from trust.home import open_floor
    from trust.host import installed
    from trust.publishing import publisher
    from trust.settings import Settings
    from trust.values.principal import Principal

    floor = open_floor(Settings.load(home, installed()))
    try:
        publishing = publisher(floor)
        done = publishing(Principal.operator(getpass.getuser(), floor.clock.now()))
    finally:
        floor.database.close()
    folder, region = publishing.folder, publishing.region
    if as_json:
        answer(
            {
                "region": str(region),
                "version": done.version.version,
                "new": done.is_new,
                "entries": done.entries,
                "sm3": done.version.address,
                "next_update": f"{done.version.next_update:%Y-%m-%dT%H:%M:%SZ}",
                "registry": str(folder.registry_path(region)),
                "root": str(folder.root_path),
            }
        )
        return
    number, count = done.version.version, done.entries
    if lang == "zh":
        state = "已发布" if done.is_new else "没有变化"
        click.echo(f"{region} 的信任登记册第 {number} 版，{count} 条：{state}")
    else:
        state = "published" if done.is_new else "unchanged"
        click.echo(f"version {number} of the registry of {region}, {count} entries: {state}")
    click.echo(f"registry  {folder.registry_path(region)}")
    click.echo(f"root      {folder.root_path}")
