"""`/api/idp/device-keys` and `/api/idp/qr`: what apps call, each request signed by the app's key."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from idp.factors.device_key import SignedAct
from idp.model.qr_login import QrLogin
from idp.usecases.confirm_qr import ConfirmQr
from idp.usecases.enrol_device_key import EnrolDeviceKey
from idp.usecases.scan_qr import ScanQr

MAX_TEXT: Final = 200
Short = Annotated[str, Field(max_length=MAX_TEXT)]


class _Act(BaseModel):
    """What every request of an app carries."""

    model_config = ConfigDict(extra="forbid")

    code: Short = Field(description="the id in the code that was scanned")
    at: AwareDatetime = Field(description="when the app signed, to the second")
    signature: Short = Field(description="base64url, DER or 64 octets")

    def act(self, key: str = "") -> SignedAct:
        return SignedAct(key, self.at, self.signature)


class KeyIn(_Act):
    """A key to enrol; signed are the lines `idp-device-enrol`, code, origin, an empty one, instant."""

    jwk: dict[str, Any] = Field(description="P-256 with ES256, or SM2 with SM2-SM3", max_length=10)
    name: Short = ""


class KeyOut(BaseModel):
    """The key as it is enrolled."""

    id: str
    name: str
    created_at: datetime


class ScanIn(_Act):
    """A scan; signed are the lines `idp-qr-scan`, code, origin, an empty one, instant."""

    key: Short


class ScanOut(BaseModel):
    """Who waits at the other screen."""

    client: str
    client_name: str
    device: str
    network: str
    at: datetime
    until: datetime

    @classmethod
    def of(cls, login: QrLogin, client_name: str) -> "ScanOut":
        return cls(
            client=login.client,
            client_name=client_name,
            device=login.device,
            network=login.network,
            at=login.at,
            until=login.until,
        )


class ConfirmIn(ScanIn):
    """A confirmation; signed are the lines `idp-qr-confirm NN`, code, origin, client, instant."""

    number: int = Field(ge=0, le=99, description="the two digits that the other screen shows")


class RefuseIn(ScanIn):
    """A refusal; signed are the lines `idp-qr-refuse`, code, origin, client, instant."""


def router(enrol: EnrolDeviceKey, scan: ScanQr, confirm: ConfirmQr, names: Callable[[str], str]) -> APIRouter:
    """Return the interfaces of apps; `names` says what people call a client."""
    api = APIRouter(prefix="/api/idp", tags=["idp devices"])

    @api.post("/device-keys", status_code=201)
    def enrol_key(said: KeyIn) -> KeyOut:
        """Enrol the key of an app with a code that a signed-in browser shows."""
        made = enrol(said.code, said.jwk, said.name, said.act())
        return KeyOut(id=made.id, name=made.name, created_at=made.created_at)

    @api.post("/qr/scan")
    def scan_code(said: ScanIn) -> ScanOut:
        """Learn who waits at the screen that shows a code."""
        found = scan.by_device(said.code, said.act(said.key))
        return ScanOut.of(found, names(found.client))

    @api.post("/qr/confirm", status_code=204)
    def confirm_code(said: ConfirmIn) -> None:
        """Let the other screen in; a wrong number ends the code."""
        confirm.by_device(said.code, said.number, said.act(said.key))

    @api.post("/qr/refuse", status_code=204)
    def refuse_code(said: RefuseIn) -> None:
        """Turn the other screen away."""
        confirm.refuse_by_device(said.code, said.act(said.key))

    return api
