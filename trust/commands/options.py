"""Options that verbs share: where the home is, in which language to answer, and whether as JSON."""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import click

Language = Literal["zh", "en"]
F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
PATIENCE_SECONDS: Final = 1.0  # before a watcher is told how far a command is

home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var"),
    envvar="TRUST_HOME",
    show_default=True,
    show_envvar=True,
    help="The folder of settings, keys, tables and files.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object a line.")


def language(environ: Mapping[str, str] = os.environ) -> Language:
    """The language the environment asks for; Chinese unless it names another one.

    `C` and `POSIX` say nothing about language, so they count as unsaid.
    """
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        said = environ.get(variable, "").split(".")[0].split("_")[0].lower()
        if said and said not in ("c", "posix"):
            return "zh" if said == "zh" else "en"
    return "zh"


def lang_option(command: F) -> F:
    """`--lang zh|en`, else what `LC_ALL`, `LC_MESSAGES` or `LANG` say; the parameter is called `lang`."""
    return click.option(
        "--lang", type=click.Choice(["zh", "en"]), default=language, help="Language of the answer.", show_default="LANG"
    )(command)


def answer(value: Mapping[str, Any]) -> None:
    """Write one JSON object as one line."""
    click.echo(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def progress(label: str, done: int, total: int) -> None:
    """Keep one line on standard error current while a long command works; silent where nobody watches."""
    if sys.stderr.isatty():
        click.echo(f"\r{label} {done}/{total}", nl=done == total, err=True)


def watched(items: Sequence[T], label: str) -> Iterator[T]:
    """Yield the items of a long command, and say how far it is once it has lasted longer than people wait in silence."""
    begun = time.monotonic()
    for done, item in enumerate(items, 1):
        yield item
        if len(items) > 1 and time.monotonic() - begun > PATIENCE_SECONDS:
            progress(label, done, len(items))


def labelled(label: str, value: str) -> str:
    """A line of what was told; a command stands on a line of its own, so that the whole line can be copied."""
    said = copyable(value)
    return f"  {label}:\n    {said}" if value.startswith("trustctl ") else f"  {label}: {said}"


def copyable(value: str) -> str:
    """A command as this person can run it: `trustctl` by the path it was started by, where no search path leads to it."""
    name, _, rest = value.partition(" ")
    started = sys.argv[0]
    if name != "trustctl" or Path(started).name != name or shutil.which(name) is not None:
        return value
    return f"{started} {rest}"
