"""The proofs a sealed document carries: chains and revocation lists of everybody involved, the newest of each kind."""

from collections.abc import Iterable

from certs import crl
from certs.crl import CertificateList
from certs.errors import CertsError
from pki import api as pki
from trust.recognition.evidence import Evidence


def join(of_each: Iterable[pki.Evidence], carried: Evidence | None = None) -> Evidence:
    """Join what the authority gathered for each certificate with what the document carried already.

    Of several lists with one issuer and one scope the newest stays, for a document that is sealed again and again would
    carry them all.
    """
    found = Evidence() if carried is None else carried
    for one in of_each:
        found = found.joined(Evidence(tuple(each.der for each in one.chain), one.lists))
    return Evidence(found.certificates, _newest(found.crls))


def _newest(lists: Iterable[bytes]) -> tuple[bytes, ...]:
    kept: dict[object, tuple[CertificateList | None, bytes]] = {}
    for encoded in lists:
        try:
            read = crl.read(encoded)
        except CertsError:
            continue  # nobody could use it
        key = (read.issuer.der, read.scope)
        before = kept.get(key)
        if before is None or before[0] is None or before[0].this_update < read.this_update:
            kept[key] = (read, encoded)
    return tuple(encoded for _, encoded in kept.values())
