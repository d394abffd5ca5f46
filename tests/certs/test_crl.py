"""Revocation lists: written strictly, read as others write them, looked up by serial."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from certs import crl, crl_entries, der_writer, extensions, oids, signed
from certs.builder import Issuer
from certs.crl import Covers, Plan, Reason, Revocation
from certs.errors import AlgorithmMismatch, CertsError, InvalidSignature, IssuedDiffers, MalformedEncoding
from tests.support.hierarchy import NOW, province

GOOD = province()
CA = GOOD["seal_ca"]
URL = "http://crl.example/seal/3.crl"
SECOND = timedelta(seconds=1)


def plan(**changes: object) -> Plan:
    base = Plan(Issuer.of(CA.certificate), 7, NOW, NOW + timedelta(days=7), (), URL, Covers.USERS)
    return replace(base, **changes)  # type: ignore[arg-type]


def issue(**changes: object) -> crl.CertificateList:
    tbs = crl.build(plan(**changes))
    return crl.finish(tbs, CA.signer.sign(tbs))


def assemble(*, version: bytes = der_writer.integer(1), entries: bytes = b"", tail: bytes = b"") -> bytes:
    """Put a list together by hand, signature and all, so that any part can be wrong."""
    algorithm = der_writer.sequence(der_writer.oid(oids.SM2_WITH_SM3))
    tbs = der_writer.sequence(
        version,
        algorithm,
        CA.certificate.subject.der,
        der_writer.time(NOW),
        der_writer.time(NOW + SECOND),
        entries,
        tail,
    )
    return signed.finish(tbs, oids.SM2_WITH_SM3, CA.signer.sign(tbs))


def extension(oid: str, value: bytes, *, critical: bool = False) -> bytes:
    return der_writer.explicit(0, der_writer.sequence(extensions.encode(oid, value, critical=critical)))


def test_a_list_says_what_was_planned() -> None:
    entries = [
        Revocation(5, NOW - timedelta(days=2), Reason.KEY_COMPROMISE),
        Revocation(1 << 126, NOW - timedelta(days=1)),
        Revocation(9, NOW, Reason.SUPERSEDED, NOW - timedelta(days=30)),
    ]
    found = issue(entries=entries, expired_since=NOW - timedelta(days=900))
    found.verify_signed_by(CA.certificate.public_key)
    assert list(found) == entries
    assert len(found) == 3
    assert found.find(5) == entries[0]
    assert found.find(6) is None
    assert found.number == 7
    assert found.this_update == NOW
    assert found.next_update == NOW + timedelta(days=7)
    assert [one.uri for one in found.scope.names] == [URL]
    assert found.scope.covers is Covers.USERS
    assert found.expired_since == NOW - timedelta(days=900)
    assert found.unknown_critical == frozenset()
    assert crl.from_pem(found.to_pem()) == found


def test_an_empty_list_leaves_its_entries_out() -> None:
    found = issue()
    assert len(found) == 0
    empty = assemble(entries=der_writer.sequence(), tail=extension(oids.CRL_NUMBER, der_writer.integer(1)))
    with pytest.raises(MalformedEncoding):
        crl.decode(empty)
    assert "empty-revoked-certificates" in crl.read(empty).remarks


def test_the_scope_is_critical_and_its_shard_named() -> None:
    critical = extensions.encode(oids.ISSUING_DISTRIBUTION_POINT, b"", critical=True)[2:-2]
    assert critical in crl.build(plan())
    assert issue(url=None, covers=Covers.ALL).scope == crl.Scope()
    assert issue(covers=Covers.AUTHORITIES).scope.covers is Covers.AUTHORITIES


def test_a_list_for_two_kinds_of_certificates_is_refused() -> None:
    both = der_writer.sequence(b"\x81\x01\xff\x82\x01\xff")
    with pytest.raises(MalformedEncoding):
        crl.read(assemble(tail=extension(oids.ISSUING_DISTRIBUTION_POINT, both, critical=True)))


def test_a_delta_list_is_known_by_its_critical_extension() -> None:
    found = crl.read(assemble(tail=extension(oids.DELTA_CRL_INDICATOR, der_writer.integer(1), critical=True)))
    assert found.unknown_critical == {oids.DELTA_CRL_INDICATOR}


def test_a_list_of_the_first_version_is_read_and_not_decoded() -> None:
    old = assemble(version=b"")
    assert crl.read(old).number is None
    with pytest.raises(MalformedEncoding):
        crl.decode(old)


def test_an_entry_that_cannot_be_read_raises_when_it_is_asked_for() -> None:
    entry = der_writer.sequence(der_writer.integer(5), b"\x17\x01Z")
    found = crl.read(assemble(entries=der_writer.sequence(entry)))
    with pytest.raises(MalformedEncoding):
        found.find(5)
    unknown = der_writer.sequence(extensions.encode("2.5.29.29", b"\x30\x00", critical=True))
    entry = der_writer.sequence(der_writer.integer(5), der_writer.time(NOW), unknown)
    with pytest.raises(MalformedEncoding):
        crl.read(assemble(entries=der_writer.sequence(entry))).find(5)


def test_an_undefined_reason_counts_as_unspecified_and_is_never_written() -> None:
    items = der_writer.sequence(extensions.encode(oids.REASON_CODE, b"\x0a\x01\x07"))
    entry = der_writer.sequence(der_writer.integer(5), der_writer.time(NOW), items)
    found = crl_entries.read(entry)
    assert found.reason is Reason.UNSPECIFIED
    with pytest.raises(MalformedEncoding):
        crl_entries.read(entry, strict=True)


def test_a_signature_of_another_authority_is_refused() -> None:
    with pytest.raises(InvalidSignature):
        issue().verify_signed_by(GOOD["service_ca"].certificate.public_key)


def test_algorithms_inside_and_outside_must_agree() -> None:
    good = issue()
    with pytest.raises(AlgorithmMismatch):
        crl.read(signed.finish(good.tbs, oids.ECDSA_WITH_SHA256, good.signature))


def test_what_does_not_decode_is_not_handed_out() -> None:
    with pytest.raises(IssuedDiffers):
        crl.finish(b"\x30\x00", b"")


def test_long_entries_are_scanned_too() -> None:
    items = der_writer.sequence(*(extensions.encode(f"1.2.3.{n}", bytes(30)) for n in range(6)))
    entry = der_writer.sequence(der_writer.integer(5), der_writer.time(NOW), items)
    assert len(entry) > 200
    content = entry + crl_entries.encode(Revocation(6, NOW))
    assert set(crl_entries.scan(content)) == {5, 6}


@pytest.mark.parametrize(
    "content", [b"\x30", b"\x30\x05\x02\x01", b"\x02\x01\x05", b"\x30\x03\x04\x01\x05", b"\x30\x02\x02\x00"]
)
def test_what_is_no_run_of_entries_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedEncoding):
        crl_entries.scan(content)


@given(some.lists(some.tuples(some.integers(1, 2**159), some.sampled_from(Reason), some.booleans()), max_size=20))
def test_any_entries_come_back(wanted: list[tuple[int, Reason, bool]]) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    entries = {n: Revocation(n, at, reason, at - SECOND if early else None) for n, reason, early in wanted}
    found = issue(entries=entries.values())
    assert {one.serial: one for one in found} == entries


TWO_ENTRIES = issue(entries=[Revocation(5, NOW), Revocation(6, NOW, Reason.SUPERSEDED, NOW)]).der


@given(some.data())
def test_mutations_give_typed_errors_only(data: some.DataObject) -> None:
    mutated = bytearray(TWO_ENTRIES)
    for _ in range(data.draw(some.integers(1, 4))):
        place = data.draw(some.integers(0, len(mutated) - 1))
        mutated[place] = data.draw(some.integers(0, 255))
    try:
        found = crl.read(bytes(mutated))
        found.find(5)
        list(found)
    except CertsError:
        pass
