"""Issue one certificate for a request (PKCS#10)."""

from pathlib import Path

import click

from trust.commands.options import answer, home_option, json_option


@click.command(epilog="Example: trustctl pki issue --profile seal-maker --request maker.csr --out maker.pem")
@home_option
@click.option(
    "--profile", required=True, help="What the certificate is for: seal-maker, sealer, person, registry-key …"
)
@click.option(
    "--request",
    "request_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PEM or DER.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write certificate and chain, PEM.")
@click.option("--key", help="Idempotency key; the same key gives the same certificate. Default: the request's digest.")
@click.option("--days", type=click.IntRange(1, 3650), help="A shorter life than the profile's.")
@json_option
def command(
    home: Path, profile: str, request_file: Path, out: Path | None, key: str | None, days: int | None, as_json: bool
) -> None:
    """Issue a certificate for the subject and key of a request."""
    from datetime import timedelta

    from certs import request
    from certs.sm import sm3
    from pki.api import IssueOrder
    from pki.commands.opening import opened
    from pki.report import member

    data = request_file.read_bytes()
    wanted = request.from_pem(data) if data.lstrip().startswith(b"-----") else request.read(data)
    life = None if days is None else timedelta(days=days)
    order = IssueOrder(profile, wanted, key or f"request/{sm3.digest(wanted.der).hex()}", life)
    with opened(home) as use:
        use.floor.settings.development_only("issue certificates by command, without an approval")
        issued = use.parts.authority.issue(order, use.by)
    text = "".join(one.to_pem() for one in (issued.certificate, *issued.chain))
    if out is not None:
        out.write_text(text, "ascii")
    if as_json:
        answer({**member(profile, issued.certificate), "chain": [one.to_pem() for one in issued.chain]})
    elif out is None:
        click.echo(text, nl=False)
    else:
        click.echo(f"issued {issued.certificate.serial:032x} to {issued.certificate.subject}: {out}")
