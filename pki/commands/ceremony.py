"""Hold the key ceremony that a configuration describes: root, authorities, time stamps."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trust.commands.options import answer, home_option, json_option

if TYPE_CHECKING:
    from pki.model.ceremony import Ceremony


@click.command(epilog="Example: trustctl pki ceremony ceremony.toml --out handover --home var")
@click.argument("configuration", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@home_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write every certificate and report.json into this folder.",
)
@click.option("--dry-run", is_flag=True, help="Hold it in a throw-away home and show what would come out.")
@json_option
def command(configuration: Path, home: Path, out: Path | None, dry_run: bool, as_json: bool) -> None:
    """Make the keys and certificates of CONFIGURATION, and publish the first revocation lists.

    Holding the same ceremony again changes nothing; after an interruption it goes on where it stopped.
    """
    from pki.model import ceremony

    planned = ceremony.parse(configuration.read_text("utf-8"))
    report = _rehearse(planned) if dry_run else _hold(planned, home)
    if out is not None:
        _write(report, out)
    if as_json:
        answer({"dry_run": dry_run, "members": report})
        return
    for one in report:
        click.echo(f"{one['name']:<16} {one['subject']}")
        click.echo(f"{'':<16} serial {one['serial']}  {one['not_before']} .. {one['not_after']}")
        click.echo(f"{'':<16} SM3 {one['sm3']}")


def _hold(planned: "Ceremony", home: Path) -> list[dict[str, Any]]:
    from pki.commands.opening import opened
    from pki.report import member
    from trust.commands.options import progress

    with opened(home) as use:
        held = use.parts.ceremony(planned, use.by)
        due = list(use.parts.publish.due())
        for count, (authority, shard) in enumerate(due, 1):
            use.parts.publish(authority, shard, str(use.by))
            progress("lists", count, len(due))
        authorities = [member(one.name, one.certificate) for one in held.authorities]
        return authorities + [member(one.name, one.certificate) for one in held.stampers]


def _rehearse(planned: "Ceremony") -> list[dict[str, Any]]:
    """Hold the ceremony in a home that is thrown away, so that every rule and every reader has its say."""
    from tempfile import TemporaryDirectory

    from trust.home import prepare
    from trust.host import installed
    from trust.settings import Settings

    with TemporaryDirectory(prefix="ceremony-") as folder:
        prepare(Settings.load(Path(folder), installed(), {}))
        return _hold(planned, Path(folder))


def _write(report: list[dict[str, Any]], out: Path) -> None:
    import json

    out.mkdir(parents=True, exist_ok=True)
    for one in report:
        (out / f"{one['name']}.pem").write_text(one["pem"], "ascii")
    listed = [{key: value for key, value in one.items() if key != "pem"} for one in report]
    (out / "report.json").write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", "utf-8")
