"""Where verifiers fetch our registry: the newest file of the region and the root file, under names that stay."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trust.errors import Kind, TrustError
from trust.values.region import Area

ROOT_NAME: Final = "root.json"


class RegistryFolderUnusable(TrustError):
    """The disk refuses to keep or to give a file."""

    kind, code = Kind.UNAVAILABLE, "registry-folder-unusable"


@dataclass(frozen=True, slots=True)
class RegistryFolder:
    """A folder of a home, `registry/`; everything in it is public and can be written again from the object store."""

    folder: Path

    def registry_path(self, region: Area) -> Path:
        return self.folder / f"{region}.json"

    @property
    def root_path(self) -> Path:
        return self.folder / ROOT_NAME

    def find(self, name: str) -> bytes | None:
        """The file that is served under a name; None when there is none."""
        if name != ROOT_NAME and not (
            len(name) == 11 and name[:6].isascii() and name[:6].isdigit() and name[6:] == ".json"
        ):
            return None
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise RegistryFolderUnusable(f"{name} cannot be read") from exc

    def place_registry(self, region: Area, file: bytes) -> None:
        """Put the newest registry in its place; readers see the old file or the new one, never a part."""
        self._place(self.registry_path(region), file)

    def place_root(self, file: bytes) -> None:
        """Put the root file in its place."""
        self._place(self.root_path, file)

    def _place(self, path: Path, data: bytes) -> None:
        try:
            if path.is_file() and path.read_bytes() == data:
                return
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o755)
            temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            try:
                with temporary.open("xb") as out:
                    out.write(data)
                    out.flush()
                    os.fsync(out.fileno())
                temporary.replace(path)
            except BaseException:
                with suppress(OSError):
                    temporary.unlink()
                raise
        except OSError as exc:
            raise RegistryFolderUnusable(f"{path.name} cannot be kept") from exc
