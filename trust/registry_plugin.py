"""The registry as a service: its files over HTTP, and their renewal before they run out."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from trust.plugin import Floor, Plugin, Service

if TYPE_CHECKING:
    from trust.jobs.queue import Group

RENEW: Final = "renew-registry"
EVERY: Final = timedelta(hours=1)


def build(floor: Floor) -> Service:
    """The service; a home without a region has nothing to renew."""
    from trust.jobs.worker import Periodic
    from trust.publishing import FOLDER, publisher
    from trust.storage.registry_folder import RegistryFolder
    from trust.values.principal import Principal
    from trust.web import registries
    from trust.web.links import Link

    folder = RegistryFolder(floor.settings.home / FOLDER)

    def renew(group: "Group") -> None:
        if floor.settings.region:
            publisher(floor).renew(Principal.service("registry"))
        with floor.new_work() as work:
            work.jobs.finish(group)

    return Service(
        routes=lambda: registries.routes(folder),
        handlers={RENEW: renew},
        periodic=[Periodic(RENEW, EVERY)],
        links=[Link("/registry/root.json", "信任根文件", "Root file")],
    )


plugin = Plugin("registry", "信任登记册", "Recognition registry", build)
