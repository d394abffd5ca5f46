"""The demonstration's hierarchy: its ceremony held once, its first lists published, its root written beside the home."""

from importlib.resources import files
from typing import Final

from trust.plugin import World

ROOT_FILE: Final = "root.pem"


def seed(world: World) -> None:
    """Bring up the authority of the demonstration province; a second run changes nothing."""
    from pki.model import ceremony
    from pki.parts import parts
    from trust.values.principal import Principal

    floor = world.floor
    made = parts(floor)
    planned = ceremony.parse(files("pki").joinpath("demonstration.toml").read_text("utf-8"))
    by = Principal.service("demonstration")
    held = made.ceremony(planned, by)
    for authority, shard in list(made.publish.due()):
        made.publish(authority, shard, str(by))
    root = held.authorities[0].certificate
    path = floor.settings.home / ROOT_FILE
    if not path.exists() or path.read_text("ascii") != root.to_pem():
        path.write_text(root.to_pem(), "ascii")
    world.give("pki.root", root)
    world.tell("root_certificate", str(path), zh="根证书", en="Root certificate")
