"""Tell whether this machine and this home can do their work, and what is missing."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trust.commands import exits
from trust.commands.options import Language, answer, home_option, json_option, lang_option

if TYPE_CHECKING:
    from trust.diagnosis import Line

_MARK = {"well": "✓", "remark": "·", "wrong": "✗"}


@click.command(epilog="Example: trustctl doctor --json")
@home_option
@json_option
@lang_option
def command(home: Path, as_json: bool, lang: Language) -> int:
    """Examine SM2 on this machine, then settings, database, keys, clock and journal; exit 1 when one is wrong."""
    from trust import diagnosis

    lines = diagnosis.examine(home)
    wrong = any(line.state == "wrong" for line in lines)
    if as_json:
        answer({"well": not wrong, "found": [{"what": x.what, "state": x.state, "said": x.said} for x in lines]})
    else:
        for line in lines:
            click.echo(_text(line, lang))
    return exits.NEGATIVE if wrong else exits.DONE


_NAMES = {
    "sm2": "SM2 算法", "cross-check": "交叉核对", "settings": "设置", "mode": "运行方式", "production": "生产要求",
    "database": "数据库", "migrations": "数据表", "keys": "密钥", "clock": "时钟", "journal": "日志链", "home": "工作目录",
}  # fmt: skip


def _text(line: "Line", lang: Language) -> str:
    name = _NAMES.get(line.what, line.what) if lang == "zh" else line.what
    said = line.zh if lang == "zh" and line.zh else line.said
    return f"{_MARK[line.state]} {name}: {said}" if said else f"{_MARK[line.state]} {name}"
