"""Files for their owner alone: created whole and once, refused when others may read them."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from trust.keys.errors import KeyFileUnusable

MAX_BYTES: Final = 64 << 10


def create_whole(path: Path, data: bytes) -> bool:
    """Create a file with mode 0600, durably, unless the name is taken; returns whether it was created.

    The name appears with all the bytes or not at all, whoever else tries at the same time.
    """
    make_private_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)  # unlike rename it never replaces
    except FileExistsError:
        return False
    finally:
        with suppress(OSError):
            temporary.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def make_private_folder(folder: Path) -> None:
    """Make a folder, and the folders above it that are missing, for their owner alone."""
    for each in (*reversed(folder.parents), folder):
        each.mkdir(exist_ok=True, mode=0o700)


def read_private(path: Path) -> bytes:
    """Return the bytes of a file that only its owner may read.

    Raises:
        KeyFileUnusable: missing, not a plain file, readable by others, or too large.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise KeyFileUnusable(f"{path} is not a file")
            if status.st_mode & 0o077:
                raise KeyFileUnusable(f"{path} is open to others; set its mode to 0600")
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise KeyFileUnusable(f"{path}: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise KeyFileUnusable(f"{path} is larger than a key")
    return data
