"""An authority for tests: the real one, on a migrated database, with a clock that the test sets."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from certs import name, oids, request
from certs.name import Name
from certs.request import CertificateRequest
from certs.signer import Signer
from pki.api import IssueOrder
from pki.model import ceremony
from pki.parts import Parts, parts
from tests.support.hierarchy import signer
from trust.clock import Clock
from trust.keys.files import FileKeyRing
from trust.plugin import Floor
from trust.settings import Settings
from trust.storage.database import Database
from trust.storage.objects import ObjectStore
from trust.storage.unit_of_work import units_of_work
from trust.values.principal import Principal

BY = Principal.service("test")
CEREMONY = Principal.service("ceremony")
PLANNED = ceremony.parse(files("pki").joinpath("demonstration.toml").read_text("utf-8"))


def floor(database: Database, clock: Clock, folder: Path) -> Floor:
    """Return a floor on this database whose keys and objects lie in the folder."""
    keys = FileKeyRing.open(folder / "keys")
    keys.create_secret("journal-mac", 32, exist_ok=True)
    return Floor(
        settings=Settings(home=folder),
        clock=clock,
        database=database,
        new_work=units_of_work(database, clock, keys.secret("journal-mac")),
        keys=keys,
        objects=ObjectStore(folder / "objects"),
    )


def authority(database: Database, clock: Clock, folder: Path) -> Parts:
    """Return an authority whose ceremony has been held; its lists are not published yet."""
    made = parts(floor(database, clock, folder))
    made.ceremony(PLANNED, CEREMONY)
    return made


def publish_all(made: Parts) -> None:
    """Publish every list that is due."""
    for issuer, shard in list(made.publish.due()):
        made.publish(issuer, shard, str(BY))


def holder(own_name: str) -> Signer:
    """Return the key of a holder, always the same."""
    return signer(f"holder {own_name}")


def subject(own_name: str) -> Name:
    """Return the subject of a holder."""
    return name.build([(oids.COUNTRY, "CN"), (oids.ORGANISATION, "示例省示例局"), (oids.COMMON_NAME, own_name)])


def requested(own_name: str, key: str = "") -> CertificateRequest:
    """Return a request of a holder, with its own key or another's."""
    return request.build(subject(own_name), holder(key or own_name))


def order(own_name: str, profile: str = "seal-maker", **changes: object) -> IssueOrder:
    """Return an order whose idempotency key is the holder's name."""
    made = IssueOrder(profile, requested(own_name), f"key-{own_name}")
    return replace(made, **changes)  # type: ignore[arg-type]
