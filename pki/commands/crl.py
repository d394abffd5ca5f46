"""Publish revocation lists: those whose time has come, or one now."""

from pathlib import Path

import click

from trust.commands.options import answer, home_option, json_option, progress


@click.command(epilog="Example: trustctl pki crl --authority seal-ca --shard 0 --out lists")
@home_option
@click.option("--authority", help="Publish this authority's lists now, due or not.")
@click.option("--shard", type=click.IntRange(0), help="Only this list of the authority.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Also write the lists into this folder.")
@json_option
def command(home: Path, authority: str | None, shard: int | None, out: Path | None, as_json: bool) -> None:
    """Publish every list whose time has come, or the named ones at once."""
    from pki.commands.opening import opened

    if shard is not None and authority is None:
        raise click.UsageError("--shard needs --authority")
    with opened(home) as use:
        publish, directory = use.parts.publish, use.parts.authority.directory
        if authority is None:
            wanted = list(publish.due())
        else:
            shards = range(directory.authority(authority).shards) if shard is None else [shard]
            wanted = [(authority, one) for one in shards]
        done = []
        for count, (name, number) in enumerate(wanted, 1):
            done.append(publish(name, number, str(use.by)))
            progress("lists", count, len(wanted))
            if out is not None:
                out.mkdir(parents=True, exist_ok=True)
                (out / f"{name}-{number}.crl").write_bytes(use.floor.objects.get(done[-1].address))
    for one in done:
        until = f"{one.next_update:%Y-%m-%dT%H:%M:%SZ}"
        if as_json:
            answer(
                {
                    "authority": one.authority,
                    "shard": one.shard,
                    "number": one.number,
                    "entries": one.entries,
                    "next_update": until,
                    "sm3": one.address,
                }
            )
        else:
            click.echo(f"{one.authority}/{one.shard} number {one.number}, {one.entries} entries, until {until}")
    if not done and not as_json:
        click.echo("no list is due")
