"""A list counts for a certificate only if it is the right one, and an instant is judged by what lists say of it."""

from datetime import datetime, timedelta

import pytest

from certs import crl, der_writer, extensions, oids, revocation, signed, validation
from certs.crl import CertificateList, Covers, Reason, Revocation
from certs.extensions import Extension, KeyUsage
from certs.revocation import Good, Revoked, Status, Unknown
from tests.support.hierarchy import NOW, Member, authority, crl_url, declare, leaf, province

GOOD = province()
MAKER, CA = GOOD["maker"].certificate, GOOD["seal_ca"].certificate
URL = crl_url("seal_ca")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def entry(at: datetime = NOW - DAY, reason: Reason = Reason.SUPERSEDED, since: datetime | None = None) -> Revocation:
    return Revocation(MAKER.serial, at, reason, since)


def status(*lists: CertificateList, at: datetime = NOW) -> Status:
    return revocation.status_at(MAKER, CA, lists, at)


def listing(
    *entries: Revocation, url: str | None = URL, covers: Covers = Covers.USERS, **more: object
) -> CertificateList:
    return GOOD.crl("seal_ca", entries, url=url, covers=covers, **more)  # type: ignore[arg-type]


def test_a_current_list_that_is_silent_says_good() -> None:
    assert status(listing()) == Good(NOW - HOUR)


def test_a_list_that_names_the_certificate_says_since_when_and_why() -> None:
    assert status(listing(entry())) == Revoked(NOW - DAY, Reason.SUPERSEDED, MAKER.serial)


def test_before_the_revocation_the_certificate_was_good() -> None:
    assert status(listing(entry(NOW - HOUR)), at=NOW - 2 * HOUR) == Good(NOW - HOUR)


def test_a_compromised_key_counts_from_when_it_may_have_been_bad() -> None:
    found = status(listing(entry(NOW - HOUR, Reason.KEY_COMPROMISE, NOW - 5 * DAY)), at=NOW - DAY)
    assert isinstance(found, Revoked)
    assert found.since == NOW - 5 * DAY
    merely = status(listing(entry(NOW - HOUR, Reason.SUPERSEDED, NOW - 5 * DAY)), at=NOW - DAY)
    assert isinstance(merely, Good)


def test_suspended_then_used_is_revoked() -> None:
    """A11: on hold counts as revoked while it lasts, and no longer when a later list leaves it out."""
    hold = listing(entry(reason=Reason.CERTIFICATE_HOLD))
    assert status(hold) == Revoked(NOW - DAY, Reason.CERTIFICATE_HOLD, MAKER.serial)


def test_without_a_list_the_status_is_unknown() -> None:
    assert status() == Unknown(())


# --- A5: the wrong list ------------------------------------------------------------------------------------------------


def reasons(*lists: CertificateList, at: datetime = NOW) -> tuple[str, ...]:
    found = status(*lists, at=at)
    assert isinstance(found, Unknown)
    return found.reasons


def test_a_list_of_another_shard_says_nothing() -> None:
    assert reasons(listing(url="http://crl.example/seal/9.crl")) == ("other-scope",)


def test_a_list_of_another_issuer_says_nothing() -> None:
    assert reasons(GOOD.crl("service_ca", url=URL)) == ("other-issuer",)


def test_a_list_in_the_issuers_name_signed_by_another_says_nothing() -> None:
    assert reasons(listing(signed_by="service_ca")) == ("signature-wrong",)


def test_a_list_for_authorities_says_nothing_about_a_leaf_and_the_other_way_round() -> None:
    assert reasons(listing(covers=Covers.AUTHORITIES)) == ("other-scope",)
    assert reasons(listing(covers=Covers.ATTRIBUTES)) == ("other-scope",)
    root = GOOD["root"].certificate
    for_users = GOOD.crl("root", url=crl_url("root"), covers=Covers.USERS)
    assert revocation.status_at(CA, root, [for_users], NOW) == Unknown(("other-scope",))
    for_authorities = GOOD.crl("root", url=crl_url("root"), covers=Covers.AUTHORITIES)
    assert isinstance(revocation.status_at(CA, root, [for_authorities], NOW), Good)


def test_an_older_list_does_not_hide_a_revocation_in_a_newer_one() -> None:
    older = listing(this_update=NOW - 2 * DAY)
    newer = listing(entry())
    assert isinstance(status(older), Good)
    for order in ((older, newer), (newer, older)):
        assert isinstance(status(*order), Revoked)


def test_a_stale_list_proves_a_revocation_but_not_its_absence() -> None:
    old = NOW - 30 * DAY
    assert reasons(listing(this_update=old)) == ("stale",)
    assert isinstance(status(listing(entry(old), this_update=old)), Revoked)


def test_a_list_without_a_scope_speaks_for_everything_of_its_issuer() -> None:
    assert isinstance(status(listing(url=None, covers=Covers.ALL)), Good)


def test_a_delta_list_alone_says_nothing() -> None:
    issuer = GOOD["seal_ca"]
    delta = extensions.encode(oids.DELTA_CRL_INDICATOR, der_writer.integer(1), critical=True)
    assert reasons(handmade(issuer, delta)) == ("unknown-critical-extension",)


def test_a_list_for_some_reasons_cannot_say_good() -> None:
    some = extensions.encode(oids.ISSUING_DISTRIBUTION_POINT, der_writer.sequence(b"\x83\x02\x06\x40"), critical=True)
    assert reasons(handmade(GOOD["seal_ca"], some)) == ("some-reasons",)


def handmade(issuer: Member, *parts: bytes) -> CertificateList:
    tbs = der_writer.sequence(
        der_writer.integer(1),
        der_writer.sequence(der_writer.oid(oids.SM2_WITH_SM3)),
        issuer.certificate.subject.der,
        der_writer.time(NOW - HOUR),
        der_writer.time(NOW + DAY),
        der_writer.explicit(0, der_writer.sequence(*parts)),
    )
    return crl.read(signed.finish(tbs, oids.SM2_WITH_SM3, issuer.signer.sign(tbs)))


def test_an_authority_that_may_not_sign_lists_signs_none() -> None:
    only_certificates = Extension(oids.KEY_USAGE, critical=True, value=der_writer.named_bits([KeyUsage.KEY_CERT_SIGN]))
    made = declare(root=authority(changed={oids.KEY_USAGE: only_certificates}), leaf=leaf("root"))
    found = revocation.status_at(
        made["leaf"].certificate, made["root"].certificate, [made.crl("root", url=crl_url("root"))], NOW
    )
    assert found == Unknown(("issuer-signs-no-lists",))


# --- time ------------------------------------------------------------------------------------------------------------


def test_a_later_list_speaks_for_an_earlier_instant() -> None:
    assert status(listing(this_update=NOW + 10 * DAY)) == Good(NOW + 10 * DAY)


def test_a_list_made_after_expiry_is_silent_unless_it_keeps_the_expired() -> None:
    after = MAKER.not_after + DAY
    assert reasons(listing(this_update=after)) == ("expired-before-list",)
    kept = listing(this_update=after, expired_since=MAKER.not_before)
    assert status(kept) == Good(after)


# --- paths -------------------------------------------------------------------------------------------------------------


@pytest.fixture(name="found")
def found_() -> validation.ValidatedPath:
    return validation.validate(MAKER, GOOD.certificates(), GOOD.certificates("root"), NOW)


ROOT_LIST = GOOD.crl("root", url=crl_url("root"), covers=Covers.AUTHORITIES, this_update=NOW - 2 * HOUR)


def test_a_path_is_good_if_every_certificate_on_it_is(found: validation.ValidatedPath) -> None:
    assert revocation.status_of_path(found, [listing(), ROOT_LIST], NOW) == Good(NOW - 2 * HOUR)
    assert isinstance(revocation.status_of_path(found, [listing()], NOW), Unknown)
    assert isinstance(revocation.status_of_path(found, [ROOT_LIST], NOW), Unknown)


def test_a_revoked_authority_revokes_the_path(found: validation.ValidatedPath) -> None:
    revoked = GOOD.crl("root", [Revocation(CA.serial, NOW - DAY, Reason.CA_COMPROMISE)], url=crl_url("root"))
    assert isinstance(revocation.status_of_path(found, [revoked], NOW), Revoked)


def test_a_path_that_names_no_address_has_nothing_to_be_asked() -> None:
    made = declare(root=authority(), leaf=leaf("root", crl_urls=()))
    path = validation.validate(made["leaf"].certificate, (), made.certificates("root"), NOW)
    assert revocation.status_of_path(path, (), NOW) is None
    listed = made.crl("root", [Revocation(made["leaf"].certificate.serial, NOW - DAY)])
    assert isinstance(revocation.status_of_path(path, [listed], NOW), Revoked)
