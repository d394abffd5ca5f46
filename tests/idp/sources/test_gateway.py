"""Messages reach a gateway, a file, or nobody; what is lost is told without saying whose it was."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.settings_messages import MessagesSection
from idp.sources.gateway import ChannelMissing, Gateway, NoChannel
from idp.sources.outbox import Outbox
from tests.support.http_server import Asked, Given, serving
from trust.net.client import Outbound
from trust.net.guard import Guard
from trust.settings import SettingsMalformed

TO = "+8613800000000"


@pytest.fixture
def outbound() -> Iterator[Outbound]:
    made = Outbound(Guard.rule("https://id.example.gov.cn", ["127.0.0.0/8"]))
    yield made
    made.close()


def test_a_gateway_is_asked_once_more_and_proves_who_asks(outbound: Outbound) -> None:
    asked: list[Asked] = []

    def answer(one: Asked) -> Given:
        asked.append(one)
        return Given(503 if len(asked) == 1 else 200)

    with serving(answer) as base:
        Gateway(outbound, f"{base}/send", "token-of-ours").send(TO, "验证码 123456")
    assert [one.method for one in asked] == ["POST", "POST"]
    assert json.loads(asked[1].body) == {"to": TO, "text": "验证码 123456"}
    assert asked[1].headers["authorization"] == "Bearer token-of-ours"


@pytest.mark.parametrize("status", [400, 503])
def test_what_is_lost_is_logged_without_number_and_text(
    outbound: Outbound, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    with serving(lambda _: Given(status)) as base, caplog.at_level(logging.WARNING):
        Gateway(outbound, base, "").send(TO, "123456")
    assert "did not take a message" in caplog.text
    assert TO not in caplog.text
    assert "123456" not in caplog.text


def test_an_outbox_is_its_owners_alone(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "outbox" / "sms.txt")
    box.send(TO, "one\ntwo")
    assert box.path.read_text() == f"{TO}\tone two\n"
    assert box.path.stat().st_mode & 0o077 == 0


def test_nobody_delivers_nothing() -> None:
    with pytest.raises(ChannelMissing):
        NoChannel().send(TO, "text")


def test_addresses_of_gateways_are_protected_in_production() -> None:
    said = MessagesSection(sms_url="http://gateway.example/send")
    assert said.checked(production=False) is said
    for url in ("http://gateway.example/send", "ftp://gateway.example", "https:///send"):
        with pytest.raises(SettingsMalformed):
            MessagesSection(mail_url=url).checked(production=True)
