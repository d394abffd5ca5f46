"""Files kept by what they are: an object's address is the SM3 digest of its bytes.

A put is durable when it returns: temporary name, file synchronised, renamed, folder synchronised. Every read checks
the digest. Put the object first and commit the row that names it last; a crash between leaves a file nobody names,
which ``sweep`` removes.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from certs.sm import sm3
from trust.storage.errors import AddressMalformed, ObjectAltered, ObjectMissing, StorageUnavailable

_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """Objects in a folder of the local disk, two levels deep: ``ab/abcdef...``."""

    folder: Path

    def put(self, data: bytes) -> str:
        """Keep these bytes and return their address; putting the same bytes again changes nothing.

        Raises:
            StorageUnavailable: the disk refuses; nothing is kept.
        """
        address = sm3.digest(data).hex()
        path = self._path(address)
        try:
            if path.exists() and _intact(path, address):
                os.utime(path)  # a sweep that runs now sees a young file
                _synchronise_folder(path.parent)  # its first writer may not have come so far
                return address
            _make_folder(path.parent)
            _write_durably(path, data)
        except OSError as error:
            raise StorageUnavailable(f"object {address} cannot be kept") from error
        return address

    def get(self, address: str) -> bytes:
        """Return the bytes of this address, checked against it.

        Raises:
            AddressMalformed: not an address.
            ObjectMissing: nothing is kept there.
            ObjectAltered: the bytes on disk are others.
        """
        path = self._path(address)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise ObjectMissing(f"no object {address}") from error
        except OSError as error:
            raise StorageUnavailable(f"object {address} cannot be read") from error
        if sm3.digest(data).hex() != address:
            raise ObjectAltered(f"the bytes of object {address} have changed")
        return data

    def __contains__(self, address: str) -> bool:
        return self._path(address).exists()

    def addresses(self) -> Iterator[str]:
        """Walk the addresses of everything that is kept."""
        for shard in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(path.name for path in shard.iterdir() if not path.name.startswith("."))

    def sweep(self, is_referenced: Callable[[str], bool], before: datetime) -> list[str]:
        """Remove objects last put before the instant that no row names, and leftovers of interrupted puts.

        ``before`` is some 24 hours ago: an object that was just put may be named by a row still to be committed.
        """
        removed = []
        limit = before.timestamp()
        for shard in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(shard.iterdir()):
                if path.stat().st_mtime >= limit:
                    continue
                if path.name.startswith("."):
                    path.unlink()
                elif not is_referenced(path.name):
                    path.unlink()
                    removed.append(path.name)
        return removed

    def _path(self, address: str) -> Path:
        if len(address) != 64 or not _HEX.issuperset(address):
            raise AddressMalformed("an object's address is 64 lower-case hexadecimal digits")
        return self.folder / address[:2] / address


def _intact(path: Path, address: str) -> bool:
    return sm3.digest(path.read_bytes()).hex() == address


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _synchronise_folder(folder.parent)


def _write_durably(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _synchronise_folder(path.parent)


def _synchronise_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
