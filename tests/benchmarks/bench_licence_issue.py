"""Licences issued end to end on SQLite, one by one and in groups, and verified as anybody verifies them."""

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from licence import parts
from licence.formats.identifier import LicenceTypeCode
from licence.model.order import LicenceOrder
from licence.verification import examine
from seal.api import SealId
from tests.benchmarks.harness import Effort, Row, cpu_per_call, milliseconds, wall_per_call
from tests.support.licence_house import ITEMS, TYPE, firm
from trust import host
from trust.bring_up import bring_up
from trust.recognition.evidence import Evidence
from trust.values.principal import Principal
from trust.values.region import Area


def run(effort: Effort) -> list[Row]:
    """Measure in a demonstration home: real keys, time stamps, tables and disk."""
    size = 5 if effort.quick else 50
    with TemporaryDirectory() as folder:
        home = Path(folder) / "var"
        told = {each.name: each.value for each in bring_up(home, demo=True).told}
        with host.opened(home, ("licence",)) as built:
            issue, numbers = parts.issue_licences(built.floor), count(1)
            seal, by = SealId.parse(told["seal"]), Principal.service("benchmark")

            def issued(group: int) -> None:
                issue([_order(next(numbers), seal, TYPE) for _ in range(group)], by)

            document = Path(told["licence"]).read_bytes()
            at = built.floor.clock.now()
            anchors = issue.make.registry.anchors(at)
            acts = {
                "one": lambda: issued(1),
                "group": lambda: issued(size),
                "verified": lambda: examine(document, anchors, Evidence(), at),
            }
            cpu, wall = cpu_per_call(acts, effort), wall_per_call(acts, effort)
    for figures in (cpu, wall):
        figures["group"] /= size
    said = {"one": "issued, one by one", "group": f"issued, in groups of {size}", "verified": "verified"}
    return [
        Row(
            f"licence {what}",
            f"{milliseconds(cpu[name])} CPU, {milliseconds(wall[name])} elapsed",
            cpu[name] / cpu["verified"],
            "one verified, CPU",
        )
        for name, what in said.items()
    ]


def _order(number: int, seal: SealId, licence_type: LicenceTypeCode) -> LicenceOrder:
    items = {"creditCode": firm(number), **ITEMS}
    return LicenceOrder(f"benchmark {number}", licence_type, seal, Area.parse("330100"), items)
