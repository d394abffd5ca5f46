"""Offers the provider to the host; loading it is cheap, building it is not."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trust.plugin import Floor, Plugin, Service
from trust.web.links import Link

if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.routing import BaseRoute


def build(floor: Floor) -> Service:
    """Build the provider on a floor."""
    from idp import device_parts, factor_parts, key_parts, parts, ties_parts
    from idp.storage import logouts

    made = parts.Parts.of(floor)

    def routes() -> "Sequence[APIRouter | BaseRoute]":
        from idp.web.routes import routes as all_routes

        return all_routes(made)

    return Service(
        routes=routes,
        handlers={
            key_parts.KIND: key_parts.KeyWorker(floor),
            factor_parts.KIND: factor_parts.ForgetWorker(floor),
            device_parts.KIND: device_parts.ForgetWorker(floor),
            ties_parts.KIND: ties_parts.TiesWorker(floor, made.vault, parts.WITHDRAWALS, made.notices),
            logouts.KIND: made.deliveries,
            parts.KIND: parts.SessionWorker(floor, made.back_channel),
        },
        periodic=(
            key_parts.PERIODIC, factor_parts.PERIODIC, device_parts.PERIODIC, ties_parts.PERIODIC, parts.PERIODIC,
        ),
        checks=(key_parts.check(floor),),
        links=(Link("/idp/account", "我的账号", "My account"),),
    )  # fmt: skip


plugin = Plugin("idp", zh="统一身份认证", en="unified identity", build=build)
