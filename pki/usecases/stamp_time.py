"""Stamp time: requests become tokens whose instants never go back, also across restarts and processes.

Standard:
    RFC 3161 sections 2.1 to 2.4; GM/T 0033-2014.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from certs import oids, timestamp_issue
from certs.certificate import Certificate
from certs.cms_verify import verify as verify_message
from certs.errors import CertsError
from certs.timestamp import TimeStampToken
from certs.timestamp_issue import Statement
from certs.timestamp_request import Failure, RequestRefused, TimeStampRequest
from pki.api import StampedTime
from pki.errors import ClockUnsure, IssuedWrong
from pki.model.authority import TimeStampAuthority, chain
from pki.storage.authorities import Authorities
from pki.storage.directory import Directory
from pki.timekeeping import Timekeeper
from trust.audit.journal import Happening
from trust.keys.ring import KeyRing
from trust.storage.unit_of_work import NewWork

_RANDOM_OCTETS: Final = 12
_COUNT_BITS: Final = 40
_MILLISECOND: Final = 1000


@dataclass(frozen=True, slots=True)
class StampTime:
    """Stamp a group of requests in one transaction, each with its own token."""

    new_work: NewWork
    directory: Directory
    keys: KeyRing
    time: Timekeeper
    signers: Executor
    random: Callable[[int], bytes] = field(default=secrets.token_bytes)

    def __call__(self, requests: Sequence[TimeStampRequest], by: str) -> tuple[StampedTime, ...]:
        """Return one token for each request.

        Raises:
            RequestRefused: a policy that is not ours.
            AuthorityMissing: there is no stamper.
            ClockUnsure: the clock cannot be relied on, or the stamper's key is past its time.
        """
        stamper = self.directory.stamper()
        for request in requests:
            if request.policy not in (None, oids.TSA_POLICY):
                raise RequestRefused(Failure.UNACCEPTED_POLICY, f"the policy {request.policy} is not ours")

        # 1. Say when, and record what is about to be stamped; nobody after us can say an earlier instant.
        with self.new_work() as work:
            now = _whole_milliseconds(self.time.now())
            at, first = Authorities(work.db).next_instant(stamper.name, now, len(requests), self.time.accuracy)
            _permit(stamper, at)
            statements = [
                Statement(oids.TSA_POLICY, self._serial(first + place), at, self.time.accuracy)
                for place in range(len(requests))
            ]
            work.journal.append_all(
                Happening("time-stamped", f"{one.serial:x}", by, {"imprint": request.imprint.digest.hex()})
                for request, one in zip(requests, statements, strict=True)
            )

        # 2. Sign with no transaction open. 3. Look at each token as its receiver will.
        above = chain(stamper.above, self.directory.authorities())[:-1]  # whoever verifies has the root
        work_ = [(request, one, stamper, above) for request, one in zip(requests, statements, strict=True)]
        return tuple(self._each(work_))

    def _each(
        self, items: Sequence[tuple[TimeStampRequest, Statement, TimeStampAuthority, tuple[Certificate, ...]]]
    ) -> Iterable[StampedTime]:
        return map(self._stamp, items) if len(items) < 2 else self.signers.map(self._stamp, items)

    def _stamp(
        self, item: tuple[TimeStampRequest, Statement, TimeStampAuthority, tuple[Certificate, ...]]
    ) -> StampedTime:
        request, statement, stamper, above = item
        token = timestamp_issue.build(
            request, statement, self.keys.signer(stamper.key), stamper.certificate, chain=above
        )
        try:
            read = TimeStampToken.read(token)
            verify_message(read.signed, certificates=(stamper.certificate,))
        except CertsError as wrong:
            raise IssuedWrong(f"a token of ours does not verify: {wrong}") from wrong
        info = read.info
        if (info.imprint, info.serial, info.at, info.nonce) != (
            request.imprint,
            statement.serial,
            statement.at,
            request.nonce,
        ):
            raise IssuedWrong("a token of ours says something else than was meant")
        return StampedTime(token, statement.at, statement.serial)

    def _serial(self, count: int) -> int:
        """Return a serial that is never given twice: random octets in front, the stamper's count behind."""
        return int.from_bytes(self.random(_RANDOM_OCTETS), "big") << _COUNT_BITS | count


def _whole_milliseconds(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // _MILLISECOND * _MILLISECOND)


def _permit(stamper: TimeStampAuthority, at: datetime) -> None:
    """Refuse to stamp outside the time in which the key may be used."""
    if not stamper.certificate.not_before <= at <= stamper.key_ends:
        raise ClockUnsure(f"the key of {stamper.name} is used until {stamper.key_ends}; renew it")
