"""The authority: certificates one by one and in groups, time stamps, a revocation list of ten thousand, on SQLite."""

import itertools
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from certs import builder, crl, name, oids, request
from certs.builder import Issuer
from certs.crl import Covers, Plan, Reason, Revocation
from certs.keys import PrivateKey
from certs.signer import SoftwareSigner
from certs.sm.sm2 import Sm2PrivateKey
from pki.api import Issued, IssueOrder
from tests.benchmarks.harness import Effort, Row, milliseconds, per_second, wall_per_call
from tests.support.authority import BY, authority
from tests.support.database import opened
from tests.support.hierarchy import NOW
from trust.clock import SystemClock

GROUP = 50
ENTRIES = 10_000


def run(effort: Effort) -> list[Row]:
    """Measure what is done end to end: proof of possession, both transactions, every check."""
    with tempfile.TemporaryDirectory() as folder, opened("sqlite", Path(folder)) as database:
        made = authority(database, SystemClock(), Path(folder))
        waiting = orders(250 if effort.quick else int(1500 * effort.seconds * (effort.rounds + 2)))
        key = made.authority.directory.authority("seal-ca")
        message = made.authority.stamper().tbs
        signer = made.desk.keys.signer(key.key)

        def in_group() -> None:
            outcomes = made.authority.issue_all(list(itertools.islice(waiting, GROUP)), BY)
            assert all(isinstance(one, Issued) for one in outcomes)

        plan = _plan(Issuer.of(key.certificate))
        figures = wall_per_call(
            {
                "signature": lambda: signer.sign(message),
                "one": lambda: made.authority.issue(next(waiting), BY),
                "group": in_group,
                "stamp": lambda: made.authority.timestamp(b"value"),
                "stamps": lambda: made.authority.timestamp_all([b"value"] * GROUP),
                "list": lambda: crl.finish(tbs := crl.build(plan), signer.sign(tbs)),
            },
            effort,
        )
    base = figures["signature"]
    group, stamps = figures["group"] / GROUP, figures["stamps"] / GROUP
    against = "one SM2 signature"
    return [
        Row("certificate, one by one", per_second(figures["one"]), figures["one"] / base, against, "≥ 400/s"),
        Row("certificate, in groups of 50", per_second(group), group / base, against, "≥ 1,000/s"),
        Row("time stamp, one by one", per_second(figures["stamp"]), figures["stamp"] / base, against, "≥ 400/s"),
        Row("time stamp, in groups of 50", per_second(stamps), stamps / base, against, "≥ 800/s"),
        Row("revocation list of 10,000", milliseconds(figures["list"]), figures["list"] / base, against, "≤ 50 ms"),
    ]


def orders(count: int) -> Iterator[IssueOrder]:
    """Return orders of so many holders; making keys and requests is the holders' work and is done before."""
    made = []
    for number in range(count):
        holder = SoftwareSigner(PrivateKey(Sm2PrivateKey.generate()))
        subject = name.build([(oids.COUNTRY, "CN"), (oids.COMMON_NAME, f"持有人{number}")])
        made.append(IssueOrder("person", request.build(subject, holder), f"key-{number}"))
    return iter(made)


def _plan(issuer: Issuer) -> Plan:
    serials = (builder.serial_number(secrets.token_bytes(16)) for _ in range(ENTRIES))
    entries = [Revocation(serial, NOW, Reason.SUPERSEDED) for serial in serials]
    return Plan(issuer, 1, NOW, NOW, entries, "http://crl.example/0.crl", Covers.USERS)
