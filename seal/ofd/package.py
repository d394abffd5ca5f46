"""A package: the members of an OFD file by absolute path, and what had to be repaired or held against it."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from seal.ofd.check_method import CheckMethod
from seal.ofd.geometry import Box
from seal.ofd.zip_names import normalise
from seal.ofd.zip_reader import Entry, read_archive
from trust.recognition import evidence

ENTRY = "/OFD.xml"
EVIDENCE = "/" + evidence.MEMBER


@dataclass(frozen=True)
class Package:
    """What the ZIP of an OFD file holds.

    Attributes:
        members: content by path; a path starts with `/`, as the references in signature files do.
        entries: the same members as they stand packed in the file.
        duplicates: paths that stand twice, letter case and Unicode form aside. Such a package can be shown in two
            ways, so nothing in it may be called signed, and nothing may be signed in it.
        remarks: deviation codes of the container.
    """

    members: Mapping[str, bytes]
    entries: Mapping[str, Entry]
    duplicates: tuple[str, ...]
    remarks: frozenset[str]

    def __contains__(self, path: str) -> bool:
        return path in self.members

    def __iter__(self) -> Iterator[str]:
        return iter(self.members)

    def digest(self, path: str, method: CheckMethod) -> bytes:
        """Return the digest of a member; it is computed once, however many signatures refer to it."""
        known = self._digests.get((path, method.name))
        if known is None:
            known = self._digests[path, method.name] = method.digest(self.members[path])
        return known

    @cached_property
    def _digests(self) -> dict[tuple[str, str], bytes]:
        return {}

    @cached_property
    def areas(self) -> dict[str, tuple[Box | None, tuple[tuple[str, str], ...]]]:
        """What `document` has learnt of each page file: its own box, and the templates it uses with their Z order.

        Any number of pages may name one file, which must not be read as often.
        """
        return {}

    @cached_property
    def folded(self) -> Mapping[str, str]:
        """The real path for each path without regard to letter case and Unicode form."""
        return {normalise(path): path for path in self.members}


def open_package(data: bytes, *, strict: bool = False) -> Package:
    """Open an OFD file within the limits of `zip_reader` and unpack every member.

    Raises:
        PackageMalformed: the container is not a sane ZIP archive.
        PackageLimitExceeded: it is too large in some respect.
    """
    archive = read_archive(data, strict=strict)
    entries: dict[str, Entry] = {}
    seen: dict[str, str] = {}
    duplicates: list[str] = []
    for entry in archive.entries:
        path = "/" + entry.name
        if seen.setdefault(normalise(path), path) is not path:
            duplicates.append(path)
        entries.setdefault(path, entry)
    members = {path: entry.unpack() for path, entry in entries.items()}
    return Package(MappingProxyType(members), MappingProxyType(entries), tuple(duplicates), archive.remarks)


def join(base: str, location: str) -> str | None:
    """Resolve a location against the folder `base` (absolute, without its last slash); None if it leaves the root.

    Standard:
        GB/T 33190-2016 clause 7.2, ST_Loc: a leading `/` is the package's root.
    """
    joined = location if location.startswith("/") else f"{base}/{location}"
    parts: list[str] = []
    for part in joined.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            if not parts:
                return None
            parts.pop()
        else:
            parts.append(part)
    return "/" + "/".join(parts) if parts else None


def folder(path: str) -> str:
    """Return the folder of a member, without its last slash (empty for the root)."""
    return posixpath.dirname(path).rstrip("/")


@dataclass(frozen=True, slots=True)
class Found:
    """A member that a location leads to, and what had to be forgiven on the way."""

    path: str
    remarks: frozenset[str] = frozenset()


def find(package: Package, location: str, *bases: str) -> Found | None:
    """Find the member a location names: by the rule against the first base, then as products write it.

    The further bases, then the root, are tried with the remark `relative-path-repaired`; another letter case is the
    remark `path-case`, a backslash `path-repaired`.
    """
    remarks: set[str] = set()
    location = location.strip()
    if "\\" in location:
        location = location.replace("\\", "/")
        remarks.add("path-repaired")
    if not location:
        return None
    candidates = [join(base, location) for base in dict.fromkeys((*bases, ""))]
    for by_rule, candidate in zip([True] + [False] * len(candidates), candidates, strict=False):
        if candidate is not None and candidate in package.members:
            repaired = () if by_rule else ("relative-path-repaired",)
            return Found(candidate, frozenset({*remarks, *repaired}))
    for by_rule, candidate in zip([True] + [False] * len(candidates), candidates, strict=False):
        real = None if candidate is None else package.folded.get(normalise(candidate))
        if real is not None:
            repaired = () if by_rule else ("relative-path-repaired",)
            return Found(real, frozenset({*remarks, *repaired, "path-case"}))
    return None
