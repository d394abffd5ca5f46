"""What a production home refuses to start without; a development home starts and `doctor` says the same."""

from dataclasses import dataclass

from trust.keys.ring import Grade
from trust.settings import RefusedInProduction, Settings


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that is fine for development only."""

    code: str
    said: str


def concerns(settings: Settings, grade: Grade) -> tuple[Concern, ...]:
    """Everything about these settings and keys that production refuses, whatever the mode is now."""
    found = []
    if grade is Grade.SOFTWARE and settings.keys.key_file is None:
        found.append(Concern("no-key-file", "software keys need TRUST_KEY_FILE, a file that only its owner reads"))
    if not settings.clock.supervised:
        found.append(Concern("clock-unsupervised", "nothing watches this machine's clock; set [clock] supervised"))
    return tuple(found)


def insist(settings: Settings, grade: Grade) -> None:
    """Let a development home pass, and a production home without concerns.

    Raises:
        RefusedInProduction: the message names every concern.
    """
    found = concerns(settings, grade)
    if settings.production and found:
        raise RefusedInProduction("; ".join(concern.said for concern in found))
