"""Every route of passkeys, certificates, apps and codes, given a door."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.routing import BaseRoute

from idp.device_parts import DeviceParts
from idp.web import device_static, devices_api
from idp.web.certificates import CertificatePages
from idp.web.device_door import DeviceDoor
from idp.web.devices import DevicePages
from idp.web.passkeys import PasskeyPages
from idp.web.qr import QrPages


def routes(door: DeviceDoor, parts: DeviceParts, names: Callable[[str], str]) -> list[BaseRoute | APIRouter]:
    """Return the pages, the scripts and the interface of apps.

    Args:
        door: the provider's own pages as this room sees them.
        parts: of a home.
        names: what people call a client, for apps.
    """
    return [
        *PasskeyPages(door, parts.sign_in_with_passkey, parts.register_passkey).routes(),
        *CertificatePages(door, parts.certificates, parts.sign_in_with_certificate, parts.bind_certificate).routes(),
        *QrPages(
            door, parts.issuer, parts.clock, parts.offer_qr, parts.scan_qr, parts.confirm_qr, parts.redeem_qr
        ).routes(),
        *DevicePages(door, parts.issuer, parts.database, parts.remove_device, parts.enrol_device_key).routes(),
        *device_static.routes(),
        devices_api.router(parts.enrol_device_key, parts.scan_qr, parts.confirm_qr, names),
    ]
