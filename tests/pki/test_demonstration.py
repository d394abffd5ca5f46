"""The demonstration's authority comes up once and stays as it is."""

from pathlib import Path

from certs import certificate
from pki.demonstration import ROOT_FILE, seed
from pki.storage.lists import Lists
from tests.support.authority import floor
from tests.support.clock import SettableClock
from trust.plugin import World
from trust.storage.database import Database


def test_the_seed_is_sown_once(database: Database, clock: SettableClock, tmp_path: Path) -> None:
    first, second = World(floor(database, clock, tmp_path)), World(floor(database, clock, tmp_path))
    seed(first)
    seed(second)
    root = certificate.from_pem((tmp_path / ROOT_FILE).read_text())
    assert first.take("pki.root", certificate.Certificate) == second.take("pki.root", certificate.Certificate) == root
    assert first.told == second.told
    assert [one.value for one in first.told] == [str(tmp_path / ROOT_FILE)]
    with database.reading() as db:
        assert set(Lists(db).last_updates()) == {("root", 0), ("seal-ca", 0), ("seal-ca", 1), ("service-ca", 0)}
        assert getattr(Lists(db).newest("root", 0), "number", None) == 1
