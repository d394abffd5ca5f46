"""Bring up a home and, if asked, the demonstration in it: what `init` does, and `serve --demo` before it serves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from trust import demonstration, host, sequencing
from trust.home import prepare
from trust.publishing import publisher
from trust.settings import Settings
from trust.values.principal import Principal
from trust.web.links import Told

DEMONSTRATION_REGION: Final = "330000"


@dataclass(frozen=True, slots=True)
class BroughtUp:
    """What there is now."""

    home: Path
    new: bool
    told: Sequence[Told]


def bring_up(home: Path, *, region: str = "", demo: bool = False) -> BroughtUp:
    """Make what is missing; what is there is left as it is, so a second call changes nothing.

    Args:
        home: the folder.
        region: for a new home, the code of its province.
        demo: run the seeds of all services.

    Raises:
        RefusedInProduction: the demonstration in a production home, or settings unfit for production.
    """
    settings = Settings.load(home, host.installed())
    if demo:
        settings.development_only("bring up a demonstration")
    if not settings.region:
        settings = replace(settings, region=region or (DEMONSTRATION_REGION if demo else ""))
    new = prepare(settings)
    if not demo:
        return BroughtUp(settings.home, new, ())
    with host.opened(settings.home) as opened:
        world = opened.seed()
        publishing = publisher(opened.floor)
        publishing(Principal.service("demonstration"))
        registry, root = publishing.folder.registry_path(publishing.region), publishing.folder.root_path
        world.tell("registry", str(registry), zh="信任登记册", en="Registry")
        world.tell("root", str(root), zh="信任根文件", en="Root file")
        sequencing.of_floor(opened.floor)()  # so that the journal verifies before any server has run
    demonstration.save(settings.home, world.told)
    return BroughtUp(settings.home, new, tuple(world.told))
