"""`trustctl idp import`: take over the users of an older system."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from idp.commands.level import opened_idp
from trust.commands.options import Language, answer, home_option, json_option, lang_option

if TYPE_CHECKING:
    from _csv import Writer


@click.command(name="import", epilog="Example: trustctl idp import users.csv --source old-portal --home var")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Name of the older system: small letters, digits, hyphens.")
@home_option
@json_option
@lang_option
def import_users(file: Path, source: str, home: Path, *, as_json: bool, lang: Language) -> None:
    """Read users from FILE; run it again after a break and it goes on where it stopped.

    The first line names the columns old_id, username, hash, name, number, number_digest, phone, level.
    Rows that are left out are listed in FILE.errors.csv, by number and reason.
    """
    from idp.storage.persons import Vault
    from idp.usecases.import_users import ImportUsers

    errors = file.with_name(file.name + ".errors.csv")
    with opened_idp(home) as (floor, operator), errors.open("a", encoding="utf-8", newline="") as opened:
        written: Writer = csv.writer(opened)
        run = ImportUsers(floor.new_work, floor.clock, Vault.of(floor.keys))(
            file, source, lambda number, why: written.writerow([number, why]), operator
        )
    if not run.faults:
        errors.unlink()
    if as_json:
        answer({"run": run.id, "rows": run.rows, "faults": run.faults, "errors": str(errors) if run.faults else None})
    elif lang == "zh":
        click.echo(f"读入 {run.rows} 行，其中 {run.faults} 行未导入" + (f"，见 {errors}" if run.faults else ""))
    else:
        click.echo(f"{run.rows} rows read, {run.faults} left out" + (f", see {errors}" if run.faults else ""))
