"""Seal an OFD document, time-stamped and with all that is needed to verify it offline."""

from pathlib import Path

import click

from trust.commands.options import Language, answer, home_option, json_option, lang_option


@click.command(
    epilog="Example: trustctl seal stamp notice.ofd --seal 33000000000001 --page 1 --place 140,220 --out sealed.ofd"
)
@click.argument("document", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seal", "code", required=True, help="The seal code, 14 digits.")
@click.option("--page", type=click.IntRange(min=1), help="The page, from 1.")
@click.option("--place", metavar="X,Y", help="Upper left corner of the picture on the page, in millimetres.")
@click.option(
    "--riding", type=click.Choice(["left", "right", "top", "bottom"]), help="Cut the seal over this edge of all pages."
)
@click.option("--offset", type=float, default=40, show_default=True, help="Of a riding seal along its edge, in mm.")
@click.option("--whole", is_flag=True, help="Protect the signature list too: no further seal may follow.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The sealed document.")
@click.option("--key", help="Idempotency key; by default the order itself, so that repeating it gives the same file.")
@home_option
@json_option
@lang_option
def command(
    document: Path,
    code: str,
    page: int | None,
    place: str | None,
    riding: str | None,
    offset: float,
    whole: bool,
    out: Path,
    key: str | None,
    home: Path,
    as_json: bool,
    lang: Language,
) -> None:
    """Seal DOCUMENT and write the result to --out."""
    from certs.sm import sm3
    from seal.api import Protection, SealId, Stamper, StampOrder
    from seal.commands import common

    data = common.read_document(document)
    places = common.placements(page, place, riding, offset)
    protection = Protection.WHOLE if whole else Protection.OPEN
    if key is None:
        said = f"{code} {places} {protection.value}".encode()
        key = "command " + sm3.digest(sm3.digest(data) + said).hex()
    with common.opened(home) as (host, operator):
        host.floor.settings.development_only("seal a document without an approval")
        stamper = host.floor.front("seal", Stamper)  # type: ignore[type-abstract]
        order = StampOrder(key, data, SealId.parse(code), places, protection)
        (stamped,) = stamper.stamp([order], operator)
    out.write_bytes(stamped.document)
    if as_json:
        answer({"out": str(out), "digest": stamped.address, "signature": stamped.signature_id, "seal": code})
    elif lang == "zh":
        click.echo(f"已用印 {out}（签章 {stamped.signature_id}，SM3 {stamped.address}）")
    else:
        click.echo(f"sealed {out} (signature {stamped.signature_id}, SM3 {stamped.address})")
