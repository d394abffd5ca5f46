"""What `doctor` finds, line by line: a broken part becomes a line, and the rest is still examined."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from certs.errors import CertsError
from certs.sm import providers, selftest
from trust import checks, host, modes
from trust.errors import TrustError, describe
from trust.home import GRADE, open_floor
from trust.readiness import examine as ask
from trust.settings import Settings

State = Literal["well", "remark", "wrong"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at."""

    what: str
    state: State
    said: str = ""
    zh: str = ""  # the same in Chinese, where it is a sentence


def examine(home: Path) -> list[Line]:
    """Everything there is to say about this machine and this home."""
    with suppress(TrustError, CertsError):  # said again, and in full, where the home is examined
        rules = Settings.load(home, host.installed()).sm2
        providers.configure(forbid=frozenset(rules.forbid), python_may_sign=rules.python_may_sign)
    return [*_machine(), *_home(home)]


def _machine() -> Iterator[Line]:
    report = providers.report()
    refused = "; ".join(f"{each.name}: {each.reason}" for each in report.refused)
    if not report.name:
        yield Line("sm2", "wrong", f"no provider; {refused}")
        return
    said = f"{report.name}: {report.build}, {report.compiler}" + (f"; {refused}" if refused else "")
    yield Line("sm2", "well" if report.signs else "wrong", said if report.signs else f"{said}; verifies, may not sign")
    try:
        selftest.cross_check(providers.verifying())
    except CertsError as error:
        yield Line("cross-check", "wrong", str(error))
    else:
        yield Line("cross-check", "well", "gmssl agrees")


def _home(home: Path) -> Iterator[Line]:
    try:
        settings = Settings.load(home, host.installed())
    except TrustError as error:
        yield Line("settings", "wrong", str(error))
        return
    yield Line("settings", "well", str(settings.home))
    concerns = modes.concerns(settings, GRADE)
    yield Line("mode", "well", settings.mode.value)
    for concern in concerns:
        yield Line("production", "wrong" if settings.production else "remark", concern.en, concern.zh)
    try:
        floor = open_floor(settings, check_schema=False)
    except TrustError as error:
        yield Line("home", "wrong", f"{error} [{error.code}]")
        return
    try:
        asked = [check for check in checks.of_floor(floor, sequenced=False) if check.name != "sm2"]  # said already
        try:
            built = host.Host.build(floor, host.load())
            asked += [check for service in built.services.values() for check in service.checks]
        except Exception as error:  # noqa: BLE001 -- a service that cannot be built is a finding
            yield Line("services", "wrong", describe(error).message)
        for outcome in ask(asked):
            yield Line(outcome.name, "well" if outcome.well else "wrong", outcome.said)
    finally:
        floor.database.close()
