"""Verify seals and sealed files, offline: the files, what is given and the instant decide, and nothing else."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from certs import certificate, crl
from certs.certificate import Certificate
from certs.errors import CertsError
from seal.report import DocumentReport, Indication, Profile
from seal.report_json import to_json
from seal.report_words import lines
from seal.verification import examine
from trust.commands import exits
from trust.commands.inputs import Instant, existing, expand, read_bounded, worst
from trust.commands.options import Language, answer, json_option, lang_option, watched
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence

SUFFIXES: Final = frozenset({".ofd", ".pdf", ".esl"})
EXIT_OF: Final[Mapping[Indication, int]] = {
    Indication.TOTAL_PASSED: exits.DONE,
    Indication.INDETERMINATE: exits.INDETERMINATE,
    Indication.TOTAL_FAILED: exits.NEGATIVE,
    Indication.NO_SIGNATURE_FOUND: exits.NO_SIGNATURE,
}


@click.command()
@click.argument("files", nargs=-1, required=True, type=existing(folders=True))
@click.option("--anchors", multiple=True, type=existing(), help="Certificates to trust for every purpose, PEM.")
@click.option("--crl", "lists", multiple=True, type=existing(), help="A revocation list, DER or PEM.")
@click.option("--at", type=Instant(), help="Judge as of this instant instead of now.")
@click.option(
    "--profile",
    type=click.Choice([one.value for one in Profile]),
    default=Profile.INTEROP.value,
    show_default=True,
    help="How deviations from the standard are met.",
)
@click.option("--original", type=existing(), help="What a seal value given alone is about.")
@json_option
@lang_option
def command(
    files: tuple[Path, ...],
    anchors: tuple[Path, ...],
    lists: tuple[Path, ...],
    at: datetime | None,
    profile: str,
    original: Path | None,
    *,
    as_json: bool,
    lang: Language,
) -> int:
    """Verify sealed documents, seals and signature values; of folders, every OFD, PDF and .esl in them.

    Exit status of the worst file: 0 passed, 1 failed, 3 indeterminate, 4 no signature found.

    Example: trustctl seal verify notice.ofd --anchors root.pem
    """
    accepted, given = _anchors(anchors), Evidence(crls=_lists(lists))
    judged_at = at or datetime.now(UTC)
    statuses = set()
    for path in watched(list(expand(files, SUFFIXES)), "verified"):
        beside = original or path.with_name(path.name.split(".")[0] + ".Signature.xml")
        about = beside.read_bytes() if path.suffix != ".ofd" and beside.is_file() else None
        data = read_bounded(path)
        if data is None:
            raise click.FileError(str(path), "larger than anything that is examined")
        report = examine(data, accepted, given, judged_at, Profile(profile), original=about)
        statuses.add(EXIT_OF[report.indication])
        _say(path, report, as_json=as_json, lang=lang)
    return worst(statuses)


def _say(path: Path, report: DocumentReport, *, as_json: bool, lang: Language) -> None:
    if as_json:
        members: dict[str, Any] = {"file": str(path), **to_json(report)}
        answer(members)
        return
    first, *rest = lines(report, chinese=lang == "zh")
    click.echo(f"{path}: {first}")
    for line in rest:
        click.echo(line)


def _anchors(paths: tuple[Path, ...]) -> Anchors:
    found: list[Certificate] = []
    for path in paths:
        data = path.read_bytes()
        try:
            found.extend(certificate.all_from_pem(data) if b"-----BEGIN" in data else [certificate.read(data)])
        except CertsError as wrong:
            raise click.BadParameter(f"{path}: {wrong}", param_hint="--anchors") from wrong
    return Anchors.of_certificates(found)


def _lists(paths: tuple[Path, ...]) -> tuple[bytes, ...]:
    found = []
    for path in paths:
        data = path.read_bytes()
        try:
            found.append((crl.from_pem(data) if b"-----BEGIN" in data else crl.read(data)).der)
        except CertsError as wrong:
            raise click.BadParameter(f"{path}: {wrong}", param_hint="--crl") from wrong
    return tuple(found)
