"""Nobody signs in to an account that is disabled, closed or merged, whatever device is shown."""

import pytest
from sqlalchemy import update

from certs.keys import PrivateKey
from certs.sm.sm2 import Sm2PrivateKey
from idp.errors import ProofRefused
from idp.factors.device_key import ENROL, SCAN
from idp.model.account import Account, AccountState
from idp.storage import tables
from tests.support.authenticator import Authenticator
from tests.support.certificate_people import PEOPLE, bind, house_of, sign_in
from tests.support.clock import SettableClock
from tests.support.devices import BROWSER, DeviceHouse
from trust.recognition import jwk
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank

APP = PrivateKey(Sm2PrivateKey.from_scalar(bytes(31) + b"\x05"))


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> DeviceHouse:
    return house_of(database, new_work, clock)


def close(house: DeviceHouse, account: Account, state: AccountState) -> None:
    with house.database.writing() as db:
        db.execute(update(tables.accounts).where(tables.accounts.c.id == account.id).values(state=state.value))


@pytest.mark.parametrize("state", [AccountState.DISABLED, AccountState.CLOSED, AccountState.MERGED])
def test_no_device_opens_it(house: DeviceHouse, state: AccountState) -> None:
    account = house.account()
    authenticator, key = house.passkey(account, Authenticator()), house.app(account, APP)
    bind(house, account, PEOPLE["person"])
    offer = house.offer_qr(BROWSER, "portal", "", "")
    house.scan_qr(offer.id, account.id)
    house.confirm_qr(offer.id, account.id, offer.number, Rank(3))
    invited = house.enrol_device_key.ask(account.id, Rank(3)).nonce
    close(house, account, state)
    with pytest.raises(ProofRefused):
        house.sign_in_with_passkey(authenticator.get(house.sign_in_with_passkey.options(None, BROWSER)), BROWSER)
    with pytest.raises(ProofRefused):
        sign_in(house, PEOPLE["person"])
    with pytest.raises(ProofRefused):
        house.redeem_qr(offer.id, BROWSER)
    other = house.offer_qr(BROWSER, "portal", "", "").id
    with pytest.raises(ProofRefused):
        house.scan_qr.by_device(other, house.act(APP, key.id, SCAN, other))
    with pytest.raises(ProofRefused):
        house.enrol_device_key(invited, jwk.to_json(APP.public_key), "", house.act(APP, "", ENROL, invited))
