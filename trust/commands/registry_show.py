"""Show what a registry file says about whom it recognises."""

from pathlib import Path
from typing import Any

import click

from trust.commands.options import answer, json_option


@click.command(epilog="Example: trustctl registry show var/registry/440000.json --root var/registry/root.json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--root", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Check the signature too.")
@json_option
def command(file: Path, root: Path | None, *, as_json: bool) -> None:
    """Show what a registry file says; with --root, only if a pinned key signed it."""
    from trust.recognition import registry_file, registry_json, root_file
    from trust.recognition.errors import RegistryKeyUnknown

    signed = registry_file.read_file(file.read_bytes()).signed
    if root is not None:
        key = root_file.decode(root.read_bytes()).find(signed.kid)
        if key is None:
            raise RegistryKeyUnknown(f"the root holds no key {signed.kid!r}")
        signed.verify(key.key, registry_file.TYPE)
    registry = registry_json.decode(signed.payload)
    if as_json:
        answer({"signed_by": signed.kid, "checked": root is not None, **_members(signed.payload)})
        return
    click.echo(f"registry of {registry.region}, version {registry.version}, signed by {signed.kid}")
    click.echo(f"issued {registry.issued_at:%Y-%m-%d %H:%MZ}, next due {registry.next_update:%Y-%m-%d %H:%MZ}")
    for entry in registry.entries:
        present = entry.standings[-1]
        click.echo(f"\n{entry.id}  {entry.type.value}  {present.status.value} since {present.since:%Y-%m-%d}")
        click.echo(f"  {entry.name}{f'  {entry.body}' if entry.body else ''}  ({entry.basis})")
        click.echo(f"  for {', '.join(sorted(purpose.value for purpose in entry.purposes))}")
        for each in entry.entitlements:
            until = f" until {each.end:%Y-%m-%d}" if each.end else ""
            click.echo(f"  {each.licence_type} in {each.area} from {each.start:%Y-%m-%d}{until}")


def _members(payload: bytes) -> dict[str, Any]:
    from trust.recognition import strict_json

    members: dict[str, Any] = strict_json.decode(payload)
    return members
