"""A thrifty HTTP client on one kept connection with cookies, and the processor time of another process."""

import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

_FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
_CPU_CLOCK: Final = 2  # of a process, all its threads, by the scheduler's own count (clock_getcpuclockid(3))
_ACTION: Final = re.compile(r'<form[^>]*\baction="([^"]*)"')
_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far."""
    return time.clock_gettime((~pid << 3) | _CPU_CLOCK)


def children(pid: int) -> list[int]:
    """Return the processes that a process started itself."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(slots=True)
class Caller:
    """One connection to one server."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self._ask("GET", url, None, headers or {})

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        return self._ask("POST", url, urlencode(form), {**_FORM, **(headers or {})})

    def submit(self, page: Answer, at: str, form: Mapping[str, str]) -> Answer:
        """Send the first form of a page with its hidden fields."""
        action = _ACTION.search(page.text)
        target = urljoin(at, action.group(1).replace("&amp;", "&")) if action else at
        return self.post(target, {**dict(_HIDDEN.findall(page.text)), **form})

    def close(self) -> None:
        self._connection.close()

    def _ask(self, method: str, url: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        sent = dict(headers)
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        target = url.removeprefix(self.base)
        try:
            self._connection.request(method, target, body, sent)
            response = self._connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError):  # it had waited longer than the server keeps it
            self._connection.close()
            self._connection.request(method, target, body, sent)
            response = self._connection.getresponse()
        content = response.read()
        for line in response.headers.get_all("set-cookie") or ():
            self._keep(line)
        return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, content)

    def _keep(self, line: str) -> None:
        pair, _, attributes = line.partition(";")
        name, _, value = pair.partition("=")
        # Whoever takes a cookie back dates it to the past; no cookie of these servers lives shorter than a page.
        if not value or "1970" in attributes or "max-age=0" in attributes.lower():
            self.cookies.pop(name.strip(), None)
        else:
            self.cookies[name.strip()] = value
