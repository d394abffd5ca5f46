"""What the demonstration made, kept beside the home so that the start page can show it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from trust.web.links import Told

FILE_NAME: Final = "demonstration.json"


def save(home: Path, told: Sequence[Told]) -> None:
    """Replace the file as a whole when it says something else than before."""
    path, text = home / FILE_NAME, json.dumps([asdict(each) for each in told], ensure_ascii=False, indent=1) + "\n"
    if path.exists() and path.read_text("utf-8") == text:
        return
    temporary = path.with_suffix(".new")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)


def load(home: Path) -> tuple[Told, ...]:
    """What was told, nothing where there was no demonstration or the file is not ours any more."""
    try:
        return tuple(Told(**each) for each in json.loads((home / FILE_NAME).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return ()
