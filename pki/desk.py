"""The issuing desk: a group of drafts becomes certificates, so that a crash at any point loses and doubles nothing.

1. The exact bytes are recorded before any key is used. 2. The key is used with no transaction open. 3. The result is
looked at as strangers will look. 4. Result and journal entry are recorded together; only then anything leaves.
A crash before 4 leaves an intent, which is later given up and its serial revoked, because a signature may exist.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias, TypeVar

from certs.certificate import Certificate
from certs.crl import Reason
from certs.errors import CertsError
from pki.errors import IdempotencyKeyReused, IssueAbandoned, IssuedWrong, IssueInProgress, OrderRefused
from pki.model import issuance
from pki.model.issuance import ABANDONED_AFTER, Draft, State, Wanted
from pki.model.shards import Addresses
from pki.storage.certificates import Certificates, Known
from pki.storage.lists import Lists
from pki.timekeeping import Timekeeper
from trust.audit.journal import Happening
from trust.errors import TrustError
from trust.keys.ring import KeyRing
from trust.storage.unit_of_work import NewWork, UnitOfWork

_A = TypeVar("_A")
_B = TypeVar("_B")
Result: TypeAlias = Certificate | TrustError | CertsError
Also: TypeAlias = Callable[[UnitOfWork, Sequence[Certificate]], None]


def _nothing(_: UnitOfWork, __: Sequence[Certificate]) -> None:
    """Record nothing beside the certificates."""


@dataclass(frozen=True, slots=True)
class IssuingDesk:
    """Carries groups of wanted certificates to their end."""

    new_work: NewWork
    keys: KeyRing
    time: Timekeeper
    addresses: Addresses
    signers: Executor  # the keys' library works outside the interpreter lock, so threads sign side by side
    random: Callable[[int], bytes] = field(default=secrets.token_bytes)

    def issue(self, wanted: Sequence[Wanted], by: str, also: Also = _nothing) -> list[Result]:
        """Return a certificate, or why there is none, for each of a group; all of one transaction, or of none.

        Args:
            wanted: what is asked for.
            by: the requester, within whose name idempotency keys are unique.
            also: what else to record in the transaction of the results, which it gets.

        Raises:
            ClockUnsure: the clock cannot be relied on.
            StorageUnavailable: nothing was handed out; the intents resolve themselves.
        """
        at = self.time.now()
        results: list[Result | Draft] = [self._draft(one, at) for one in wanted]

        # 1. Decide and record what is intended before any key is used.
        with self.new_work() as work:
            _intend(work, results, by, at)

        # 2. Use the keys with no transaction open. 3. Look at the results.
        places = [place for place, one in enumerate(results) if isinstance(one, Draft)]
        drafts = [one for one in results if isinstance(one, Draft)]
        for place, result in zip(places, self.each(self._sign, drafts), strict=True):
            results[place] = result

        # 4. Record the results. What was given up meanwhile does not get out.
        return self._record(results, dict(zip(places, drafts, strict=True)), by, also)

    def each(self, work: Callable[[_A], _B], items: Sequence[_A]) -> Iterable[_B]:
        """Do the same for each item, side by side where there are several."""
        return map(work, items) if len(items) < 2 else self.signers.map(work, items)

    def _draft(self, wanted: Wanted, at: datetime) -> Result | Draft:
        try:
            return issuance.draft(wanted, self.random(16), self.addresses, at)
        except OrderRefused as refused:
            return refused

    def _sign(self, draft: Draft) -> Result:
        try:
            return issuance.finish(draft, self.keys.signer(draft.wanted.above.key).sign(draft.tbs))
        except (IssuedWrong, TrustError, CertsError) as wrong:
            return wrong

    def _record(self, results: Sequence[Result | Draft], drafts: dict[int, Draft], by: str, also: Also) -> list[Result]:
        signed = {
            (drafts[place].wanted.above.name, one.serial): one
            for place, one in enumerate(results)
            if place in drafts and isinstance(one, Certificate)
        }
        lost: set[tuple[str, int]] = set()
        if signed:
            with self.new_work() as work:
                lost = Certificates(work.db).issue(signed, self.time.clock.now())
                kept = [(name, one) for (name, serial), one in signed.items() if (name, serial) not in lost]
                work.journal.append_all(
                    Happening("certificate-issued", f"{name}/{one.serial:032x}", by, {"sm3": one.fingerprint.hex()})
                    for name, one in kept
                )
                also(work, [one for _, one in kept])
        outcomes: list[Result] = []
        for place, one in enumerate(results):
            assert not isinstance(one, Draft)
            gone = place in drafts and (drafts[place].wanted.above.name, drafts[place].serial) in lost
            outcomes.append(IssueAbandoned("the serial was given up meanwhile; ask again") if gone else one)
        return outcomes


def _intend(work: UnitOfWork, results: list[Result | Draft], by: str, at: datetime) -> None:
    """Replace each draft that is already answered, or must not be issued, by its answer; record the others."""
    certificates = Certificates(work.db)
    asked = [one for one in results if isinstance(one, Draft)]
    if not asked:
        return
    known = certificates.known(asked, by)
    group = _Group()
    for place, one in enumerate(results):
        if not isinstance(one, Draft):
            continue
        answer = _earlier(work, known, one, by, at)
        if answer is None:
            answer = group.refuse(one)
        if answer is None:
            try:
                issuance.permit(
                    one,
                    known.key_holder(one.wanted.public_key, one.wanted.subject),
                    known.look_alike(one.wanted.subject),
                )
            except OrderRefused as refused:
                answer = refused
        if answer is not None:
            results[place] = answer
    intended = [one for one in results if isinstance(one, Draft)]
    certificates.intend(intended, by)
    work.journal.append_all(
        Happening(
            "certificate-intended",
            f"{one.wanted.above.name}/{one.serial:032x}",
            by,
            {"profile": one.wanted.profile.id, "order": one.wanted.digest},
        )
        for one in intended
    )


def _earlier(work: UnitOfWork, known: Known, draft: Draft, by: str, at: datetime) -> Result | None:
    """Answer an order that was given before; an interrupted one that is old enough is given up here and now."""
    earlier = known.earlier(draft.wanted.idempotency_key)
    if earlier is None:
        return None
    if earlier.order_digest != draft.wanted.digest:
        return IdempotencyKeyReused("the idempotency key was used for another order")
    if earlier.state is State.ISSUED and earlier.certificate is not None:
        return earlier.certificate
    if at < earlier.intended_at + ABANDONED_AFTER:
        return IssueInProgress("the same order is being carried out")
    if not Certificates(work.db).abandon([earlier.intent], at):
        return IssueInProgress("the same order has just been carried out; ask again for its certificate")
    Lists(work.db).revoke([earlier.intent], at, Reason.UNSPECIFIED)
    intent = earlier.intent
    work.journal.append("certificate-abandoned", f"{intent.authority}/{intent.serial:032x}", by)
    return None


@dataclass(slots=True)
class _Group:
    """What the orders of one group are to each other: none may collide with an earlier one of the same group."""

    wishes: set[str] = field(default_factory=set)
    holders: dict[bytes, bytes] = field(default_factory=dict)  # subject by key

    def refuse(self, draft: Draft) -> Result | None:
        """Return why a draft cannot stand beside the earlier ones."""
        wanted = draft.wanted
        if wanted.idempotency_key in self.wishes:
            return IssueInProgress("the same idempotency key stands twice in one group")
        if self.holders.get(wanted.public_key.spki, wanted.subject.der) != wanted.subject.der:
            return OrderRefused("key-holder: the key of another order in the same group")
        self.wishes.add(wanted.idempotency_key)
        self.holders[wanted.public_key.spki] = wanted.subject.der
        return None


def listed(results: Iterable[Result]) -> tuple[Certificate, ...]:
    """Return the certificates among results, or raise the first error.

    Raises:
        TrustError, CertsError: as it stands among the results.
    """
    found = []
    for one in results:
        if not isinstance(one, Certificate):
            raise one
        found.append(one)
    return tuple(found)
