"""Sign the region's registry and put it where verifiers fetch it."""

import getpass
from pathlib import Path

import click

from trust.commands.options import answer, home_option, json_option


@click.command()
@home_option
@json_option
def publish(home: Path, *, as_json: bool) -> None:
    """Sign what was proposed into the next version of the registry.

    Without proposals nothing changes, until half of the registry's life is over; then it is signed anew.

    Example: trustctl registry publish --home var
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
    state = "published" if done.is_new else "unchanged"
    click.echo(f"version {done.version.version} of the registry of {region}, {done.entries} entries: {state}")
    click.echo(f"registry  {folder.registry_path(region)}")
    click.echo(f"root      {folder.root_path}")
