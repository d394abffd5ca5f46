"""The examples of `docs/recognition.md` are what the code reads and writes."""

import json
import re
from pathlib import Path

from trust.recognition import registry_file, registry_json, strict_json
from trust.recognition.entitlement import Refusal
from trust.recognition.errors import (
    RegistryExpired,
    RegistryForeign,
    RegistryForked,
    RegistryHistoryRewritten,
    RegistryKeyUnknown,
    RegistryMalformed,
    RegistryNotYetIssued,
    RegistryRolledBack,
    RegistrySignatureWrong,
    RegistryTooLarge,
)
from trust.recognition.registry import PURPOSES

TEXT = (Path(__file__).parents[3] / "docs" / "recognition.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)


def test_the_entry_of_the_page_is_an_entry() -> None:
    (example,) = (block for block in BLOCKS if '"licence-issuer"' in block)
    entry = registry_json.entry_from_json(strict_json.encode(json.loads(example)))
    assert entry.entitlements
    assert registry_json.entry_to_json(entry) == strict_json.encode(json.loads(example))


def test_the_page_names_every_refusal_type_and_purpose() -> None:
    refusals = (
        RegistryExpired, RegistryForeign, RegistryForked, RegistryHistoryRewritten, RegistryKeyUnknown,
        RegistryMalformed, RegistryNotYetIssued, RegistryRolledBack, RegistrySignatureWrong, RegistryTooLarge,
    )  # fmt: skip
    words = [refusal.code for refusal in refusals] + [refusal.value for refusal in Refusal] + [registry_file.TYPE]
    for kind, purposes in PURPOSES.items():
        words += [kind.value, *(purpose.value for purpose in purposes)]
    assert [word for word in words if f"`{word}`" not in TEXT] == []
