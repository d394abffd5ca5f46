"""The import contracts hold, rooms are private, and no module wakes what it does not need."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("certs", "trust", "pki", "seal", "licence", "idp")
PRIVATE_ROOMS = ("usecases", "storage", "web", "model")
SERVICES = ("pki", "seal", "licence", "idp")


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in sorted((ROOT / package).rglob("*.py")))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import():
                yield from (each.name for each in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
                yield from (f"{module}.{each.name}" for each in node.names)


def test_the_import_contracts_hold() -> None:
    # Not the console script: the environment's bin folder need not be on the path.
    code = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_rooms_are_private_to_their_package() -> None:
    rooms = {f"{service}.{room}" for service in SERVICES for room in PRIVATE_ROOMS}
    trespassers = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules()
        for name in imported(path)
        if ".".join(name.split(".")[:2]) in rooms and name.split(".")[0] != path.relative_to(ROOT).parts[0]
    ]
    assert not trespassers


@pytest.mark.parametrize(
    "path", [path for path in modules() if path.name == "__init__.py"], ids=lambda p: str(p.parent.relative_to(ROOT))
)
def test_a_package_file_holds_its_docstring_alone(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1, "importing a verifier must never wake a database"


def test_every_file_says_its_idea_and_stays_readable() -> None:
    wordless = [str(p.relative_to(ROOT)) for p in modules() if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    long = [str(p.relative_to(ROOT)) for p in modules() if len(p.read_text("utf-8").splitlines()) > 420]
    assert not wordless
    assert not long
