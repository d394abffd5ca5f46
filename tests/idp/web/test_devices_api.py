"""What apps call: each request stands on a signature, each refusal is a problem."""

from datetime import datetime
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from certs.keys import PrivateKey
from certs.sm.sm2 import Sm2PrivateKey
from idp.factors.device_key import CONFIRM, ENROL, REFUSE, SCAN
from idp.web import devices_api
from tests.support.clock import SettableClock
from tests.support.devices import BROWSER, DeviceHouse
from trust.recognition import jwk
from trust.storage.database import Database
from trust.storage.unit_of_work import units_of_work
from trust.values.assurance import Rank
from trust.web import problems

APP = PrivateKey(Sm2PrivateKey.from_scalar(bytes(31) + b"\x05"))


@pytest.fixture
def house(sqlite_database: Database, clock: SettableClock) -> DeviceHouse:
    return DeviceHouse(sqlite_database, units_of_work(sqlite_database, clock, bytes(32)), clock)


@pytest.fixture
def client(house: DeviceHouse) -> TestClient:
    app = FastAPI()
    problems.install(app)
    router = devices_api.router(house.enrol_device_key, house.scan_qr, house.confirm_qr, lambda name: f"名称 {name}")
    app.include_router(router)
    return TestClient(app)


def said(house: DeviceHouse, action: str, code: str, key: str = "", client: str = "", **more: Any) -> dict[str, Any]:
    act = house.act(APP, key, action, code, client)
    body = {"code": code, "at": act.at.isoformat(), "signature": act.signature, **more}
    return {**body, "key": key} if key else body


def enrolled(house: DeviceHouse, client: TestClient) -> str:
    code = house.enrol_device_key.ask(house.account().id, Rank(3)).nonce
    body = said(house, ENROL, code, jwk=jwk.to_json(APP.public_key), name="手机")
    answer = client.post("/api/idp/device-keys", json=body)
    assert answer.status_code == 201
    assert answer.json()["name"] == "手机"
    return str(answer.json()["id"])


def test_an_app_enrols_scans_and_confirms(house: DeviceHouse, client: TestClient) -> None:
    key, offer = enrolled(house, client), house.offer_qr(BROWSER, "portal", "Firefox", "192.0.2.0/24")
    seen = client.post("/api/idp/qr/scan", json=said(house, SCAN, offer.id, key))
    assert seen.status_code == 200
    told = seen.json()
    assert (told["client"], told["client_name"], told["device"]) == ("portal", "名称 portal", "Firefox")
    assert datetime.fromisoformat(told["until"]) == offer.until
    body = said(house, f"{CONFIRM} {offer.number}", offer.id, key, "portal", number=offer.number)
    assert client.post("/api/idp/qr/confirm", json=body).status_code == 204
    assert house.redeem_qr(offer.id, BROWSER).proof.method == "qr"


def test_an_app_refuses(house: DeviceHouse, client: TestClient) -> None:
    key, offer = enrolled(house, client), house.offer_qr(BROWSER, "portal", "", "")
    client.post("/api/idp/qr/scan", json=said(house, SCAN, offer.id, key))
    body = said(house, REFUSE, offer.id, key, "portal")
    assert client.post("/api/idp/qr/refuse", json=body).status_code == 204
    again = client.post("/api/idp/qr/refuse", json=body)
    assert (again.status_code, again.json()["code"]) == (404, "qr-gone")


def test_a_wrong_number_is_a_problem(house: DeviceHouse, client: TestClient) -> None:
    key, offer = enrolled(house, client), house.offer_qr(BROWSER, "portal", "", "")
    client.post("/api/idp/qr/scan", json=said(house, SCAN, offer.id, key))
    body = said(house, f"{CONFIRM} 09", offer.id, key, "portal", number=9)
    answer = client.post("/api/idp/qr/confirm", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "qr-mismatch")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/idp/qr/scan", {}, 422),
        ("/api/idp/qr/scan", {"code": "x" * 201}, 422),
        ("/api/idp/qr/scan", {"code": "x", "at": "2026-03-01T08:00:00", "key": "", "signature": ""}, 422),
        ("/api/idp/qr/scan", {"code": "x", "at": "2026-03-01T08:00:00Z", "key": "\x00", "signature": ""}, 401),
        ("/api/idp/qr/confirm", {"code": "x", "at": "2026-03-01T08:00:00Z", "key": "", "signature": "", "number": 5}, 404),
        ("/api/idp/device-keys", {"code": "x", "at": "2026-03-01T08:00:00Z", "signature": "", "jwk": {}}, 401),
        ("/api/idp/device-keys", {"code": "x", "at": "0001-01-01T00:00:00Z", "signature": "", "jwk": {}}, 401),
    ],
    ids=str,
)  # fmt: skip
def test_rubbish_is_a_problem(client: TestClient, path: str, body: dict[str, Any], status: int) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
