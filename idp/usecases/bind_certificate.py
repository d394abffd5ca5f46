"""Bind a certificate to an account: the one act that says whose pseudonym it carries."""

from dataclasses import dataclass

from idp.errors import LevelTooLow, ProofRefused, TooManyDevices
from idp.factors.certificate import EVIDENCE, CertificateFactor, binding, evidence_of
from idp.model.challenge import Challenge, ChallengeKind
from idp.model.device import MAX_OF_A_KIND, BoundCertificate
from idp.sources.notices import Notices
from idp.storage.accounts import Accounts
from idp.storage.certificates import BoundCertificates
from idp.storage.challenges import Challenges
from idp.storage.evidence import EvidenceRecords
from idp.storage.persons import Vault
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank

LEAST = Rank(3)


@dataclass(frozen=True, slots=True)
class BindCertificate:
    """Let somebody who is surely known sign with a certificate, and remember whose it is."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    certificates: CertificateFactor
    notices: Notices

    def ask(self, account: str, browser: bytes) -> Challenge:
        """Return the challenge; `certificates.statement` has its words."""
        with self.new_work() as work:
            return self.certificates.ask_binding(work.db, account, browser, self.clock.now())

    def __call__(
        self, account: str, nonce: str, answer: str, enclosed: str, browser: bytes, level: Rank
    ) -> BoundCertificate:
        """Bind the certificate that signed, and count it as evidence about its holder until it ends.

        Args:
            account: who binds.
            nonce: of the challenge.
            answer: signed data, or a bare signature.
            enclosed: the certificate beside a bare signature, or empty.
            browser: digest of the browser's cookie.
            level: of the session.

        Raises:
            LevelTooLow: a session below l3.
            ProofRefused: the challenge does not count, or the signature does not hold.
            CertificateRefused: the certificate does not count now.
            CredentialTaken: it is bound already.
            TooManyDevices: the account has enough.
        """
        if level < LEAST:
            raise LevelTooLow("a certificate is bound after a surer sign-in")
        at = self.clock.now()

        # 1. The challenge is used up whatever comes of it.
        with self.new_work() as work:
            challenge = Challenges(work.db).take(ChallengeKind.CERTIFICATE_BINDING, nonce, browser, at)
        if challenge is None or challenge.account != account:
            raise ProofRefused("the certificate was not accepted")

        # 2. Revocation lists come over the network: no transaction waits for them.
        certificate = self.certificates.verify(challenge, answer, enclosed, at)

        # 3. Once for each certificate, whoever else tries at the same moment.
        bound = binding(certificate, account, at)
        with self.new_work() as work:
            known = BoundCertificates(work.db)
            if len(known.of(account)) >= MAX_OF_A_KIND:
                raise TooManyDevices(f"an account has up to {MAX_OF_A_KIND} certificates")
            known.add(bound)
            kind = EVIDENCE[Accounts(work.db, self.vault).get(account).kind]
            EvidenceRecords(work.db).add(account, evidence_of(bound, kind, at))
            facts = {"certificate": bound.id, "serial": bound.serial, "evidence": kind}
            work.journal.append("certificate-bound", account, f"person {account}", facts)
        self.notices.tell(account, "certificate-bound")
        return bound
