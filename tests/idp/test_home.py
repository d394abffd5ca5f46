"""The home of these tests has users who can sign in, and clients who can say who they are."""

import base64
from pathlib import Path

import pytest

from idp.errors import ProofRefused
from idp.factors.hashing import PasswordHashes
from idp.factors.password import PasswordFactor
from idp.factors.password_policy import PasswordPolicy
from idp.oidc.client_auth import ClientAuthenticator
from idp.storage.clients import KnownClients
from idp.storage.persons import Vault
from idp.usecases.sign_in_with_password import SignInWithPassword
from tests.support.clock import SettableClock
from tests.support.idp_home import PASSWORD, USERS, Platform, house

PLATFORM = Platform("platform", ("https://platform.example/back",))


def test_users_and_clients_are_known(tmp_path: Path, clock: SettableClock) -> None:
    with house(tmp_path, [PLATFORM], clock) as opened:
        floor = opened.host.floor
        factor = PasswordFactor.of(PasswordHashes(), PasswordPolicy(), lambda: "unknown")
        sign_in = SignInWithPassword(floor.database, floor.new_work, clock, Vault.of(floor.keys), factor)
        accounts = {sign_in(name, PASSWORD, "127.0.0.0/24").account for name in USERS}
        assert len(accounts) == len(USERS)
        with pytest.raises(ProofRefused):
            sign_in("user0", "wrong", "127.0.0.0/24")
        known = ClientAuthenticator(KnownClients(floor.database).find)
        pair = base64.b64encode(f"{PLATFORM.id}:{PLATFORM.secret}".encode()).decode()
        assert known({}, {"authorization": f"Basic {pair}"}, clock.now()).id == PLATFORM.id
