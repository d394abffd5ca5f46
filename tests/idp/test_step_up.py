"""A platform asks for more than a session is worth: one page, the missing proof, back; and what was shown decays."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from idp.factors.possession import Shown
from idp.model.assurance import Evidence, Proof
from idp.parts import Parts
from idp.storage.accounts import Accounts
from idp.storage.evidence import EvidenceRecords
from idp.storage.levels import Levels
from idp.storage.sessions import Sessions
from idp.usecases.enter_session import EnterSession
from tests.support.clock import SettableClock
from tests.support.idp_home import House, Platform, house
from tests.support.relying_party import USER, RelyingParty

PLATFORM = Platform("climber", ("https://climber.example/back",), first_party=True)
LEVEL = "urn:cn-gov:loa:l"
ESSENTIAL = '{"id_token":{"acr":{"essential":true,"values":["urn:cn-gov:loa:l4"]}}}'


class Climb:
    """A platform, a browser, and the provider behind it."""

    def __init__(self, opened: House, party: RelyingParty, clock: SettableClock) -> None:
        self.party, self.clock = party, clock
        self.parts = Parts.of(opened.host.floor)
        with self.parts.floor.database.writing() as db:
            account = Accounts(db, self.parts.vault).find_by_identifier("username", "user0")
            assert account is not None
            self.account = account.id
            for kind in ("carrier", "face"):
                EvidenceRecords(db).add(self.account, Evidence(kind, clock.now(), None, "test", carries_number=True))

    @property
    def cookie(self) -> bytes:
        return hashlib.sha256(self.party.walker.client.cookies["idp-session"].encode()).digest()

    def enrol_totp(self) -> pyotp.TOTP:
        """Let the user have an authenticator app."""
        with self.parts.floor.database.reading() as db:
            ladder, session = Levels(db).ladder(), Sessions(db).find(self.cookie)
            evidence = EvidenceRecords(db).of(self.account, self.clock.now())
        assert session is not None
        proofs = (Proof("password", self.clock.now()), Proof("sms", self.clock.now()))
        standing = ladder.session("natural", evidence, proofs, self.clock.now())
        offer = self.parts.factors.enrol_totp(self.account, "label", standing)
        app = pyotp.TOTP(offer.secret)
        self.parts.factors.confirm_totp(self.account, app.at(self.clock.now()), standing)
        self.clock.advance(timedelta(seconds=60))
        return app

    def show(self, method: str) -> None:
        """Show a factor of a device in this browser, as the pages of devices do."""
        enter = EnterSession(self.parts.floor.new_work, self.clock, self.parts.vault, self.parts.back_channel)
        token = enter(Shown(self.account, Proof(method, self.clock.now()), method), self.cookie, "", "")
        self.party.walker.client.cookies.delete("idp-session")
        self.party.walker.client.cookies.set("idp-session", token)


@pytest.fixture
def climb(tmp_path: Path, clock: SettableClock) -> Iterator[Climb]:
    with house(tmp_path, [PLATFORM], clock) as opened, opened.browser() as walker:
        yield Climb(opened, RelyingParty(opened.issuer, PLATFORM, walker), clock)


def test_one_page_the_missing_proof_and_back_with_the_same_subject(climb: Climb) -> None:
    party = climb.party
    before = party.sign_in()["claims"]
    app = climb.enrol_totp()
    page = party.show(acr_values=f"{LEVEL}3")
    assert "otp" in page.forms[0].kinds
    assert page.ids["level"] == "l3"
    visitor = replace(USER, otp=lambda: app.at(climb.clock.now()))
    said = party.back(party.walker.walk(page, visitor, stop=party.redirect_uri))
    after = party.claims(party.redeem(said["code"]).json()["id_token"])
    assert (after["acr"], after["sub"], after["sid"]) == (f"{LEVEL}3", before["sub"], before["sid"])
    assert {"pwd", "otp"} <= set(after["amr"])
    again = party.back(party.show(acr_values=f"{LEVEL}3", prompt="none"))  # never asked twice for what is fresh
    assert party.claims(party.redeem(again["code"]).json()["id_token"])["acr"] == f"{LEVEL}3"


def test_level_four_decays_to_three_in_ten_minutes(climb: Climb) -> None:
    party = climb.party
    party.sign_in()
    app = climb.enrol_totp()
    party.walker.walk(party.show(acr_values=f"{LEVEL}3"), replace(USER, otp=lambda: app.at(climb.clock.now())),
                      stop=party.redirect_uri)  # fmt: skip
    climb.show("passkey-device")
    four = party.back(party.show(claims=ESSENTIAL, prompt="none"))
    assert party.claims(party.redeem(four["code"]).json()["id_token"])["acr"] == f"{LEVEL}4"
    climb.clock.advance(timedelta(minutes=11))
    three = party.back(party.show(prompt="none"))
    assert party.claims(party.redeem(three["code"]).json()["id_token"])["acr"] == f"{LEVEL}3"


def test_a_wish_that_cannot_be_met_lets_the_user_go_on_without(climb: Climb) -> None:
    party = climb.party
    party.sign_in()
    page = party.show(acr_values=f"{LEVEL}5")
    button = next(n for n, form in enumerate(page.forms) if any(one[0] == "without" for one in form.buttons))
    page = party.walker.follow(party.walker.submit(page, form=button), stop=party.redirect_uri)
    assert party.claims(party.redeem(party.back(page)["code"]).json()["id_token"])["acr"] == f"{LEVEL}1"


def test_a_demand_that_nothing_can_meet_comes_back_as_an_error(climb: Climb) -> None:
    party = climb.party
    party.sign_in()
    assert party.back(party.show(claims=ESSENTIAL, prompt="none"))["error"] == "login_required"
    assert party.back(party.show(claims=ESSENTIAL))["error"] == "unmet_authentication_requirements"  # nothing to show


def test_a_user_with_an_app_is_asked_for_its_code_at_every_sign_in(climb: Climb) -> None:
    party = climb.party
    party.sign_in()
    app = climb.enrol_totp()
    party.walker.client.cookies.clear()
    page = party.ask()
    assert page.location is None
    assert "otp" in page.forms[0].kinds
    wrong = party.walker.submit(page, {"otp": "000000"})
    assert wrong.status == 401
    assert wrong.ids["error"]
    code = party.code(replace(USER, otp=lambda: app.at(climb.clock.now())))
    assert party.redeem(code).status_code == 200
