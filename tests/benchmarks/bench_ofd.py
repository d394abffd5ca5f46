"""OFD packages: written with cached members and with `isal`, against Python's zipfile; opened; prepared for a seal."""

import io
import random
import zipfile
from datetime import UTC, datetime

from isal import isal_zlib

from seal.model.placement import At
from seal.ofd import signing
from seal.ofd.package import open_package
from seal.ofd.signatures_writer import Provider
from seal.ofd.zip_writer import pack, write_archive
from tests.benchmarks.harness import Effort, Row, cpu_per_call
from tests.support.ofd import members

_AT = datetime(2026, 3, 1, tzinfo=UTC)
_PROVIDER = Provider("benchmark", "benchmark", "1")


def run(effort: Effort) -> list[Row]:
    """Measure on a document of one page with a font of 33 KB and a picture of 40 KB."""
    chance = random.Random(1)
    made = members(1) | {
        "/Doc_0/Res/font.ttf": chance.randbytes(33_000),
        "/Doc_0/Res/logo.png": chance.randbytes(40_000),
    }
    kept = [pack(path, data, _fast) for path, data in made.items() if "/Pages/" not in path]
    pages = {path: data for path, data in made.items() if "/Pages/" in path}
    whole = write_archive(pack(path, data) for path, data in made.items())
    package = open_package(whole)
    picture = signing.Picture(chance.randbytes(30_000), 42, 42)
    figures = cpu_per_call(
        {
            "zipfile": lambda: _by_zipfile(made),
            "written with zlib": lambda: write_archive(pack(path, data) for path, data in made.items()),
            "written with isal": lambda: write_archive(pack(path, data, _fast) for path, data in made.items()),
            "written with kept members": lambda: write_archive(
                [*kept, *(pack(path, data, _fast) for path, data in pages.items())]
            ),
            "opened and unpacked": lambda: open_package(whole),
            "prepared for a seal": lambda: signing.prepare(package, picture, [At(1, 9, 9)], at=_AT, provider=_PROVIDER),
        },
        effort,
    )
    base = figures["zipfile"]
    return [
        Row(f"OFD package {what}", f"{cost * 1e3:.3f} ms", cost / base, "zipfile, written")
        for what, cost in figures.items()
        if what != "zipfile"
    ]


def _fast(data: bytes) -> bytes:
    return bytes(isal_zlib.compress(data, 1, -15))


def _by_zipfile(made: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in made.items():
            archive.writestr(path.lstrip("/"), data)
    return file.getvalue()
