"""A platform built on openid-client, as a process that is told what to do."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import Popen
from typing import Any

from tests.support import peers


class Failed(Exception):
    """openid-client refused, or reports the provider's refusal."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__(json.dumps(said))
        self.said = said


@dataclass(frozen=True)
class OpenidClient:
    """One platform with at most one sign-in at a time."""

    process: "Popen[str]"

    @classmethod
    @contextmanager
    def opened(cls, **settings: Any) -> Iterator["OpenidClient"]:
        """Start it and let it read the provider's description; settings are those of `openid_client.mjs`."""
        peers.needs("openid-client")
        process = peers.start("openid_client.mjs", {**os.environ, "PLATFORM": json.dumps(settings)})
        try:
            platform = cls(process)
            platform("discover")
            yield platform
        finally:
            process.kill()
            process.communicate()

    def __call__(self, command: str, **said: Any) -> dict[str, Any]:
        """Do one thing; raises Failed."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": command, **said}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "failed" in answer:
            raise Failed(answer["failed"])
        found: dict[str, Any] = answer["ok"]
        return found
