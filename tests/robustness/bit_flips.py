"""Flip every bit of the members that make a sealed document, and collect the flips that nobody notices.

Run `python -m tests.robustness.bit_flips FILE.ofd --anchors root.pem` for a sealed file of any size.
"""

import argparse
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from certs import certificate
from seal.ofd.package import open_package
from seal.report import DocumentReport, Indication
from seal.verification import examine
from tests.support import ofd
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence

MEMBERS = ("SignedValue.dat", "Signature.xml", "OFD.xml")


def unnoticed(
    document: bytes, anchors: Anchors, at: datetime, member: str, *, step: int = 1, first: int = 0
) -> Iterator[int]:
    """Yield the places of those bits of a member whose flip leaves the document passed without a further remark."""
    members = dict(open_package(document).members)
    (path,) = (one for one in members if one.endswith(f"/{member}"))
    data = members[path]
    remarks = _remarks(examine(document, anchors, Evidence(), at))
    for place in range(first, len(data) * 8, step):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        changed = ofd.zipped({**members, path: bytes(flipped)}, method=0)
        report = examine(changed, anchors, Evidence(), at)
        if report.indication is Indication.TOTAL_PASSED and _remarks(report) <= remarks:
            yield place


def _remarks(report: DocumentReport) -> frozenset[str]:
    return report.remarks.union(*(one.remarks for one in report.signatures))


def main(arguments: Iterable[str] | None = None) -> int:
    """Flip every bit of a file's members and print what nobody noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--anchors", type=Path, required=True)
    parser.add_argument("--step", type=int, default=1, help="flip every step-th bit only")
    given = parser.parse_args(None if arguments is None else list(arguments))
    anchors = Anchors.of_certificates(certificate.all_from_pem(given.anchors.read_bytes()))
    document, at, count = given.file.read_bytes(), datetime.now(UTC), 0
    if examine(document, anchors, Evidence(), at).indication is not Indication.TOTAL_PASSED:
        parser.error("the file does not pass as it is")
    for member in MEMBERS:
        for place in unnoticed(document, anchors, at, member, step=given.step):
            print(f"{member}: bit {place} is not noticed")  # noqa: T201 - the answer of this program
            count += 1
    print(f"{count} flips are not noticed")  # noqa: T201 - the answer of this program
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())
