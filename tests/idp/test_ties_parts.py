"""Mandates, links, merges and recovery of a home, wired."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from idp.errors_factors import PasswordUnfit
from idp.factors import password, possession
from idp.factors.password import PasswordFactor
from idp.factors.password_policy import PasswordPolicy
from idp.model.challenge import new_nonce
from idp.model.imported import COLUMNS
from idp.settings_ties import PROVIDERS, TiesSection
from idp.storage.accounts import Accounts
from idp.storage.credentials import Credentials
from idp.ties_parts import KIND, Neighbours, TiesParts, TiesWorker
from idp.usecases.import_users import ImportUsers
from idp.web import ties_routes
from idp.web.links import NAMES
from tests.support import authority
from tests.support.clock import SettableClock
from tests.support.ties import HASHES, ISSUER, SECRET, VAULT, TiesHouse
from tests.support.ties_pages import TiesPagesHouse
from trust.plugin import Floor
from trust.settings import Mode, SettingsMalformed
from trust.storage.database import Database
from trust.values.principal import Principal

PASSWORDS = PasswordFactor.of(HASHES, PasswordPolicy(), new_nonce)
OLD = "Ｏｌｄ-1"  # full-width, and too short for a new one


@pytest.fixture
def floor(sqlite_database: Database, clock: SettableClock, tmp_path: Path) -> Floor:
    return authority.floor(sqlite_database, clock, tmp_path)


def parts(floor: Floor, house: TiesHouse) -> TiesParts:
    others = Neighbours(
        enrolled=possession.enrolled,
        body_evidence=house.body_evidence,
        employer=lambda _db, _account: None,
        passwords=PASSWORDS,
        withdrawals=(possession.withdraw, password.withdraw),
        notices=house,
        sms=house,
        secret=SECRET,
    )
    return TiesParts.of(floor, VAULT, others)


def test_a_home_in_development_plays_the_outside_and_one_in_production_does_not(
    floor: Floor, clock: SettableClock
) -> None:
    house = TiesHouse(floor.database, floor.new_work, clock)
    door = TiesPagesHouse(house)

    def paths(home: Floor) -> set[str]:
        made = parts(home, house)
        found = ties_routes.routes(door, made, ISSUER, home.database, VAULT, clock)
        return {getattr(one, "path", "") for one in found}

    public = replace(floor.settings.http, public_url=ISSUER)
    strict = replace(floor, settings=replace(floor.settings, mode=Mode.PRODUCTION, http=public))
    assert paths(floor) - paths(strict) == {
        "/idp/simulated/national",
        "/idp/simulated/national/answer",
        "/idp/simulated/{provider}",
        "/idp/simulated/{provider}/answer",
        "/idp/sign-in/national",
        "/idp/outside/national/back",
    }
    assert not parts(strict, house).go_outside.outside.providers
    assert SECRET.hex() not in repr(parts(floor, house))


def test_the_job_carries_out_what_is_due_and_finishes(floor: Floor, clock: SettableClock) -> None:
    house = TiesHouse(floor.database, floor.new_work, clock)
    head, clerk = house.represented(), house.account()
    mandate = house.granted(head, clerk, until=clock.now() + timedelta(days=1))
    clock.advance(timedelta(days=1))
    with floor.new_work() as work:
        work.jobs.put(KIND, "now", {})
    with floor.new_work() as work:
        group = work.jobs.claim(KIND, timedelta(minutes=1))
    assert group is not None
    TiesWorker(floor, VAULT, (), house)(group)
    assert house.held(mandate.id).why == "run-out"


@pytest.mark.parametrize(
    "wrong", [{"phone_change_hours": 23}, {"phone_change_hours": 73}, {"simulated_providers": ("x",)}]
)
def test_a_section_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsMalformed):
        TiesSection(**wrong).checked()  # type: ignore[arg-type]


def test_every_provider_has_a_name() -> None:
    assert set(NAMES) == set(PROVIDERS)


def test_an_old_password_signs_in_and_is_recovered_with_the_real_factor(
    floor: Floor, clock: SettableClock, tmp_path: Path
) -> None:
    made = parts(floor, TiesHouse(floor.database, floor.new_work, clock))
    file, digest = tmp_path / "users.csv", hashlib.sha256(b"s" + OLD.encode()).hexdigest()
    file.write_text(",".join(COLUMNS) + f"\n1,zhou,sha256$s${digest},,,,,\n", "utf-8")
    by = Principal.operator("alice", clock.now())
    ImportUsers(floor.new_work, clock, VAULT)(file, "old-portal", lambda *_: None, by)
    account = made.claim_imported("zhou", OLD).account
    assert account is not None

    def stored() -> str:
        with floor.database.reading() as db:
            found = Credentials(db).find(account)
        assert found is not None
        return found.digest

    assert PASSWORDS.matches(stored(), OLD)
    with floor.database.reading() as db:
        known = Accounts(db, VAULT).get(account)
    house = TiesHouse(floor.database, floor.new_work, clock)
    with pytest.raises(PasswordUnfit):
        made.recover_password(house.session(known, "window").sid, (), OLD)
    made.recover_password(house.session(known, "window").sid, (), "gentle-Harbour-42-lamp")
    assert PASSWORDS.matches(stored(), "gentle-Harbour-42-lamp")
    assert not PASSWORDS.matches(stored(), OLD)
