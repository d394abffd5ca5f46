"""Verify licence files, offline: six verdicts and one word for each, from pinned keys and signed registries."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from licence.commands.duration import Duration
from licence.verdicts import Overall
from licence.verification import LicenceReport, examine
from licence.words import lines
from seal.report import Indication
from trust.commands import exits
from trust.commands.inputs import Instant, existing, expand, read_bounded, worst
from trust.commands.options import Language, answer, json_option, lang_option, watched
from trust.recognition.anchors import Anchors
from trust.recognition.errors import RegistryExpired
from trust.recognition.evidence import Evidence
from trust.recognition.trusted_set import TrustedSet

SUFFIXES: Final = frozenset({".ofd"})
_EXIT_OF: Final = {Overall.REJECTED: exits.NEGATIVE, Overall.INDETERMINATE: exits.INDETERMINATE}


@click.command(epilog="Example: trustctl licence verify permit.ofd --root root.json --registry 440000.json")
@click.argument("files", nargs=-1, required=True, type=existing(folders=True))
@click.option("--root", required=True, type=existing(), help="The root file: whose registries are read.")
@click.option("--registry", "registries", multiple=True, type=existing(), help="The registry of a region; repeatable.")
@click.option("--at", type=Instant(), help="Judge as of this instant instead of now.")
@click.option("--max-age", type=Duration(), help="How old the proof of being in force may be: 24h, 30d.")
@json_option
@lang_option
def command(
    files: tuple[Path, ...],
    root: Path,
    registries: tuple[Path, ...],
    at: datetime | None,
    max_age: timedelta | None,
    *,
    as_json: bool,
    lang: Language,
) -> int:
    """Verify licence files; of folders, every OFD in them.

    Exit status of the worst file: 0 accepted, or accepted as of an instant, 1 rejected, 3 indeterminate, 4 no seal
    found.
    """
    now = datetime.now(UTC)
    judged_at = at or now
    anchors = _anchors(root, registries, judged_at, now)
    statuses = set()
    for path in watched(list(expand(files, SUFFIXES)), "verified"):
        data = read_bounded(path)
        if data is None:
            raise click.FileError(str(path), "larger than anything that is examined")
        report = examine(data, anchors, Evidence(), judged_at, max_age=max_age)
        statuses.add(_status(report))
        if as_json:
            answer({"file": str(path), **report.to_json()})
        else:
            first, *rest = lines(report, chinese=lang == "zh")
            click.echo("\n".join((f"{path}: {first}", *rest)))
    return worst(statuses)


def _anchors(root: Path, registries: Sequence[Path], at: datetime, now: datetime) -> Anchors:
    """Whom root and registries let us accept; a registry that has run out is named and left out."""
    trusted = TrustedSet.load(root.read_bytes())
    for registry in registries:
        try:
            trusted = trusted.update(registry.read_bytes(), at, read_at=now)
        except RegistryExpired as expired:
            click.echo(f"trustctl: {registry}: {expired} [{expired.code}]", err=True)
    return trusted.anchors(at)


def _status(report: LicenceReport) -> int:
    if report.report.indication is Indication.NO_SIGNATURE_FOUND:
        return exits.NO_SIGNATURE
    return _EXIT_OF.get(report.overall, exits.DONE)
