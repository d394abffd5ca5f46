"""Take over the users of an older system from its file: streamed, by groups, and from where a broken run stopped."""

import csv
import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from idp.errors_ties import ImportMalformed
from idp.model.imported import MOST_FROM_IMPORT, SOURCE, ImportedRow, RowFault, check_header
from idp.model.ladder import Ladder
from idp.storage.conflicts import Conflict, Conflicts
from idp.storage.imports import ImportedUsers, Run
from idp.storage.levels import Levels
from idp.storage.persons import Vault
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank
from trust.values.principal import Principal

MAX_FILE: Final = 1 << 30
MAX_LINE: Final = 8_192
GROUP: Final = 1_000
_BLOCK: Final = 1 << 20

Read = tuple[int, ImportedRow | RowFault]  # with the number of the row, the first after the header being 1
OnFault = Callable[[int, str], None]  # the number of a row and why it was left out


@dataclass(frozen=True, slots=True)
class ImportUsers:
    """Read a file of users; each waits under the old name until its owner signs in."""

    new_work: NewWork
    clock: Clock
    vault: Vault

    def __call__(self, file: Path, source: str, on_fault: OnFault, by: Principal) -> Run:
        """Return how many rows were read, and how many of them left out.

        A file that was taken in already is not read again; one whose run broke off goes on after its last group.

        Args:
            file: CSV in UTF-8, the first line naming the columns.
            source: name of the older system.
            on_fault: told of every row that is left out.
            by: who imports.

        Raises:
            ImportMalformed: no such columns, too large, or a name that is none.
        """
        if not SOURCE.fullmatch(source):
            raise ImportMalformed("source: small letters, digits and hyphens, up to 32")
        if file.stat().st_size > MAX_FILE:
            raise ImportMalformed(f"the file is larger than {MAX_FILE} bytes")
        with file.open("rb") as opened:
            digest = _digest(opened)
            opened.seek(0)
            rows = _rows(opened)
            with self.new_work() as work:
                name, at = secrets.token_hex(16), self.clock.now()
                run = ImportedUsers(work.db, self.vault).run(name, source, digest, str(by), at)
                ladder = Levels(work.db).ladder()
                if run.id == name:
                    facts = {"source": source, "file": digest.hex()}
                    work.journal.append("import-begun", f"import/{name}", str(by), facts)
            if run.finished_at is not None:
                return run
            rows = islice(rows, run.rows, None)
            while group := list(islice(rows, GROUP)):
                run = self._take(run, source, group, ladder, on_fault)
            with self.new_work() as work:
                run = replace(run, finished_at=self.clock.now())
                ImportedUsers(work.db, self.vault).progress(run)
                facts = {"rows": str(run.rows), "faults": str(run.faults)}
                work.journal.append("import-finished", f"import/{run.id}", str(by), facts)
        return run

    def _take(self, run: Run, source: str, group: list[Read], ladder: Ladder, on_fault: OnFault) -> Run:
        at = self.clock.now()
        faults = [(number, str(row)) for number, row in group if isinstance(row, RowFault)]
        first: dict[str, tuple[int, ImportedRow]] = {}
        for number, row in group:
            if isinstance(row, ImportedRow) and first.setdefault(row.old_id, (number, row))[0] != number:
                faults.append((number, "old_id: repeated"))
        with self.new_work() as work:
            users = ImportedUsers(work.db, self.vault)
            owners = users.owners([row.number for _, row in first.values() if row.number])
            told = [(row, self._rank(ladder, source, row), owners.get(row.number)) for _, row in first.values()]
            new = users.add_all(source, run.id, told, at) if told else frozenset()
            faults += [(number, "old_id: repeated") for name, (number, _) in first.items() if name not in new]
            Conflicts(work.db).add_all(
                [
                    Conflict("", owner, at, source, self.vault.write_index("idp-old-id", f"{source}\0{row.old_id}"))
                    for row, _, owner in told
                    if owner is not None and row.old_id in new
                ]
            )
            run = replace(run, rows=run.rows + len(group), faults=run.faults + len(faults))
            users.progress(run)
        for number, why in sorted(faults):
            on_fault(number, why)
        return run

    def _rank(self, ladder: Ladder, source: str, row: ImportedRow) -> Rank:
        """What the older system's level is worth: nothing that nobody mapped, and never more than a real name."""
        return min(ladder.foreign(source, row.level, self.clock.now()), MOST_FROM_IMPORT) if row.level else Rank(0)


def _digest(opened: BinaryIO) -> bytes:
    hashed = hashlib.sha256()
    while block := opened.read(_BLOCK):
        hashed.update(block)
    return hashed.digest()


def _rows(opened: BinaryIO) -> Iterator[Read]:
    """Yield the rows with their numbers; what cannot be read is a fault of its row alone."""
    reader = csv.reader(_lines(opened))
    try:
        header = next(reader, None)
        check_header(header)
    except (RowFault, csv.Error) as wrong:
        raise ImportMalformed(str(wrong)) from wrong
    names = [one.strip() for one in header or ()]
    return _read(reader, names)


def _read(reader: "Iterator[list[str]]", names: list[str]) -> Iterator[Read]:
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
            yield number, _row(cells, names)
        except StopIteration:
            return
        except RowFault as wrong:
            yield number, wrong
        except csv.Error:
            yield number, RowFault("not CSV")


def _row(cells: list[str], names: list[str]) -> ImportedRow:
    if len(cells) != len(names) or "\ufffd" in "".join(cells):
        raise RowFault("not as many cells as columns, or not UTF-8")
    return ImportedRow.parse(dict(zip(names, cells, strict=True)))


def _lines(opened: BinaryIO) -> Iterator[str]:
    """Yield lines of bounded length; of a longer one the rest is left out, and its row fails for it."""
    first = True
    while line := opened.readline(MAX_LINE):
        if not line.endswith(b"\n") and len(line) == MAX_LINE:
            while (rest := opened.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
            line = b"\xff\n"
        yield line.decode("utf-8-sig" if first else "utf-8", "replace")
        first = False
