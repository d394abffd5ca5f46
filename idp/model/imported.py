"""A user of an older system (存量用户) as a row of its file tells, and how far this one has come over."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final, Self

from idp.model.old_hash import OldHash
from trust.errors import TrustError
from trust.values.assurance import Rank
from trust.values.person import PersonNumber, Phone

COLUMNS: Final = ("old_id", "username", "hash", "name", "number", "number_digest", "phone", "level")
MAX_CELL: Final = 200
MOST_FROM_IMPORT: Final = Rank(2)  # an older system's word shows no more than a real name
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
SOURCE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)


class ImportState(Enum):
    """How far a user of an older system has come over."""

    IMPORTED = "imported"
    CLAIMED = "claimed"  # signed in with the old name, and has an account of this system now
    MERGED = "merged"  # the owner took it over into an account that was there already
    CONFLICT = "conflict"  # an account with the same number is there already
    STALE = "stale"  # the owner of that account says it is somebody else's, or nobody came


class RowFault(ValueError):
    """A row that cannot be taken; the message names the column and the reason, never a value."""


@dataclass(frozen=True, slots=True, repr=False)
class ImportedRow:
    """What a row tells; kept as one encrypted cell."""

    old_id: str
    username: str
    hash: str
    name: str = ""
    number: str = ""
    number_digest: str = ""
    phone: str = ""
    level: str = ""

    @classmethod
    def parse(cls, said: Mapping[str, str]) -> Self:
        """Read one row.

        Raises:
            RowFault: a column is missing, too long, or not what it should be.
        """
        cells = {name: said.get(name, "").strip() for name in COLUMNS}
        for name, value in cells.items():
            if len(value) > (MAX_CELL if name != "hash" else 2 * MAX_CELL) or not value.isprintable():
                raise RowFault(f"{name}: too long, or with signs that are no text")
        for name in ("old_id", "username", "hash"):
            if not cells[name]:
                raise RowFault(f"{name}: missing")
        if OldHash.find(cells["hash"]) is None:
            raise RowFault("hash: of a kind that cannot be checked")
        if cells["number_digest"] and not _DIGEST.fullmatch(cells["number_digest"]):
            raise RowFault("number_digest: 64 hexadecimal digits")
        for name, kind in (("number", PersonNumber), ("phone", Phone)):
            if cells[name]:
                try:
                    kind.parse(cells[name])
                except TrustError:
                    raise RowFault(f"{name}: not one") from None
        return cls(**cells)

    def encode(self) -> str:
        """Return JSON of what is not empty."""
        said = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read what `encode` wrote."""
        return cls(**json.loads(text))

    def __repr__(self) -> str:
        return "ImportedRow(…)"


@dataclass(frozen=True, slots=True)
class ImportedUser:
    """A row as it is recorded."""

    source: str
    old: bytes = field(repr=False)  # blind index of its id there
    row: ImportedRow
    state: ImportState
    rank: Rank
    account: str | None
    at: datetime


def check_header(header: Sequence[str] | None) -> None:
    """Check the first line of a file.

    Raises:
        RowFault: columns are missing, unknown or repeated.
    """
    names = [one.strip() for one in header or ()]
    if sorted(names) != sorted(COLUMNS):
        raise RowFault(f"the first line names the columns {', '.join(COLUMNS)}, in any order")
