"""Wires the authority: which part plays which role, what runs in the background, what is served."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trust.plugin import Floor, Plugin, Service
from trust.readiness import Check
from trust.web.links import Link

if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.routing import BaseRoute


def build(floor: Floor) -> Service:
    """Build the service."""
    from pki.model import work
    from pki.parts import parts
    from pki.workers import Workers
    from trust.jobs.worker import Periodic

    made = parts(floor)
    workers = Workers(floor.new_work, made.publish, made.resolve)

    def routes() -> "Sequence[APIRouter | BaseRoute]":
        from pki.web import publishing, timestamping

        return [
            *publishing.routes(made.authority.directory, floor.objects),
            *timestamping.routes(made.authority.stamping),
        ]

    return Service(
        api=made.authority,
        routes=routes,
        handlers={
            work.PUBLISH: workers.publish_changed,
            work.PUBLISH_DUE: workers.publish_due,
            work.RESOLVE: workers.resolve,
        },
        periodic=(
            Periodic(work.PUBLISH_DUE, work.PUBLISH_DUE_EVERY),
            Periodic(work.RESOLVE, work.RESOLVE_EVERY),
        ),
        checks=(Check("pki", workers.well),),
        links=(Link("/pki/ca/root.cer", "根证书", "Root certificate"),),
    )


plugin = Plugin(name="pki", zh="证书认证", en="Certificate authority", build=build)
