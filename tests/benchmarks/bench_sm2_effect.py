"""What the native SM2 does to whole acts: each with libcrypto and with the native provider, in turn, in one run."""

import itertools
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from certs.sm import providers
from certs.sm.provider import Sm2Provider
from licence import verification
from licence.verdicts import Overall
from pki.api import IssueOrder
from seal.report import Indication
from seal.verification import examine
from tests.benchmarks.bench_pki import orders
from tests.benchmarks.harness import Effort, Row, cpu_per_call, milliseconds
from tests.support import licence_house, seal_house, signed_pdf
from tests.support.authority import BY, authority, floor
from tests.support.clock import SettableClock
from tests.support.database import opened
from tests.support.hierarchy import NOW
from tests.support.sealed import Sealer
from trust.clock import SystemClock
from trust.recognition.evidence import Evidence


def run(effort: Effort) -> list[Row]:
    """Measure CPU time: waiting for the disk is the same either way."""
    found = {provider.name: provider for provider in providers.available()}
    if not {"native", "openssl"} <= found.keys():
        return [Row("SM2's effect", "native or libcrypto is not here")]
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    with _acts(effort) as acts:
        for _ in range(effort.rounds):
            for name in ("openssl", "native"):
                with _only(found[name]):
                    for act, spent in cpu_per_call(acts, Effort(effort.seconds, 1)).items():
                        seconds[act, name].append(spent)
    rows = []
    for act in acts:
        before, after = seconds[act, "openssl"], seconds[act, "native"]
        ratio = statistics.median(one / other for one, other in zip(before, after, strict=True))
        figure = f"{milliseconds(statistics.median(before))} → {milliseconds(statistics.median(after))}"
        rows.append(Row(act, figure, ratio, "libcrypto's SM2"))
    return rows


@contextmanager
def _only(provider: Sm2Provider) -> Iterator[None]:
    """Let one provider compute; it keeps its handles when its turn comes again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(providers._choice, "proved", (provider,))
        yield


@contextmanager
def _acts(effort: Effort) -> Iterator[dict[str, Callable[[], object]]]:
    with tempfile.TemporaryDirectory() as name, opened("sqlite", Path(name)) as database:
        folder = Path(name)
        (folder / "licence").mkdir()
        pki = authority(database, SystemClock(), folder / "pki")
        clock = SettableClock()
        house = seal_house.build(database, floor(database, clock, folder / "seal").new_work, clock, folder / "seal")
        seal = house.seal()
        numbers = itertools.count()
        waiting: Iterator[IssueOrder] = orders(400 if effort.quick else int(4000 * effort.seconds * effort.rounds))
        licences = licence_house.build(house, folder / "licence")
        issued = licences.one(next(numbers)).document
        known, later = licences.registry.anchors(clock.now()), clock.now()
        sealer = Sealer()
        document, anchors, at = sealer.stamp(), sealer.anchors, NOW + timedelta(days=1)

        def verify() -> None:
            assert examine(document, anchors, Evidence(), at).indication is Indication.TOTAL_PASSED

        def verify_licence() -> None:
            assert verification.examine(issued, known, Evidence(), later).overall is Overall.ACCEPTED_AS_OF

        yield {
            "one certificate issued": lambda: pki.authority.issue(next(waiting), BY),
            "one OFD sealed and time-stamped": lambda: house.stamp([house.order(seal, f"o{next(numbers)}")], house.by),
            "one sealed OFD verified": verify,
            "one PDF of 100 KB signed (GB/T 35275)": lambda: signed_pdf.sign(sealer.pki["person"], NOW),
            "one licence issued, page, seal and records": lambda: licences.one(next(numbers)),
            "one licence verified": verify_licence,
        }
