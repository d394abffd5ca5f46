"""Stamp a file: a token that says it existed now."""

from pathlib import Path

import click

from trust.commands.options import answer, home_option, json_option


@click.command(epilog="Example: trustctl pki timestamp report.pdf --out report.pdf.tst")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@home_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Default: the file's name with .tst.")
@json_option
def command(file: Path, home: Path, out: Path | None, as_json: bool) -> None:
    """Stamp the SM3 digest of FILE (RFC 3161) and write the token."""
    from pki.commands.opening import opened

    with opened(home) as use:
        (stamped,) = use.parts.authority.stamp([file.read_bytes()], str(use.by))
    target = out or file.with_name(f"{file.name}.tst")
    target.write_bytes(stamped.token)
    at = stamped.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if as_json:
        answer({"at": at, "serial": f"{stamped.serial:x}", "token": str(target)})
    else:
        click.echo(f"{at} {target}")
