"""Licences end to end in a real home: issued one by one and in groups, and verified as anybody does it offline."""

import itertools
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from certs.sm import providers, selftest
from licence import parts
from licence.formats.identifier import LicenceTypeCode
from licence.verdicts import Overall
from licence.verification import examine
from seal.api import SealId
from tests.benchmarks.harness import Effort, Row, cpu_per_call, milliseconds, per_second, wall_per_call
from tests.flows.working_until_killed import BY, licence_order
from trust import host
from trust.bring_up import bring_up
from trust.plugin import Floor
from trust.publishing import publisher
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence
from trust.recognition.trusted_set import TrustedSet
from trust.values.region import Area

GROUP = 20
AREA = Area.parse("330000")
TYPE = LicenceTypeCode.parse("11100000MB0143028R001")


def run(effort: Effort) -> list[Row]:
    """Measure on SQLite: elapsed time, which waits for the disk, and CPU time, which does not."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        told = {one.name: one.value for one in bring_up(home, demo=True).told}
        with host.opened(home) as opened:
            return _rows(opened.floor, SealId.parse(told["seal"]), effort)


def _rows(floor: Floor, seal: SealId, effort: Effort) -> list[Row]:
    issue, numbers = parts.issue_licences(floor), itertools.count()

    def issued(count: int) -> bytes:
        orders = [licence_order(next(numbers), TYPE, seal, AREA) for _ in range(count)]
        return issue(orders, BY)[0].document

    document, anchors, sign = issued(1), _anchors(floor), providers.signing().private_key(selftest.SCALAR).sign

    def verified() -> None:
        report = examine(document, anchors, Evidence(), floor.clock.now() + timedelta(seconds=1))
        assert report.overall is Overall.ACCEPTED_AS_OF

    acts: dict[str, Callable[[], object]] = {
        "signature": lambda: sign(selftest.DIGEST),
        "one": lambda: issued(1),
        "group": lambda: issued(GROUP),
        "verified": verified,
    }
    cpu, wall = cpu_per_call(acts, effort), wall_per_call({"one": acts["one"], "group": acts["group"]}, effort)
    against, size = "one SM2 signature", f"{len(document) / 1024:.0f} KB"
    return [
        _issued("licence issued end to end, one by one", wall["one"], cpu["one"], cpu["signature"]),
        _issued(f"the same in groups of {GROUP}", wall["group"] / GROUP, cpu["group"] / GROUP, cpu["signature"]),
        Row(
            f"licence of {size} verified",
            f"{milliseconds(cpu['verified'])} of CPU",
            cpu["verified"] / cpu["signature"],
            against,
            "≤ 10 ms",
        ),
    ]


def _issued(what: str, wall: float, cpu: float, signature: float) -> Row:
    return Row(what, f"{per_second(wall)}, {milliseconds(cpu)} of CPU", cpu / signature, "one SM2 signature (CPU)")


def _anchors(floor: Floor) -> Anchors:
    publish, at = publisher(floor), floor.clock.now()
    trusted = TrustedSet.load(publish.folder.root_path.read_bytes())
    return trusted.update(publish.folder.registry_path(AREA).read_bytes(), at).anchors(at)
