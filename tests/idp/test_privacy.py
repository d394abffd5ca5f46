"""After a run with a person whose values are known, they stand nowhere but where they were asked for."""

import base64
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clock import SettableClock
from tests.support.idp_home import House, Platform, house, person
from tests.support.relying_party import USER, RelyingParty

PLATFORM = Platform("canary", ("https://canary.example/back",), ("https://canary.example/out",))
CANARY = person("user0")
VALUES = (CANARY.name, CANARY.phone, CANARY.phone.removeprefix("+86"), CANARY.email, USER.password)


def spellings(value: str) -> Iterator[bytes]:
    """A value as it may stand in files: UTF-8, UTF-16, hexadecimal, Base64 at each offset, JSON escapes."""
    for raw in (value.encode(), value.encode("utf-16-le"), value.encode("utf-16-be")):
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for shift in range(3):
            # What stands around the value changes the first and last characters only.
            yield base64.b64encode(b"\0" * shift + raw)[4:-4] or raw
    yield value.encode("unicode-escape")


def leaks(data: bytes) -> list[str]:
    return [value for value in VALUES if any(one in data for one in spellings(value))]


@pytest.fixture
def used(tmp_path: Path, clock: SettableClock, caplog: pytest.LogCaptureFixture) -> Iterator[House]:
    with caplog.at_level(logging.DEBUG), house(tmp_path, [PLATFORM], clock) as opened:
        with opened.browser() as walker:
            party = RelyingParty(opened.issuer, PLATFORM, walker)
            party.show(login_hint="nobody")
            tokens = party.sign_in(scope="openid profile email phone address offline_access")
            assert party.userinfo(tokens["access_token"]).json()["email"] == CANARY.email
            assert party.refresh(tokens["refresh_token"]).status_code == 200
            party.post(party.metadata["introspection_endpoint"], token=tokens["access_token"])
            account = walker.get(f"{opened.issuer}/idp/account").text
            assert not leaks(account.encode())
            assert not [value for value in VALUES for address in walker.seen if value in address]
            walker.walk(f"{opened.issuer}/oauth/logout", USER)
        yield opened


def test_no_value_is_in_clear_in_the_database_or_any_file_of_the_home(used: House) -> None:
    searched = 0
    for path in used.home.rglob("*"):
        if path.is_file():
            searched += 1
            assert not leaks(path.read_bytes()), path.name
    assert searched


def test_no_value_is_logged(used: House, caplog: pytest.LogCaptureFixture) -> None:
    assert used.home.is_dir()
    assert not leaks(caplog.text.encode())


def test_the_search_finds_what_is_there() -> None:
    for value in VALUES:
        for text in (
            value.encode(),
            base64.b64encode(b"ab" + value.encode() + b"cd"),
            value.encode("utf-16-le").hex().encode(),
        ):
            assert leaks(b"..." + text + b"...")
