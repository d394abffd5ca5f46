"""Freeze, thaw or cancel a seal; from then on nothing is sealed with it."""

from pathlib import Path

import click

from trust.commands.options import Language, answer, home_option, json_option, lang_option

_DONE = {"freeze": ("已冻结", "frozen"), "thaw": ("已解冻", "thawed"), "cancel": ("已注销", "cancelled")}


def _change(verb: str, because: str) -> click.Command:
    @click.command(name=verb, epilog=f"Example: trustctl seal {verb} 33000000000001 --reason {because}")
    @click.argument("code")
    @click.option("--reason", required=True, help="Why; it stands in the journal.")
    @home_option
    @json_option
    @lang_option
    def command(code: str, reason: str, home: Path, as_json: bool, lang: Language) -> None:
        from seal.commands import common
        from seal.model.seal import SealId
        from seal.parts import change_seal
        from seal.usecases.change_seal import Step

        step = {"freeze": Step.FREEZE, "thaw": Step.THAW, "cancel": Step.CANCEL}[verb]
        with common.opened(home) as (host, operator):
            seal = change_seal(host.floor)(SealId.parse(code), step, reason, operator)
        if as_json:
            answer({"seal": seal.id.text, "standing": seal.standing.value})
        else:
            click.echo(f"{_DONE[verb][0 if lang == 'zh' else 1]}: {seal.id}")

    command.help = f"{verb.capitalize()} the seal CODE."
    return command


freeze = _change("freeze", "lost")
thaw = _change("thaw", "found")
cancel = _change("cancel", "dissolved")
