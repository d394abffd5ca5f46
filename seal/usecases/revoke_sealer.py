"""Revoke the certificate of a seal that was cancelled, once, however often the job is tried."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection

from certs import certificate
from pki.api import Authority, Reason, RevokeOrder
from pki.errors import AlreadyRevoked
from seal.model.seal import SealId
from seal.storage.seals import Seals
from trust.jobs.queue import Group
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal


@dataclass(frozen=True, slots=True)
class RevokeSealer:
    """The handler of the job that a cancellation puts."""

    reading: Callable[[], AbstractContextManager[Connection]]
    new_work: NewWork
    authority: Authority

    def __call__(self, group: Group) -> None:
        by = Principal.service("seal-canceller")
        with self.reading() as db:
            seals = [Seals(db).get(SealId.parse(job.payload["seal"])) for job in group.jobs]
        for seal in seals:
            order = RevokeOrder(certificate.read(seal.certificate), Reason.CESSATION_OF_OPERATION)
            try:
                self.authority.revoke(order, by)
            except AlreadyRevoked:
                continue
        with self.new_work() as work:
            work.jobs.finish(group)
