"""Durations as people type them."""

import re
from datetime import timedelta
from typing import Any, Final

import click

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FORM: Final = re.compile(r"([0-9]{1,6})([smhdw])")


class Duration(click.ParamType[timedelta]):
    """A whole number and a unit: `90s`, `15m`, `24h`, `30d`, `4w`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the duration, or fail as a usage error."""
        if isinstance(value, timedelta):
            return value
        match = _FORM.fullmatch(value)
        if match is None:
            self.fail(f"{value!r} is no duration like 24h or 30d", param, ctx)
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
