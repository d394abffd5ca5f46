"""F1 and F2: a province that is killed thirty times while it issues 200 licences and certificates loses none of them.

Nor gives a number twice, nor leaves an intent open or half a file behind, on either database.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from certs import certificate, crl
from licence.model.issuance import LONGEST
from licence.storage import tables as licence_tables
from licence.verdicts import Overall
from licence.verification import examine as examine_licence
from pki.api import Authority
from pki.storage import tables as pki_tables
from pki.storage.lists import Lists
from seal.ofd.package import open_package
from seal.report import Indication
from seal.storage import tables as seal_tables
from seal.verification import examine
from tests.flows.working_until_killed import BY, READY, Ahead, worker
from tests.support.database import address
from trust import host, sequencing
from trust.bring_up import bring_up
from trust.plugin import Floor
from trust.publishing import publisher
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence
from trust.recognition.trusted_set import TrustedSet
from trust.values.region import Area

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("TRUST_TEST_KILLS", "30"))
WANTED = 200
LEAP = LONGEST + timedelta(minutes=1)  # between two runs: what the first left behind is due in the second
MOST_LINES, MOST_SECONDS = 18, 0.15  # acknowledged, then gone on for, before a process is killed
CERTIFICATES_ALONE = 0.4  # how often it is killed right after a document, when certificates are next; they take no time
ENDLESS = 1_000_000
TYPE = "11100000MB0143028R001"


@dataclass
class Province:
    """A home with its demonstration, and everything that its killed processes acknowledged."""

    home: Path
    names: tuple[str, str, str]  # seal, licence type, area
    ahead: timedelta = timedelta()
    acknowledged: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)  # by kind and number
    repeated: int = 0

    def run(self, stop: int = ENDLESS, *, chance: random.Random | None = None) -> None:
        """Let a process go on with the first number that lacks something, and kill it by chance or let it end."""
        arguments = [str(self.home), str(int(self.ahead.total_seconds())), str(self.first()), str(stop), *self.names]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.flows.working_until_killed", *arguments],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=_environment(self.home.parent / "bytecode"),
        )
        assert process.stdout is not None
        assert process.stdout.readline() == f"{READY}\n"
        said: list[str] = []
        if chance is not None:
            _kill(process, said, chance)
        rest, _ = process.communicate(timeout=120)
        assert process.returncode == (0 if chance is None else -9)
        self.take("".join([*said, rest]).split("\n")[:-1])
        self.ahead += LEAP

    def take(self, lines: list[str]) -> None:
        """Note what was acknowledged; whatever is acknowledged again must be the same."""
        for kind, number, *result in map(str.split, lines):
            known = self.acknowledged.setdefault((kind, int(number)), tuple(result))
            assert known == tuple(result), f"{kind} {number} came out differently the second time"

    def first(self) -> int:
        """Return the first number without both its certificate and its licence."""
        number = 0
        while {("certificate", number), ("licence", number)} <= self.acknowledged.keys():
            number += 1
        return number

    def of(self, kind: str) -> list[tuple[str, ...]]:
        return [result for (name, _), result in self.acknowledged.items() if name == kind]


@contextmanager
def province(kind: str, folder: Path) -> Iterator[Province]:
    """Bring up the demonstration in a fresh home on this database."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    with address(kind, folder) as url:
        settings = home / "trust.toml"
        settings.write_text(f'mode = "development"\nregion = "330000"\n\n[database]\nurl = "{url}"\n', encoding="utf-8")
        settings.chmod(0o600)
        told = {one.name: one.value for one in bring_up(home, demo=True).told}
        yield Province(home, (told["seal"], TYPE, "330000"))


def _kill(process: "subprocess.Popen[str]", said: list[str], chance: random.Random) -> None:
    """Hear what the process says up to a random moment, and kill it a random while later."""
    assert process.stdout is not None
    said += [process.stdout.readline() for _ in range(chance.randrange(MOST_LINES))]
    most = MOST_SECONDS
    if said and chance.random() < CERTIFICATES_ALONE:
        while said[-1] and not said[-1].startswith("document"):
            said.append(process.stdout.readline())
        most /= 10
    time.sleep(chance.uniform(0, most))
    process.kill()


def _environment(bytecode: Path) -> dict[str, str]:
    """Compile every module once for all runs, whatever the machine's settings are."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TRUST_", "PYTHONDONT"))}
    return inherited | {"PYTHONPYCACHEPREFIX": str(bytecode)}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_province_that_is_killed_at_work_keeps_what_it_acknowledged(kind: str, tmp_path: Path) -> None:
    chance = random.Random(7)
    with province(kind, tmp_path) as made:
        for _ in range(KILLS):
            made.run(chance=chance)
        made.run(stop=max(WANTED, made.first() + 1))
        assert len(made.of("licence")) >= WANTED
        assert len(made.of("certificate")) >= WANTED

        with host.opened(made.home, clock=Ahead(made.ahead)) as opened:
            worker(opened).run_due()
            floor = opened.floor
            nothing_is_open(floor)
            certificates_are_kept(made, floor)
            licences_are_kept(made, floor)
            documents_are_kept(made, floor)
            no_file_is_half_written(floor)
            journal_is_intact(floor)


def rows(floor: Floor, table: Table) -> list[dict[str, object]]:
    with floor.database.reading() as db:
        return [dict(row) for row in db.execute(select(table)).mappings()]


def nothing_is_open(floor: Floor) -> None:
    """Every intent ended, by its own process, by the next, or by the job that ends what was interrupted."""
    certificates = Counter(row["state"] for row in rows(floor, pki_tables.certificates))
    issuances = Counter(row["state"] for row in rows(floor, licence_tables.issuances))
    stampings = Counter(row["state"] for row in rows(floor, seal_tables.stampings))
    assert set(certificates) <= {"issued", "abandoned"}
    assert set(issuances) <= {"completed", "abandoned"}
    assert set(stampings) <= {"completed", "abandoned"}


def certificates_are_kept(made: Province, floor: Floor) -> None:
    found = {row["serial"]: row for row in rows(floor, pki_tables.certificates) if row["profile"] == "person"}
    serials = [serial for (serial,) in made.of("certificate")]
    assert len(set(serials)) == len(serials)
    for (kind, number), (serial, *_) in made.acknowledged.items():
        if kind == "certificate":
            row = found[serial]
            assert (row["state"], row["idempotency_key"]) == ("issued", f"key-持有人{number}")
            decoded = certificate.decode(row["certificate"])  # type: ignore[arg-type]
            assert f"{decoded.serial:032x}" == serial
    issued = [row["idempotency_key"] for row in found.values() if row["state"] == "issued"]
    assert len(set(issued)) == len(issued), "one order has two certificates"
    abandoned = {int(str(row["serial"]), 16) for row in found.values() if row["state"] == "abandoned"}
    assert abandoned <= revoked(floor), "an abandoned serial may be out there and is not on a list"


def revoked(floor: Floor) -> set[int]:
    """Return the serials on the newest lists of all authorities."""
    found: set[int] = set()
    with floor.database.reading() as db:
        newest = [
            Lists(db).newest(str(row["name"]), shard)
            for row in rows(floor, pki_tables.authorities)
            for shard in range(int(str(row["shards"])))
        ]
    for one in newest:
        if one is not None:
            found |= {entry.serial for entry in crl.decode(floor.objects.get(one.address))}
    return found


def licences_are_kept(made: Province, floor: Floor) -> None:
    found = {row["identifier"]: row for row in rows(floor, licence_tables.licences)}
    assert made.of("licence")
    for identifier, kept_at in made.of("licence"):
        assert found[identifier]["address"] == kept_at
    identifiers = [identifier for identifier, _ in made.of("licence")]
    assert len(set(identifiers)) == len(identifiers)
    issuances = rows(floor, licence_tables.issuances)
    numbers = [(row["type"], row["issuer"], row["serial"], row["version"]) for row in issuances]
    assert len(set(numbers)) == len(numbers)
    completed = [row for row in issuances if row["state"] == "completed"]
    assert sorted(str(row["address"]) for row in completed) == sorted(str(row["address"]) for row in found.values())

    at, region = floor.clock.now(), Area.parse("330000")
    publish = publisher(floor)
    trusted = TrustedSet.load(publish.folder.root_path.read_bytes())
    anchors = trusted.update(publish.folder.registry_path(region).read_bytes(), at).anchors(at)
    for row in found.values():
        report = examine_licence(floor.objects.get(str(row["address"])), anchors, Evidence(), at)
        assert (report.overall, report.identifier) == (Overall.ACCEPTED_AS_OF, row["identifier"])


def documents_are_kept(made: Province, floor: Floor) -> None:
    found = {row["key"]: row for row in rows(floor, seal_tables.stampings) if row["by"] == str(BY)}
    for (kind, number), result in made.acknowledged.items():
        if kind == "document":
            row = found[f"document {number}"]
            assert (row["state"], row["address"]) == ("completed", *result)


def no_file_is_half_written(floor: Floor) -> None:
    """Every object is what its address says, and every package among them passes the public verifier."""
    authority = floor.front("pki", Authority)  # type: ignore[type-abstract]
    roots = Anchors.of_certificates(one for one in authority.authorities() if one.is_self_issued)
    named = {row["address"] for row in rows(floor, seal_tables.stampings) if row["state"] == "completed"}
    at, packages = floor.clock.now(), set()
    for kept_at in floor.objects.addresses():
        data = floor.objects.get(kept_at)
        if data.startswith(b"PK"):
            packages.add(kept_at)
            open_package(data, strict=True)
            assert examine(data, roots, Evidence(), at).indication is Indication.TOTAL_PASSED
    assert named <= packages


def journal_is_intact(floor: Floor) -> None:
    """Number what waits and examine everything; what was issued is what the journal says was issued."""
    sequencing.of_floor(floor)()
    report = sequencing.examiner(floor)()
    assert report.intact
    assert report.waiting == 0
    with floor.database.reading() as db:
        said = Counter(row.event for row in db.exec_driver_sql("SELECT event FROM trust_journal_entry"))
    licences = sum(row["state"] == "completed" for row in rows(floor, licence_tables.issuances))
    certificates = sum(row["state"] == "issued" for row in rows(floor, pki_tables.certificates))
    assert said["licence-issued"] == licences
    assert said["certificate-issued"] == certificates
    interrupted = {kind: said[f"{kind}-intended"] - said[f"{kind}-issued"] for kind in ("certificate", "licence")}
    assert interrupted["licence"] >= KILLS // 10, "the kills met nothing, and the test shows nothing"
