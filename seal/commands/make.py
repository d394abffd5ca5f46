"""Make a seal for a body: picture, key, certificate, and seal data signed by the seal maker."""

from pathlib import Path

import click

from trust.commands.options import Language, answer, home_option, json_option, lang_option


@click.command(
    epilog="Example: trustctl seal make --owner 11330000MB09900162 --owner-name 示例省市场监督管理局 --division 330000"
)
@click.option("--owner", required=True, help="Credit code of the body whose seal it is.")
@click.option("--owner-name", required=True, help="Name of the body.")
@click.option("--name", help="What the seal says; by default the name of the body.")
@click.option("--division", required=True, help="Six digits: who registers the seal.")
@click.option(
    "--shape",
    type=click.Choice(["round", "oval", "square"]),
    default="round",
    show_default=True,
    help="Of bodies, of invoices, of persons.",
)
@click.option(
    "--size", type=click.IntRange(10, 60), help="Width in millimetres; by default what the shape usually has."
)
@click.option("--purpose", default="", help="A level line below the centre, such as 专用章.")
@click.option("--key", help="Idempotency key; by default the order itself, so that repeating it gives the same seal.")
@home_option
@json_option
@lang_option
def command(
    owner: str,
    owner_name: str,
    name: str | None,
    division: str,
    shape: str,
    size: int | None,
    purpose: str,
    key: str | None,
    home: Path,
    as_json: bool,
    lang: Language,
) -> None:
    """Make a seal and print its code."""
    from certs.sm import sm3
    from seal.commands import common
    from seal.drawing import drawn
    from seal.parts import make_seal
    from seal.settings import SealSettings
    from seal.usecases.make_seal import MakeOrder
    from trust.values.credit_code import CreditCode
    from trust.values.region import Area

    text = name or owner_name
    with common.opened(home) as (host, operator):
        host.floor.settings.development_only("make a seal without an approval")
        order = MakeOrder(
            key=key or "command " + sm3.digest(f"{owner} {owner_name} {text} {division} {shape} {size}".encode()).hex(),
            division=Area.parse(division),
            owner=CreditCode.parse(owner),
            owner_name=owner_name,
            name=text,
            picture=drawn(shape, text, size, purpose),
            life=SealSettings.of(host.floor.settings).life,
        )
        seal = make_seal(host.floor)(order, operator)
    if as_json:
        answer(
            {
                "seal": seal.id.text,
                "standing": seal.standing.value,
                "owner": seal.owner.text,
                "name": seal.name,
                "valid_to": f"{seal.valid_to:%FT%TZ}",
            }
        )
    elif lang == "zh":
        click.echo(f"印章 {seal.id}（{seal.name}）有效期至 {seal.valid_to:%F}")
    else:
        click.echo(f"seal {seal.id} ({seal.name}), valid to {seal.valid_to:%F}")
