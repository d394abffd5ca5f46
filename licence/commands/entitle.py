"""Propose for the registry that a body may issue a type of licence; `registry publish` then tells the world."""

from datetime import datetime
from pathlib import Path

import click

from trust.commands.inputs import Instant
from trust.commands.options import Language, answer, home_option, json_option, lang_option


@click.command(
    epilog="Example: trustctl licence entitle --type 11100000MB0143028R001 --body 11330000MB09900162 --body-name "
    "示例省市场监督管理局 --area 330000 --basis 示例〔2026〕1号 && trustctl registry publish"
)
@click.option("--type", "type_code", required=True, help="Code of the licence type, 21 characters.")
@click.option("--body", required=True, help="Credit code of the issuing body, which owns the seal.")
@click.option("--body-name", required=True, help="Name of the body.")
@click.option("--area", required=True, help="Six digits: the division, with all below it.")
@click.option("--basis", required=True, help="The document that gives the entitlement.")
@click.option("--from", "start", type=Instant(), help="The first instant; by default now.")
@home_option
@json_option
@lang_option
def command(
    type_code: str,
    body: str,
    body_name: str,
    area: str,
    basis: str,
    start: datetime | None,
    home: Path,
    as_json: bool,
    lang: Language,
) -> None:
    """Propose an entitlement; one that is there already changes nothing."""
    from licence import parts
    from licence.commands.opening import opened
    from licence.formats.identifier import LicenceTypeCode
    from licence.usecases.entitle_issuer import EntitleOrder
    from trust.values.credit_code import CreditCode
    from trust.values.region import Area

    order = EntitleOrder(
        CreditCode.parse(body), body_name, LicenceTypeCode.parse(type_code), Area.parse(area), basis, start
    )
    with opened(home) as (floor, operator):
        entry, is_new = parts.entitle_issuer(floor)(order, operator)
    if as_json:
        answer({"entry": entry.id, "new": is_new, "entitlements": len(entry.entitlements)})
    elif lang == "zh":
        click.echo(f"{entry.id} {'已提出，等待发布' if is_new else '早有此项权限，未作改动'}")
    else:
        click.echo(f"{entry.id} {'waits to be published' if is_new else 'has it already'}")
