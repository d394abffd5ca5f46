"""Everything the entry-point tables name is there, loads, and is what its table promises."""

import importlib
import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

from trust import cli
from trust.plugin import Plugin
from trust.values.credit_code import CreditCode

ROOT = Path(__file__).parents[2]
# Read from the file: what is installed may be older than the working tree.
TABLES: dict[str, dict[str, str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
COMMANDS, SERVICES, SEEDS = TABLES["trust.commands"], TABLES["trust.services"], TABLES["trust.demonstration"]


def load(address: str) -> Any:
    module, _, name = address.partition(":")
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_verb_loads_and_helps_with_an_example(name: str) -> None:
    command = load(COMMANDS[name])
    assert isinstance(command, click.Command)
    assert command.help
    told = f"{command.help} {command.epilog or ''}"
    assert f"trustctl {name}" in told, "the help shows an example of the verb"
    for code in re.findall(r"--(?:owner|body) (\S+)", told):
        CreditCode.parse(code)
    module, _, function = COMMANDS[name].partition(":")
    assert len(cli.summary(module, function)) > 10
    assert all(option.help for option in command.params if isinstance(option, click.Option)), "every option has help"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_loads_under_its_name_and_knows_what_it_needs(name: str) -> None:
    plugin = load(SERVICES[name])
    assert isinstance(plugin, Plugin)
    assert plugin.name == name
    assert set(plugin.needs) <= set(SERVICES)
    assert plugin.zh
    assert plugin.en


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_a_seed_belongs_to_a_service(name: str) -> None:
    assert name in SERVICES
    assert callable(load(SEEDS[name]))


def test_the_console_script_is_the_loader() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert load(scripts["trustctl"]) is cli.main
