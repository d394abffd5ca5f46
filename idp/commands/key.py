"""The keys that sign tokens: which there are, and how they are changed out of turn."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from idp.commands.level import opened_idp
from trust.commands.options import Language, answer, home_option, json_option, lang_option

if TYPE_CHECKING:
    from idp.model.signing_key import KeyRecord

_STANDING_ZH = {"next": "候任", "current": "现用", "retired": "退役", "archived": "归档", "withdrawn": "撤销"}


@click.command(name="list", epilog="Example: trustctl idp key list --home var")
@home_option
@json_option
@lang_option
def list_keys(home: Path, *, as_json: bool, lang: Language) -> None:
    """Tell the keys that sign tokens, and where each stands; a new home gets its first ones."""
    from idp import key_parts
    from idp.storage.keys import KeyRecords

    with opened_idp(home) as (floor, _):
        key_parts.signing_keys(floor).load()
        with floor.database.reading() as db:
            found = KeyRecords(db).all()
    _tell(found, as_json=as_json, lang=lang)


@click.command(name="rotate", epilog="Example: trustctl idp key rotate --alg RS256 --home var")
@click.option("--alg", help="Only the keys of this algorithm.")
@click.option("--now", is_flag=True, help="Even when the next key was published only a moment ago.")
@home_option
@json_option
@lang_option
def rotate(alg: str | None, now: bool, home: Path, *, as_json: bool, lang: Language) -> None:
    """Let the announced keys sign from now on, and announce others."""
    from idp import key_parts

    with opened_idp(home) as (floor, operator):
        rotation = key_parts.rotation(floor)
        moved = list(rotation(operator))
        for each in rotation.algorithms if alg is None else (alg,):
            moved += rotation.take_up(each, operator, fresh=now)
    _tell(moved, as_json=as_json, lang=lang)


@click.command(name="withdraw", epilog="Example: trustctl idp key withdraw Ab3… --home var")
@click.argument("kid")
@home_option
@json_option
@lang_option
def withdraw(kid: str, home: Path, *, as_json: bool, lang: Language) -> None:
    """Believe nothing more that the key KID signed, because it may have leaked."""
    from idp import key_parts

    with opened_idp(home) as (floor, operator):
        moved = key_parts.rotation(floor).withdraw(kid, operator)
    _tell(moved, as_json=as_json, lang=lang)


def _tell(keys: "Sequence[KeyRecord]", *, as_json: bool, lang: Language) -> None:
    for one in keys:
        standing, since = one.standing.value, one.since.strftime("%Y-%m-%dT%H:%M:%SZ")
        if as_json:
            answer({"kid": one.kid, "algorithm": one.alg, "standing": standing, "since": since})
        else:
            word = _STANDING_ZH[standing] if lang == "zh" else standing
            click.echo(f"{one.alg}  {one.kid}  {word}  {since}")
