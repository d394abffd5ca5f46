"""The `trustctl` command: finds one verb in the entry-point table `trust.commands` and loads only that verb's module."""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from typing import NoReturn, cast

import click

from trust.commands import exits
from trust.errors import Kind, describe

TABLE = "trust.commands"


class Verbs(click.Group):
    """A group whose members are rows of the entry-point table: names of one word, or `group verb`."""

    def __init__(self, table: Mapping[str, EntryPoint], prefix: str = "", help: str | None = None) -> None:  # noqa: A002 -- click's name
        super().__init__(name=prefix.strip() or None, help=help, no_args_is_help=True)
        self.table = table
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted({name.removeprefix(self.prefix).split(" ")[0] for name in self.table})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        full = self.prefix + cmd_name
        if full in self.table:
            return cast("click.Command", self.table[full].load())
        within = {name: entry for name, entry in self.table.items() if name.startswith(full + " ")}
        if not within:
            return None
        package = next(iter(within.values())).module.split(".")[0]
        return Verbs(within, prefix=full + " ", help=summary(package))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a verb, the first of its docstring, read without running its module."""
        rows = []
        for name in self.list_commands(ctx):
            full = self.prefix + name
            if full in self.table:
                rows.append((name, summary(self.table[full].module, self.table[full].attr)))
            else:
                verbs = sorted(row.removeprefix(full + " ") for row in self.table if row.startswith(full + " "))
                rows.append((name, " · ".join(verbs)))
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def summary(module: str, name: str = "") -> str:
    """The first line of a function's docstring, else of its module's, read from the source.

    Nothing of the module is run; the packages around it are imported, and they hold docstrings alone.
    """
    import ast

    spec = find_spec(module)
    get_source = getattr(spec.loader, "get_source", None) if spec else None
    source = get_source(module) if get_source else None
    if not source:
        return ""
    tree = ast.parse(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    words = next(filter(None, map(ast.get_docstring, [*functions, tree])), "")
    return words.partition("\n")[0]


def root() -> Verbs:
    """The whole tree of verbs, none of them loaded."""
    table = {entry.name: entry for entry in entry_points(group=TABLE)}
    return Verbs(table, help="The trust infrastructure of a province: authority, seals, licences.")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code; every planned error becomes one readable line."""
    try:
        answer = root().main(arguments, prog_name="trustctl", standalone_mode=False)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show()
        return exits.USAGE
    except (click.Abort, KeyboardInterrupt):
        return exits.INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`| head`): not a fault, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.DONE
    except Exception as error:  # noqa: BLE001 -- the last edge: whatever happened becomes a line and a code
        return complain(error)
    return answer if isinstance(answer, int) else exits.DONE


def complain(error: Exception) -> int:
    """Say an error in one line on standard error and answer the exit code of its kind."""
    described = describe(error)
    if isinstance(error, ImportError) and error.name:
        click.echo(
            f"trustctl: this command needs {error.name!r}; install the extra: pip install 'province-trust[server]'",
            err=True,
        )
        return exits.UNAVAILABLE
    if described.kind is Kind.INTERNAL and os.environ.get("TRUST_DEBUG"):
        raise error
    if isinstance(error, OSError) and error.filename and error.strerror:
        click.echo(f"trustctl: {error.filename}: {error.strerror} [file-unusable]", err=True)
        return exits.UNAVAILABLE
    said = " ".join(described.message.split())
    if described.kind is Kind.INTERNAL:
        said = f"{said} ({type(error).__name__}); TRUST_DEBUG=1 shows where"
    click.echo(f"trustctl: {said} [{described.code}]", err=True)
    return exits.OF_KIND[described.kind]


def main() -> NoReturn:
    """The console script."""
    sys.exit(run())
