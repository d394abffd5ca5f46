"""Tell who signs with a certificate, which carries only a pseudonym: the binding says who that is."""

from dataclasses import dataclass

from certs.certificate import Certificate
from idp.errors import ProofRefused
from idp.factors.certificate import CertificateFactor, CertificateRefused, key_digest, withdraw_evidence
from idp.factors.possession import Shown
from idp.model.assurance import Proof
from idp.model.challenge import Challenge, ChallengeKind
from idp.model.device import CERTIFICATE, certificate_digest
from idp.storage.account_states import may_sign_in
from idp.storage.certificates import BoundCertificates
from idp.storage.challenges import Challenges
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork, UnitOfWork


@dataclass(frozen=True, slots=True)
class SignInWithCertificate:
    """Ask for a signature, and say whose certificate gave it."""

    new_work: NewWork
    clock: Clock
    certificates: CertificateFactor

    def ask(self, account: str | None, client: str, browser: bytes) -> Challenge:
        """Return the challenge; with an account only its own certificates will do."""
        with self.new_work() as work:
            return self.certificates.ask(work.db, account, client, browser, self.clock.now())

    def __call__(self, nonce: str, answer: str, enclosed: str, browser: bytes) -> Shown:
        """Return who signed.

        Raises:
            ProofRefused: the challenge does not count, the signature does not hold, or the certificate is not bound.
            CertificateRefused: the certificate does not count now.
        """
        at = self.clock.now()
        with self.new_work() as work:  # used up whatever comes of it
            challenge = Challenges(work.db).take(ChallengeKind.CERTIFICATE, nonce, browser, at)
        if challenge is None:
            raise ProofRefused("the certificate was not accepted")
        try:
            found = self.certificates.verify(challenge, answer, enclosed, at)
        except CertificateRefused as wrong:
            with self.new_work() as work:
                self._note(work, wrong)
            raise
        with self.new_work() as work:
            return self._shown(work, challenge, found)

    def _shown(self, work: UnitOfWork, challenge: Challenge, found: Certificate) -> Shown:
        known, at = BoundCertificates(work.db), self.clock.now()
        bound = known.find(certificate_digest(found))
        if bound is None or bound.key != key_digest(found) or challenge.account not in (None, bound.account):
            raise ProofRefused("the certificate was not accepted")
        if not may_sign_in(work.db, bound.account):
            raise ProofRefused("the certificate was not accepted")
        known.use(bound, at)
        work.journal.append("certificate-shown", bound.account, f"person {bound.account}", {"certificate": bound.id})
        return Shown(bound.account, Proof(CERTIFICATE, at), bound.id)

    def _note(self, work: UnitOfWork, wrong: CertificateRefused) -> None:
        """Record a refusal where we know whose certificate it is; one that was revoked is evidence no longer."""
        bound = BoundCertificates(work.db).find(wrong.digest)
        if bound is None:
            return
        if wrong.revoked:
            withdraw_evidence(work.db, bound.account, bound.id, self.clock.now())
        facts = {"certificate": bound.id, "why": "revoked" if wrong.revoked else wrong.why}
        work.journal.append("certificate-refused", bound.account, "service idp", facts)
