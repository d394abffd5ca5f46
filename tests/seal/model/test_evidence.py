"""The proofs a document carries do not pile up."""

from datetime import timedelta

from pki import api as pki
from seal.model import evidence as gathered
from tests.support.hierarchy import NOW, crl_url, province
from trust.recognition.evidence import Evidence

MEMBERS = province()
CHAIN = MEMBERS.certificates("seal_ca", "root")


def test_the_newest_list_of_each_scope_stays() -> None:
    old = MEMBERS.crl("seal_ca", url=crl_url("seal_ca"), this_update=NOW)
    new = MEMBERS.crl("seal_ca", url=crl_url("seal_ca"), this_update=NOW + timedelta(hours=1), number=2)
    other = MEMBERS.crl("seal_ca", url="http://crl.example/another.crl", this_update=NOW)
    joined = gathered.join(
        [pki.Evidence(CHAIN, (new.der,)), pki.Evidence(CHAIN, (other.der,))], Evidence((b"carried",), (old.der,))
    )
    assert set(joined.crls) == {new.der, other.der}
    assert set(joined.certificates) == {b"carried", *(one.der for one in CHAIN)}


def test_what_is_no_list_is_left_out() -> None:
    assert gathered.join([pki.Evidence((), (b"no list",))]) == Evidence()
