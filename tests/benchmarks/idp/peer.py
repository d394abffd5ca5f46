"""node-oidc-provider with a store as durable as ours, started for one measurement."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from idp.settings_keys import KeysSection
from tests.benchmarks.idp.acts import Known
from tests.support import peers
from tests.support.ports import free_port


@contextmanager
def running(
    folder: Path, known: Known, accounts: list[dict[str, object]], store: dict[str, str]
) -> Iterator[tuple[str, int]]:
    """Start it on a loopback address; gives the address and the process.

    Args:
        folder: for its list of accounts.
        known: the client it registers.
        accounts: rows with id, username, hash (argon2id, or the password itself) and claims.
        store: `sqlite`, or `postgresHost` and `postgresDatabase`.
    """
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    listed = folder / "accounts.json"
    listed.write_text(json.dumps(accounts))
    client = {
        "client_id": known.client, "client_secret": known.secret, "redirect_uris": [known.redirect_uri],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_method": "client_secret_basic", "scope": "openid profile email phone offline_access api",
    }  # fmt: skip
    said = {
        "issuer": issuer, "port": port, "rsaBits": KeysSection().rsa_bits, "clients": [client], "accounts": str(listed), "store": store,
    }  # fmt: skip
    environment = {**os.environ, "PEER": json.dumps(said), "NODE_ENV": "production"}
    peers.script("provider_store.mjs")
    process = peers.start("provider.mjs", environment)
    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield issuer, process.pid
    finally:
        process.kill()
        process.communicate()
