"""The publisher of a home's registry, put together from the floor."""

from typing import Final

from trust.plugin import Floor
from trust.storage.registry_folder import RegistryFolder
from trust.usecases.publish_registry import KEY_NAME, PublishRegistry
from trust.values.region import Area

FOLDER: Final = "registry"


def publisher(floor: Floor) -> PublishRegistry:
    """What signs the registry of this home's region; its key is made at the first call.

    Raises:
        AreaMalformed: the settings name no region.
    """
    floor.keys.create(KEY_NAME, exist_ok=True)
    return PublishRegistry(
        region=Area.parse(floor.settings.region),
        new_work=floor.new_work,
        keys=floor.keys,
        objects=floor.objects,
        folder=RegistryFolder(floor.settings.home / FOLDER),
        clock=floor.clock,
    )
