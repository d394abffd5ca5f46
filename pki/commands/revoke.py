"""Revoke, suspend or resume a certificate, and publish the list that says so."""

from datetime import datetime
from pathlib import Path

import click

from trust.commands.options import answer, home_option, json_option

REASONS = (
    "unspecified",
    "key-compromise",
    "ca-compromise",
    "affiliation-changed",
    "superseded",
    "cessation-of-operation",
    "certificate-hold",
    "remove-from-crl",
    "privilege-withdrawn",
)


@click.command(epilog="Example: trustctl pki revoke sealer.pem --reason key-compromise --since 2026-02-27T00:00:00Z")
@click.argument("certificate_file", metavar="CERTIFICATE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@home_option
@click.option(
    "--reason",
    required=True,
    type=click.Choice(REASONS),
    help="certificate-hold suspends, remove-from-crl ends a suspension.",
)
@click.option("--since", help="Since when the key may have been bad, as an instant with a zone.")
@json_option
def command(certificate_file: Path, home: Path, reason: str, since: str | None, as_json: bool) -> None:
    """Revoke CERTIFICATE (PEM or DER; of several, the first)."""
    from certs import certificate
    from certs.crl import Reason
    from pki.api import RevokeOrder
    from pki.commands.opening import opened
    from pki.model.shards import shard_of

    data = certificate_file.read_bytes()
    if data.lstrip().startswith(b"-----"):
        found = next(iter(certificate.all_from_pem(data)), None)
        if found is None:
            raise click.BadParameter(f"{certificate_file} holds no certificate")
    else:
        found = certificate.read(data)
    order = RevokeOrder(found, Reason[reason.replace("-", "_").upper()], _instant(since))
    with opened(home) as use:
        use.parts.authority.revoke(order, use.by)
        for one in use.parts.authority.directory.authorities().values():
            if one.certificate.subject == found.issuer:
                use.parts.publish.refresh(one.name, shard_of(found.serial, one.shards), str(use.by))
    if as_json:
        answer({"serial": f"{found.serial:032x}", "reason": reason})
    else:
        click.echo(f"{found.serial:032x}: {reason}")


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not an instant such as 2026-02-27T00:00:00Z") from None
    if found.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no zone; end it with Z for UTC")
    return found
