"""Lines of the start page, given by services and seeds without loading the web framework."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """Where it leads, and what it is called in both languages."""

    path: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Told:
    """Something the demonstration made: its name for programs, its value, and what it is called."""

    name: str
    value: str
    zh: str
    en: str
