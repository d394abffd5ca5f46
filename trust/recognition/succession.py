"""The next version of a registry: the one that is known, with drafts laid over it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from trust.recognition.errors import RegistryHistoryRewritten
from trust.recognition.registry import Entry, Registry, contradictions
from trust.recognition.trusted_set import Adopted
from trust.values.region import Area


def first(region: Area, drafts: Iterable[Entry], at: datetime, life: timedelta) -> Registry:
    """The first version of a region's registry.

    Args:
        region: whose it is.
        drafts: its entries; of several with one id the last counts.
        at: when it is issued; parts of a second are cut off.
        life: until when the next one is due.
    """
    issued_at = at.replace(microsecond=0)
    return Registry(region, 1, issued_at, issued_at + life, None, _laid_over((), drafts))


def following(known: Adopted, drafts: Iterable[Entry], at: datetime, life: timedelta) -> Registry:
    """The version after the one that is known.

    Raises:
        RegistryHistoryRewritten: a draft takes back what was published; the message names the entry.
    """
    before = known.registry
    issued_at = max(at.replace(microsecond=0), before.issued_at)
    entries = _laid_over(before.entries, drafts)
    registry = Registry(before.region, before.version + 1, issued_at, issued_at + life, known.digest, entries)
    taken_back = next(contradictions(before, registry), None)
    if taken_back is not None:
        raise RegistryHistoryRewritten(taken_back)
    return registry


def _laid_over(entries: Iterable[Entry], drafts: Iterable[Entry]) -> tuple[Entry, ...]:
    by_id = {entry.id: entry for entry in (*entries, *drafts)}
    return tuple(by_id[each] for each in sorted(by_id))
