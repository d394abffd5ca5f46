"""`trustctl idp test-data`: users and clients for conformance suites, probes and load tests."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

import click

from idp.commands.level import opened_idp
from trust.commands.options import Language, answer, home_option, json_option, lang_option

KEY_FILE = "pkjwt.jwk"
BACK = "https://platform.example/back"


@click.command(name="test-data", epilog="Example: trustctl idp test-data --password correct-horse-7-Staple --home var")
@click.option("--password", required=True, help="Everybody's.")
@click.option("--client-secret", default="", help="Of the clients that have one; else one is made and told.")
@click.option("--redirect-uri", multiple=True, default=(BACK,), show_default=True, help="Of every client.")
@click.option("--post-logout-uri", multiple=True, help="Of every client.")
@click.option("--backchannel-uri", default="", help="Of every client.")
@home_option
@json_option
@lang_option
def test_data(
    password: str,
    client_secret: str,
    redirect_uri: tuple[str, ...],
    post_logout_uri: tuple[str, ...],
    backchannel_uri: str,
    home: Path,
    *,
    as_json: bool,
    lang: Language,
) -> None:
    """Make users user0 to user99 and the clients bench, optional1 to optional3, public and pkjwt, in development alone."""
    from idp.factors.hashing import PasswordHashes
    from idp.storage.persons import Vault
    from idp.usecases.make_test_data import Addresses, MakeTestData, TestData

    secret = client_secret or secrets.token_urlsafe(24)
    with opened_idp(home) as (floor, operator):
        make = MakeTestData(floor.new_work, floor.clock, Vault.of(floor.keys), floor.settings.production)
        key_file = home / KEY_FILE
        given = TestData(
            PasswordHashes().encode(password), secret, {} if make.production else _public(key_file),
            Addresses(redirect_uri, post_logout_uri, backchannel_uri),
        )  # fmt: skip
        made = make(given, operator)
    if as_json:
        answer({"users": made, "client_secret": secret, "key": str(key_file)})
    elif lang == "zh":
        click.echo(f"新建测试用户 {made} 个；客户端密钥 {secret}；pkjwt 的私钥在 {key_file}")
    else:
        click.echo(f"{made} users made; client secret {secret}; the private key of pkjwt is in {key_file}")


def _public(path: Path) -> dict[str, Any]:
    """The public half of the key in a file, which is made where it is missing."""
    from joserfc.jwk import ECKey

    if path.exists():
        key = ECKey.import_key(json.loads(path.read_text()))
    else:
        key = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"}, auto_kid=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(key.as_dict(private=True), file)
    return dict(key.as_dict(private=False))
