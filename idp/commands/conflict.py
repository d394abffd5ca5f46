"""`trustctl idp conflict …`: imported users whose number an account has already, and who decides about them."""

from pathlib import Path

import click

from idp.commands.level import opened_idp
from trust.commands.options import Language, answer, home_option, json_option, lang_option


@click.command(name="list", epilog="Example: trustctl idp conflict list --home var")
@click.option("--after", default="", help="Go on after this id.")
@home_option
@json_option
def list_conflicts(after: str, home: Path, *, as_json: bool) -> None:
    """Tell a hundred open conflicts, in the order of their ids; no personal value is shown."""
    from idp.storage.conflicts import Conflicts

    with opened_idp(home) as (floor, _), floor.database.reading() as db:
        found = Conflicts(db).open(after)
    for one in found:
        at = one.at.isoformat(timespec="seconds")
        if as_json:
            answer({"id": one.id, "account": one.account, "source": one.source, "other": one.other, "at": at})
        else:
            click.echo(f"{one.id}  {at}  {one.account}  {one.source or one.other}")


@click.command(name="resolve", epilog="Example: trustctl idp conflict resolve ID --decision mine --home var")
@click.argument("conflict")
@click.option(
    "--decision",
    type=click.Choice(["mine", "not-mine"]),
    required=True,
    help="What the owner, who came in person with the document, says of the imported user.",
)
@home_option
@json_option
@lang_option
def resolve(conflict: str, decision: str, home: Path, *, as_json: bool, lang: Language) -> None:
    """Decide CONFLICT for an owner who came to a window."""
    from idp.storage.persons import Vault
    from idp.usecases.resolve_conflict import Decision, ResolveConflict

    with opened_idp(home) as (floor, operator):
        act = ResolveConflict(floor.new_work, floor.clock, Vault.of(floor.keys))
        act.by_operator(conflict, Decision(decision), operator)
    if as_json:
        answer({"id": conflict, "decision": decision})
    else:
        click.echo("已处理" if lang == "zh" else "decided")
