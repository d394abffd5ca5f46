"""Hold the key ceremony that a configuration describes: keys are made, authorities certified, first lists follow.

Holding it again changes nothing; holding it after an interruption goes on where it stopped. What the configuration
describes differently from what is there is refused before any key is used.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certs import profile
from certs.certificate import Certificate
from certs.name import Name
from pki.desk import IssuingDesk, listed
from pki.errors import CeremonyDiffers
from pki.model.authority import CertificateAuthority, TimeStampAuthority
from pki.model.ceremony import Ceremony, PlannedAuthority, PlannedStamper, Proposal
from pki.model.issuance import Above, Wanted
from pki.storage.authorities import Authorities
from pki.storage.directory import Directory
from trust.keys.ring import KeyRing
from trust.recognition.registry import Entry, EntryType, Standing, Status
from trust.storage.unit_of_work import UnitOfWork
from trust.values.principal import Principal


@dataclass(frozen=True, slots=True)
class Held:
    """What a ceremony made or found: its authorities, those above first, and its stampers."""

    authorities: tuple[CertificateAuthority, ...]
    stampers: tuple[TimeStampAuthority, ...]


@dataclass(frozen=True, slots=True)
class HoldCeremony:
    """Make a hierarchy; the desk issues its certificates as it issues all others."""

    keys: KeyRing
    directory: Directory
    desk: IssuingDesk

    def __call__(self, ceremony: Ceremony, by: Principal) -> Held:
        """Return the hierarchy.

        Raises:
            CeremonyDiffers: something of one of these names exists and is not what is described.
            OrderRefused: a certificate that must not be issued, for instance a name that holds a person's number.
            IssueInProgress: an earlier attempt was interrupted less than a minute ago.
        """
        self.directory.forget()
        self._compare(ceremony)
        root = self._authority(ceremony.root, None, by)
        authorities = [self._authority(one, root, by) for one in ceremony.authorities]
        by_name = {one.name: one for one in authorities}
        stampers = [self._stamper(one, by_name[one.authority], by) for one in ceremony.stampers]
        self.directory.forget()
        return Held((root, *authorities), tuple(stampers))

    def _compare(self, ceremony: Ceremony) -> None:
        """Refuse a configuration that describes something else than what exists."""
        authorities = self.directory.authorities()
        for planned in (ceremony.root, *ceremony.authorities):
            there = authorities.get(planned.name)
            if there is not None and not (
                there.certificate.subject == planned.subject
                and there.profiles == planned.profiles
                and there.shards == planned.shards
            ):
                raise CeremonyDiffers(f"{planned.name!r} exists and is another authority than the one described")
        stampers = {one.name: one for one in self.directory.stampers()}
        for one in ceremony.stampers:
            found = stampers.get(one.name)
            if found is not None and (found.certificate.subject, found.above) != (one.subject, one.authority):
                raise CeremonyDiffers(f"{one.name!r} exists and is another stamper than the one described")
            if found is not None and one.name in authorities:
                raise CeremonyDiffers(f"{one.name!r} is an authority")

    def _authority(
        self, planned: PlannedAuthority, root: CertificateAuthority | None, by: Principal
    ) -> CertificateAuthority:
        there = self.directory.authorities().get(planned.name)
        if there is not None:
            return there
        key = self.keys.create(planned.key, exist_ok=True)
        if root is None:
            above, shape = Above(planned.name, planned.key, None), profile.ROOT
        else:
            above, shape = Above(root.name, root.key, root.certificate, root.shards), profile.ISSUING_CA
        wanted = Wanted(above, shape, planned.subject, key, f"ceremony/{planned.name}", planned.life)

        def authority(found: Certificate) -> CertificateAuthority:
            return CertificateAuthority(
                name=planned.name,
                key=planned.key,
                certificate=found,
                above=None if root is None else root.name,
                profiles=planned.profiles,
                shards=planned.shards,
            )

        def record(work: UnitOfWork, found: Sequence[Certificate]) -> None:
            for one in found:
                Authorities(work.db).add(authority(one), one.not_before)
                work.journal.append("authority-established", planned.name, str(by), {"sm3": one.fingerprint.hex()})
                _propose(work, EntryType.CA, planned.name, planned.subject, planned.proposal, one)

        return authority(self._issued(wanted, by, record))

    def _stamper(self, planned: PlannedStamper, above: CertificateAuthority, by: Principal) -> TimeStampAuthority:
        there = next((one for one in self.directory.stampers() if one.name == planned.name), None)
        if there is not None:
            return there
        key = self.keys.create(planned.key, exist_ok=True)
        wanted = Wanted(
            Above(above.name, above.key, above.certificate, above.shards),
            profile.TIME_STAMP_AUTHORITY,
            planned.subject,
            key,
            f"ceremony/{planned.name}",
            planned.life,
        )

        def record(work: UnitOfWork, found: Sequence[Certificate]) -> None:
            for one in found:
                stamper = TimeStampAuthority(planned.name, planned.key, one, above.name)
                Authorities(work.db).add_stamper(stamper, one.not_before)
                work.journal.append("stamper-established", planned.name, str(by), {"sm3": one.fingerprint.hex()})
                kind = EntryType.TIME_STAMP_AUTHORITY
                _propose(work, kind, planned.name, planned.subject, planned.proposal, one)

        return TimeStampAuthority(planned.name, planned.key, self._issued(wanted, by, record), above.name)

    def _issued(
        self, wanted: Wanted, by: Principal, record: Callable[[UnitOfWork, Sequence[Certificate]], None]
    ) -> Certificate:
        (found,) = listed(self.desk.issue([wanted], str(by), record))
        return found


def _propose(
    work: UnitOfWork, kind: EntryType, name: str, subject: Name, proposal: Proposal | None, certificate: Certificate
) -> None:
    """Propose the authority for the region's registry, under a name that a later generation does not reuse."""
    if proposal is None:
        return
    since: datetime = certificate.not_before
    work.registry.propose(
        Entry(
            id=f"{name}.{certificate.fingerprint.hex()[:16]}",
            type=kind,
            name=subject.attributes[-1][1],
            standings=(Standing(Status.GRANTED, since),),
            purposes=proposal.purposes,
            basis=proposal.basis,
            certificate=certificate.der,
        )
    )
