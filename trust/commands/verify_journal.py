"""Examine the whole journal: every entry, the tree over them and the signed heads."""

from pathlib import Path

import click

from trust.commands import exits
from trust.commands.options import Language, answer, home_option, json_option, lang_option, progress

MAX_FLAWS_SAID = 20


@click.command(epilog="Example: trustctl verify-journal --home var")
@home_option
@json_option
@lang_option
def command(home: Path, as_json: bool, lang: Language) -> int:
    """Examine the journal beside a working service; exit 1 names the first entry that is not as it was written.

    Entries that still wait for their number are counted, not examined: a server numbers them within a second.
    """
    from trust import host, sequencing
    from trust.home import open_floor
    from trust.settings import Settings

    floor = open_floor(Settings.load(home, host.installed()))
    try:
        label = "核对日志" if lang == "zh" else "examining the journal"
        report = sequencing.examiner(floor)(lambda done, total: progress(label, done, total))
    finally:
        floor.database.close()
    if as_json:
        flaws = [{"index": flaw.index, "fault": flaw.fault.value, "detail": flaw.detail} for flaw in report.flaws]
        answer(
            {
                "intact": report.intact,
                "size": report.size,
                "waiting": report.waiting,
                "heads": report.heads,
                "first_bad": report.first_bad,
                "flaws": flaws,
            }
        )
        return exits.DONE if report.intact else exits.NEGATIVE
    if lang == "zh":
        click.echo(f"条目 {report.size}，待编号 {report.waiting}，签名树头 {report.heads}")
        click.echo("日志完整" if report.intact else f"日志已被改动，首个错误条目：{report.first_bad}")
    else:
        click.echo(f"{report.size} entries, {report.waiting} wait for a number, {report.heads} signed heads")
        click.echo(
            "the journal is intact"
            if report.intact
            else f"the journal was altered; first bad entry: {report.first_bad}"
        )
    for flaw in report.flaws[:MAX_FLAWS_SAID]:
        click.echo(f"  {flaw.index}: {flaw.fault.value} {flaw.detail}".rstrip())
    return exits.DONE if report.intact else exits.NEGATIVE
