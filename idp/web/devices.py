"""The page on which people see their passkeys, certificates and apps, take them away, and set up an app."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from idp.errors import DeviceMissing, LevelTooLow
from idp.errors_ties import LastWayIn
from idp.model.device import BoundCertificate, DeviceKey, Passkey
from idp.storage.certificates import BoundCertificates
from idp.storage.device_keys import DeviceKeys
from idp.storage.passkeys import Passkeys
from idp.usecases.enrol_device_key import LEAST, EnrolDeviceKey
from idp.usecases.remove_device import DeviceKind, RemoveDevice
from idp.web import qr_picture
from idp.web.device_door import FRESH, DeviceDoor, Visitor, form
from trust.storage.database import Database
from trust.values.assurance import Rank

LIST: Final = "/idp/account/devices"
REMOVE: Final = "/idp/account/devices/remove"
APP: Final = "/idp/account/apps/new"
_LEAST_TO_LOOK: Final = Rank(1)
_LEAST_TO_REMOVE: Final = Rank(2)


@dataclass(frozen=True, slots=True)
class Held:
    """What an account has."""

    passkeys: tuple[Passkey, ...]
    certificates: tuple[BoundCertificate, ...]
    keys: tuple[DeviceKey, ...]


@dataclass(frozen=True, slots=True)
class DevicePages:
    """The pages; `issuer` tells an app where it is enrolled."""

    door: DeviceDoor
    issuer: str
    database: Database
    remove: RemoveDevice
    enrol: EnrolDeviceKey

    def routes(self) -> list[BaseRoute]:
        return [
            Route(LIST, self.list, methods=["GET"]),
            Route(REMOVE, form(self.take_away), methods=["POST"]),
            Route(APP, self.offer, methods=["GET"]),
            Route(APP, form(self.invite), methods=["POST"]),
        ]

    def list(self, request: Request) -> Response:
        """Show what somebody may sign in with."""
        visitor = self.door.visitor(request)
        return self.door.prove(request, _LEAST_TO_LOOK) if visitor is None else self._list(request, visitor)

    def take_away(self, request: Request, said: Mapping[str, str]) -> Response:
        """Take a passkey, certificate or app away."""
        self.door.check(request, said)
        visitor = self.door.visitor(request)
        if visitor is None or visitor.al < _LEAST_TO_REMOVE or not visitor.fresh(self.remove.clock.now()):
            return self.door.prove(request, _LEAST_TO_REMOVE, FRESH)
        try:
            kind = DeviceKind(said.get("kind", ""))
            self.remove(visitor.account, kind, said.get("device", ""), f"person {visitor.account}")
        except (ValueError, DeviceMissing):
            return self._list(request, visitor, "device-missing")
        except LastWayIn:
            return self._list(request, visitor, "last-way-in")
        return RedirectResponse(LIST, 303)

    def offer(self, request: Request) -> Response:
        """Say what setting up an app means."""
        visitor = self.door.visitor(request)
        if visitor is None or visitor.level < LEAST or not visitor.fresh(self.enrol.clock.now()):
            return self.door.prove(request, LEAST, FRESH)
        return self._app(request, None)

    def invite(self, request: Request, said: Mapping[str, str]) -> Response:
        """Show the code that the app reads."""
        self.door.check(request, said)
        visitor = self.door.visitor(request)
        if visitor is None or visitor.level < LEAST or not visitor.fresh(self.enrol.clock.now()):
            return self.door.prove(request, LEAST, FRESH)
        try:
            challenge = self.enrol.ask(visitor.account, visitor.level)
        except LevelTooLow:
            return self.door.prove(request, LEAST, FRESH)
        return self._app(request, challenge.nonce)

    def _app(self, request: Request, code: str | None) -> Response:
        picture = qr_picture.svg(f"{self.issuer}{APP}#{code}", "QR") if code else None
        return self.door.page(
            request, "devices_app.html", code=code, picture=picture, csrf=self.door.csrf(request), action=APP
        )

    def _list(self, request: Request, visitor: Visitor, error: str | None = None) -> Response:
        with self.database.reading() as db:
            held = Held(
                tuple(Passkeys(db).of(visitor.account)),
                tuple(BoundCertificates(db).of(visitor.account)),
                tuple(DeviceKeys(db).of(visitor.account)),
            )
        return self.door.page(
            request,
            "devices_list.html",
            400 if error else 200,
            held=held,
            csrf=self.door.csrf(request),
            action=REMOVE,
            error=error,
        )
