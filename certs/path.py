"""Candidate chains from a certificate to an anchor, found by names and key labels alone.

No signature is checked here. The search is bounded, and a key that is already on the path is not entered again, so
authorities that certify each other in a circle end the search instead of the process.

Standard:
    RFC 4158 (path building).
"""

from collections.abc import Iterable, Iterator
from typing import Final

from certs.certificate import Certificate

MAX_LENGTH: Final = 8
MAX_STEPS: Final = 512


def candidates(
    certificate: Certificate, pool: Iterable[Certificate], anchors: Iterable[Certificate]
) -> Iterator[tuple[Certificate, ...]]:
    """Yield chains, each from the certificate to one anchor, the most promising first.

    A certificate that is itself an anchor is a chain of one. After `MAX_STEPS` looks at an issuer the search ends.
    """
    trusted = dict.fromkeys(anchors)
    by_subject: dict[bytes, list[Certificate]] = {}
    for one in (*trusted, *(one for one in pool if one not in trusted)):
        by_subject.setdefault(one.subject.der, []).append(one)
    if certificate in trusted:
        yield (certificate,)
    steps = 0
    waiting: list[tuple[Certificate, ...]] = [(certificate,)]
    while waiting:
        chain = waiting.pop()
        last = chain[-1]
        longer = []
        for issuer in by_subject.get(last.issuer.der, ()):
            steps += 1
            if steps > MAX_STEPS:
                return
            if _on_path(issuer, chain):
                continue
            if issuer in trusted:
                yield (*chain, issuer)
            if len(chain) + 1 < MAX_LENGTH:
                longer.append((*chain, issuer))
        # Depth first; the issuer whose label is the one named goes first, the one with another label last.
        longer.sort(key=lambda found: label_fits(found[-2], found[-1]) is not False)
        waiting.extend(longer)


def label_fits(certificate: Certificate, issuer: Certificate) -> bool | None:
    """Tell whether the issuer's key carries the label that the certificate names, or None where one is silent."""
    named, label = certificate.authority_key_identifier, issuer.subject_key_identifier
    if named is None or named.key_identifier is None or label is None:
        return None
    return named.key_identifier == label


def _on_path(issuer: Certificate, chain: tuple[Certificate, ...]) -> bool:
    return any(issuer.subject == one.subject and issuer.spki == one.spki for one in chain)
