"""Issue a licence: numbered, laid out, sealed, time-stamped and checked, as an OFD file that anybody verifies offline."""

from pathlib import Path

import click

from trust.commands.inputs import existing, read_bounded
from trust.commands.options import Language, answer, home_option, json_option, lang_option


@click.command(
    epilog="Example: trustctl licence issue --type 11100000MB0143028R001 --data licence.json --out licence.ofd, where "
    'licence.json is {"seal": "33000000000001", "area": "330100", "issued_on": "2026-03-01", "items": {"companyName": '
    '"…", …}} with a value for each item of the type; days are written 2026-03-01.'
)
@click.option("--type", "type_code", required=True, help="Code of the licence type, 21 characters.")
@click.option(
    "--data", required=True, type=existing(), help="JSON file: seal, area, items, and days where they differ."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The licence; in a folder it is named by its identifier.",
)
@click.option("--seal", "seal_code", help="The seal code, 14 digits, instead of the one in the file.")
@click.option(
    "--business-number",
    default="",
    help="Your number of the matter: the same one gives the same licence. By default the order itself.",
)
@home_option
@json_option
@lang_option
def command(
    type_code: str,
    data: Path,
    out: Path,
    seal_code: str | None,
    business_number: str,
    home: Path,
    as_json: bool,
    lang: Language,
) -> None:
    """Issue a licence of a registered type and write it to --out."""
    from dataclasses import replace

    from licence import parts
    from licence.commands.opening import opened
    from licence.formats.identifier import LicenceTypeCode
    from licence.model import order as orders
    from seal.api import SealId

    content = read_bounded(data)
    if content is None:
        raise click.FileError(str(data), "larger than any order")
    seal = None if seal_code is None else SealId.parse(seal_code)
    order = orders.parse(content, LicenceTypeCode.parse(type_code), seal, business_number)
    with opened(home) as (floor, operator):
        floor.settings.development_only("issue a licence without an approval")
        issue = parts.issue_licences(floor)
        if not order.business_number:
            order = replace(order, business_number=f"command {issue.secrets.order_digests(order.spelling())[0]}")
        (issued,) = issue([order], operator)
    path = out / f"{issued.identifier}.ofd" if out.is_dir() else out
    path.write_bytes(issued.document)
    if as_json:
        said = {"out": str(path), "identifier": issued.identifier.text, "digest": issued.address}
        answer(said | {"business_number": issued.business_number})
    elif lang == "zh":
        click.echo(f"已签发 {path}（证照标识 {issued.identifier}）")
    else:
        click.echo(f"issued {path} (identifier {issued.identifier})")
