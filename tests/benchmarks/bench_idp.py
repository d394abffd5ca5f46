"""Processor time of the provider for each operation, beside node-oidc-provider where Node is, on SQLite and PostgreSQL."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher

from tests.benchmarks.harness import Effort, Row
from tests.benchmarks.idp import ours, peer
from tests.benchmarks.idp.acts import Acts
from tests.benchmarks.idp.load import children, cpu_seconds
from tests.benchmarks.idp.measure import LANES, Figures, Side, compare
from tests.support import peers, postgres
from tests.support.idp_home import PASSWORD, person

OURS: Final = "ours"
NODE: Final = "node-oidc-provider"
HASHED: Final = "sign-in with argon2id, 19 MiB"
# Budgets of one core, in milliseconds of processor time, the database's own apart.
BUDGETS: Final[Mapping[str, float]] = {
    "discovery": 0.1, "client_credentials": 0.3, "introspection": 0.3, "userinfo": 0.37, "refresh": 1.3,
    "single sign-on": 2.3, "sign-in": 4.2, HASHED: 30.0,
}  # fmt: skip


def run(effort: Effort) -> list[Row]:
    """Measure on both databases; SQLite lies in memory, PostgreSQL synchronises its disk."""
    rows: list[Row] = []
    for database in ("SQLite", "PostgreSQL"):
        with _sides(database) as (plain, hashed, server):
            rows += [_row(f"{database}: {act}", act, compare(act, plain, effort)) for act in plain[0].lanes[0]]
            rows.append(_row(f"{database}: {HASHED}", HASHED, compare("sign-in", hashed, effort)))
            if server is not None:
                rows.append(_database(server, plain[0]))
    return rows


@contextmanager
def _sides(database: str) -> Iterator[tuple[list[Side], list[Side], postgres.Server | None]]:
    """Both providers with cheap hashing, then both with the real one, and the server of their databases."""
    memory = Path("/dev/shm")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)))
        server = postgres.Server(durable=True) if database == "PostgreSQL" else None
        if server is not None:
            stack.callback(server.stop)
        plain: list[Side] = []
        hashed: list[Side] = []
        for name, hashing in (("cheap", ours.CHEAP), ("complete", ours.FULL)):
            url = ""
            if server is not None:
                server.execute(f"CREATE DATABASE {name}")
                url = server.url(name)
            provider = stack.enter_context(ours.running(folder / name, url, hashing))
            side = _side(stack, OURS, provider.issuer, provider.process.pid, ours.KNOWN.username)
            (plain if name == "cheap" else hashed).append(side)
        if peers.present("oidc-provider"):
            base, pid = stack.enter_context(peer.running(folder, ours.KNOWN, _accounts(), _store(folder, server)))
            plain.append(_side(stack, NODE, base, pid, "user0"))
            hashed.append(_side(stack, NODE, base, pid, "user1"))
        yield plain, hashed, server


def _side(stack: ExitStack, name: str, base: str, pid: int, username: str) -> Side:
    lanes = [Acts.opened(base, ours.KNOWN.of(username)) for _ in range(LANES)]
    for lane in lanes:
        stack.callback(lane.close)
    return Side(name, pid, [lane.all() for lane in lanes])


def _store(folder: Path, server: postgres.Server | None) -> dict[str, str]:
    if server is None:
        return {"sqlite": str(folder / "node.db")}
    server.execute("CREATE DATABASE node")
    return {"postgresHost": str(server.folder), "postgresDatabase": "node"}


def _accounts() -> list[dict[str, object]]:
    """The same users for the peer: one whose password it compares as text, one with argon2id as ours."""
    rows: list[dict[str, object]] = []
    hashes = {"user0": PASSWORD, "user1": PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(PASSWORD)}
    for name, digest in hashes.items():
        known = person(name)
        claims = {"name": known.name, "email": known.email, "email_verified": True, "nickname": known.nickname}
        rows.append({"id": name, "username": name, "hash": digest, "claims": claims})
    return rows


def _row(what: str, act: str, found: Mapping[str, Figures]) -> Row:
    mine, aim = found[OURS], f"≤ {BUDGETS[act]:g} ms"
    if NODE not in found:
        return Row(what, _range(mine), None, "", aim)
    ratios = mine.over(found[NODE])
    against = f"{NODE} {_range(found[NODE])}; ratio {ratios[0]:.2f} to {ratios[-1]:.2f}"
    return Row(what, _range(mine), ratios[len(ratios) // 2], against, aim)


def _range(figures: Figures) -> str:
    low, high = min(figures.rounds) * 1000, max(figures.rounds) * 1000
    return f"{figures.median * 1000:.2f} ms ({low:.2f} to {high:.2f})"


def _database(server: postgres.Server, side: Side) -> Row:
    """What the database's processes spend on one single sign-on of ours, which the budgets leave apart."""
    pids = children(server.pid)
    before, calls = sum(map(cpu_seconds, pids)), 25
    side.do("single sign-on", calls)
    spent = (sum(map(cpu_seconds, pids)) - before) / (calls * len(side.lanes))
    return Row("PostgreSQL's own processes, single sign-on", f"{spent * 1000:.2f} ms")
