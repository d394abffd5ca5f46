"""Half a million sessions and tokens are rows: start-up and sign-in are the same with and without them."""

import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, insert

from idp.storage.tables import accesses, accounts, grants, refreshes, sessions
from tests.benchmarks.harness import Effort, Row, milliseconds
from tests.benchmarks.idp import ours
from tests.benchmarks.idp.acts import Acts
from tests.benchmarks.idp.measure import Side, compare
from tests.support.idp_home import serve_again
from trust.home import open_database
from trust.settings import Settings

MANY: Final = 500_000
GROUP: Final = 10_000
PEOPLE: Final = 5_000


def run(effort: Effort) -> list[Row]:
    """Measure before and after the rows are written, on SQLite."""
    many = 1_000 if effort.quick else MANY
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        with ours.running(Path(folder) / "home", "", ours.CHEAP) as provider:
            home = provider.home
        before = _measure(home, effort)
        _write(home, many)
        after = _measure(home, effort)
    return [
        Row(f"{what} with {many:,} sessions and as many tokens of each kind", milliseconds(new), new / old, "none")
        for what, old, new in zip(("start-up, elapsed", "sign-in, CPU", "refresh, CPU"), before, after, strict=True)
    ]


def _measure(home: Path, effort: Effort) -> tuple[float, float, float]:
    begun = time.perf_counter()
    with serve_again(home, program=ours.CHEAP.program) as provider:
        started = time.perf_counter() - begun
        acts = Acts.opened(provider.issuer, ours.KNOWN)
        side = Side("ours", provider.process.pid, [acts.all()])
        sign_in, refresh = (compare(act, [side], effort)["ours"].median for act in ("sign-in", "refresh"))
        acts.close()
    return started, sign_in, refresh


def _write(home: Path, many: int) -> None:
    database = open_database(Settings.load(home, ("idp",)))
    try:
        with database.writing() as db:
            people = [secrets.token_hex(16) for _ in range(PEOPLE)]
            _fill(db, accounts, (_account(name) for name in people))
            for table, row in ((sessions, _session), (grants, _grant), (accesses, _access), (refreshes, _refresh)):
                _fill(db, table, (row(people[n % PEOPLE]) for n in range(many)))
    finally:
        database.close()


def _fill(db: Connection, table: Table, rows: Iterator[Mapping[str, Any]]) -> None:
    group: list[Mapping[str, Any]] = []
    for row in rows:
        group.append(row)
        if len(group) == GROUP:
            db.execute(insert(table), group)
            group = []
    if group:
        db.execute(insert(table), group)


_NOW: Final = datetime.now(UTC)
_LATER: Final = _NOW + timedelta(hours=10)


def _account(name: str) -> dict[str, Any]:
    return {
        "id": name, "kind": "natural", "state": "active", "administrator": False, "acct_ver": 1, "aliased": False,
        "region": "", "origin": "self", "sealed_key": None, "person": None, "created_at": _NOW, "last_used_at": _NOW,
    }  # fmt: skip


def _session(account: str) -> dict[str, Any]:
    return {
        "sid": secrets.token_urlsafe(24), "digest": secrets.token_bytes(32), "account": account,
        "proofs": f'[["password","{_NOW.isoformat()}"]]', "acting": None, "cap": 5, "device": "", "network": "",
        "started_at": _NOW, "seen_at": _NOW, "ends_at": _LATER, "stops_at": _LATER, "ended_at": None, "why": "",
    }  # fmt: skip


def _grant(account: str) -> dict[str, Any]:
    return {
        "id": secrets.token_hex(16), "client": "bench", "account": account, "sid": secrets.token_urlsafe(24),
        "sub": account, "scopes": "openid", "context": "{}", "offline": False, "code": secrets.token_bytes(32),
        "code_until": _NOW, "code_used_at": _NOW, "at": _NOW, "revoked_at": None,
    }  # fmt: skip


def _access(_account: str) -> dict[str, Any]:
    return {
        "digest": secrets.token_bytes(32), "grant": secrets.token_hex(16), "client": "bench", "scopes": "openid",
        "audience": "", "key": "", "actor": "", "at": _NOW, "until": _LATER, "revoked_at": None,
    }  # fmt: skip


def _refresh(_account: str) -> dict[str, Any]:
    return {
        "digest": secrets.token_bytes(32), "grant": secrets.token_hex(16), "scopes": "openid", "key": "", "at": _NOW,
        "until": _LATER, "used_at": None, "again": 0,
    }  # fmt: skip
