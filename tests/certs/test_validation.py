"""Paths hold or are rejected with the reason that a report needs; the attacks on paths are refused."""

from datetime import UTC, datetime, timedelta

import pytest

from certs import der_writer, extensions, name, oids, path, profile, validation
from certs.certificate import Certificate
from certs.errors import ChainFault, ChainRejected
from certs.extensions import Extension, KeyUsage
from certs.validation import Use, ValidatedPath
from tests.support.hierarchy import BEGAN, NOW, Hierarchy, authority, declare, leaf, province
from tests.support.shared import sample

GOOD = province()
UNKNOWN = Extension("1.2.3.4.5", critical=True, value=b"\x05\x00")


def check(made: Hierarchy, of: str = "leaf", at: datetime = NOW, **settings: object) -> ValidatedPath:
    return validation.validate(
        made[of].certificate,
        made.certificates(),
        made.certificates("root"),
        at,
        **settings,  # type: ignore[arg-type]
    )


def fault(made: Hierarchy, of: str = "leaf", at: datetime = NOW, **settings: object) -> ChainFault:
    with pytest.raises(ChainRejected) as caught:
        check(made, of, at, **settings)
    return caught.value.reason


def usage(*bits: KeyUsage) -> dict[str, Extension | None]:
    return {oids.KEY_USAGE: Extension(oids.KEY_USAGE, critical=True, value=der_writer.named_bits(bits))}


def purposes(*values: str, critical: bool = False) -> dict[str, Extension | None]:
    value = extensions.encode_object_identifiers(values)
    return {oids.EXTENDED_KEY_USAGE: Extension(oids.EXTENDED_KEY_USAGE, critical, value)}


def test_a_good_chain_is_returned_from_leaf_to_anchor() -> None:
    found = check(GOOD, "maker")
    assert found.chain == GOOD.certificates("maker", "seal_ca", "root")
    assert found.anchor == GOOD["root"].certificate
    assert found.remarks == frozenset()


def test_an_intermediate_can_be_the_anchor() -> None:
    found = validation.validate(GOOD["maker"].certificate, (), GOOD.certificates("seal_ca"), NOW)
    assert found.chain == GOOD.certificates("maker", "seal_ca")


def test_a_leaf_that_is_itself_an_anchor_is_a_chain_of_one() -> None:
    found = validation.validate(GOOD["maker"].certificate, (), GOOD.certificates("maker"), NOW)
    assert found.chain == GOOD.certificates("maker")


def test_without_an_anchor_the_reason_is_no_anchor() -> None:
    with pytest.raises(ChainRejected) as caught:
        validation.validate(GOOD["maker"].certificate, GOOD.certificates(), (), NOW)
    assert caught.value.reasons == (ChainFault.NO_ANCHOR,)


def test_a_self_signed_leaf_has_no_anchor() -> None:
    assert fault(declare(root=authority(), leaf=leaf("", profile.SEAL_MAKER))) is ChainFault.NO_ANCHOR


# --- dates ---------------------------------------------------------------------------------------------------------


def test_the_last_second_belongs_to_the_life() -> None:
    end = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
    made = declare(root=authority(), leaf=leaf("root", not_after=end))
    check(made, at=end)
    check(made, at=end + timedelta(microseconds=999_999))
    assert fault(made, at=end + timedelta(seconds=1)) is ChainFault.EXPIRED
    check(made, at=BEGAN)
    assert fault(made, at=BEGAN - timedelta(microseconds=1)) is ChainFault.NOT_YET_VALID


def test_an_expired_issuer_is_noticed_although_the_leaf_is_fresh() -> None:
    made = declare(
        root=authority(), ca=authority("root", not_after=NOW - timedelta(days=1)), leaf=leaf("ca", not_before=BEGAN)
    )
    assert fault(made) is ChainFault.EXPIRED


def test_several_reasons_are_all_told_the_gravest_first() -> None:
    made = declare(other=authority(), root=authority(), leaf=leaf("other", not_after=NOW - timedelta(days=1)))
    with pytest.raises(ChainRejected) as caught:
        validation.validate(made["leaf"].certificate, (), made.certificates("root"), NOW)
    assert caught.value.reasons == (ChainFault.EXPIRED, ChainFault.NO_ANCHOR)


def test_the_stated_instant_decides_and_no_clock_does() -> None:
    """A14: a certificate long expired by any clock is valid at an instant in its life."""
    made = declare(
        root=authority(not_before=datetime(2010, 1, 1, tzinfo=UTC)),
        leaf=leaf("root", not_before=datetime(2011, 1, 1, tzinfo=UTC)),
    )
    check(made, at=datetime(2011, 6, 1, tzinfo=UTC))
    assert fault(made, at=NOW) is ChainFault.EXPIRED


# --- signatures and algorithms -------------------------------------------------------------------------------------


def test_a_flipped_signature_breaks_the_chain() -> None:
    assert fault(declare(root=authority(), leaf=leaf("root", flip_signature=True))) is ChainFault.CHAIN_BROKEN


def test_a_certificate_signed_by_a_sibling_in_the_issuers_name_breaks_the_chain() -> None:
    assert fault(declare(root=authority(), leaf=leaf("root", signed_by="sibling"))) is ChainFault.CHAIN_BROKEN


def test_an_issuer_of_the_same_name_with_another_key_is_not_the_issuer() -> None:
    same = name.build([(oids.COMMON_NAME, "同名")])
    made = declare(old=authority(subject=same), root=authority(subject=same), leaf=leaf("old"))
    with pytest.raises(ChainRejected) as caught:
        validation.validate(made["leaf"].certificate, (), made.certificates("root"), NOW)
    assert caught.value.reason is ChainFault.NO_ANCHOR
    both = validation.validate(made["leaf"].certificate, (), made.certificates("root", "old"), NOW)
    assert both.anchor == made["old"].certificate


def test_the_sample_signed_without_identity_is_refused_under_its_own_root() -> None:
    below, above = (certificate_of(f"cert/tongsuo-sm2-noza-{part}.pem") for part in ("cert", "root-cert"))
    with pytest.raises(ChainRejected) as caught:
        validation.validate(below, (), (above,), datetime(2024, 1, 1, tzinfo=UTC))
    assert caught.value.reason is ChainFault.CHAIN_BROKEN


def test_a_chain_of_the_national_root_holds() -> None:
    below, above = certificate_of("cert/TJCA.pem"), certificate_of("cert/nrcac-Civil-Servant-ROOT.pem")
    found = validation.validate(below, (), (above,), datetime(2024, 1, 1, tzinfo=UTC), use=Use.AUTHORITY)
    assert found.chain == (below, above)


def certificate_of(path_: str) -> Certificate:
    from certs import certificate

    return certificate.from_pem(sample(path_))


# --- A2, A3: authorities and leaves ----------------------------------------------------------------------------------


def test_a_leaf_cannot_issue() -> None:
    """A2: a leaf used as an intermediate."""
    made = declare(root=authority(), ca=leaf("root"), leaf=leaf("ca"))
    assert fault(made) is ChainFault.CHAIN_BROKEN


def test_an_authority_whose_key_may_not_certify_cannot_issue() -> None:
    made = declare(root=authority(), ca=authority("root", changed=usage(KeyUsage.CRL_SIGN)), leaf=leaf("ca"))
    assert fault(made) is ChainFault.CHAIN_BROKEN


def test_an_intermediate_is_not_used_as_a_leaf_that_signs() -> None:
    """A2, the other way round."""
    assert fault(GOOD, "seal_ca") is ChainFault.USAGE
    assert len(check(GOOD, "seal_ca", use=Use.AUTHORITY).chain) == 2
    assert fault(GOOD, "maker", use=Use.AUTHORITY) is ChainFault.USAGE


def test_the_path_length_is_a_limit() -> None:
    """A3: path length escape."""
    made = declare(
        root=authority(path_length=1), ca=authority("root"), sub=authority("ca"), leaf=leaf("ca"), deep=leaf("sub")
    )
    check(made)
    assert fault(made, "deep") is ChainFault.CHAIN_BROKEN


def test_a_self_issued_rollover_certificate_does_not_count() -> None:
    same = name.build([(oids.COMMON_NAME, "滚动")])
    made = declare(
        root=authority(path_length=1),
        old=authority("root", subject=same),
        new=authority("old", subject=same),
        leaf=leaf("new"),
    )
    assert len(check(made).chain) == 4


def constrained(*, permitted: tuple[bytes, ...] = (), excluded: tuple[bytes, ...] = ()) -> tuple[Extension, ...]:
    return (Extension(oids.NAME_CONSTRAINTS, True, extensions.encode_name_constraints(permitted, excluded)),)


def directory(*pairs: tuple[str, str]) -> bytes:
    return extensions.encode_directory(name.build(pairs))


@pytest.mark.parametrize(
    ("added", "holds"),
    [
        (constrained(permitted=(directory((oids.COUNTRY, "CN")),)), True),
        (constrained(permitted=(directory((oids.COUNTRY, "CN"), (oids.ORGANISATION, "测试")),)), True),
        (constrained(permitted=(directory((oids.COUNTRY, "CN"), (oids.ORGANISATION, "别省")),)), False),
        (constrained(excluded=(directory((oids.COUNTRY, "CN")),)), False),
        (constrained(excluded=(directory((oids.COUNTRY, "DE")),)), True),
        (constrained(excluded=(b"\x87\x08\x0a\x00\x00\x00\xff\x00\x00\x00",)), True),
    ],
)
def test_names_stay_inside_the_subtrees_of_their_issuers(added: tuple[Extension, ...], *, holds: bool) -> None:
    """A3: name constraint escape."""
    made = declare(root=authority(), ca=authority("root", added=added), leaf=leaf("ca"))
    if holds:
        check(made)
    else:
        assert fault(made) is ChainFault.CHAIN_BROKEN


def alternative(*names_: bytes) -> tuple[Extension, ...]:
    return (Extension(oids.SUBJECT_ALT_NAME, critical=False, value=der_writer.sequence(*names_)),)


@pytest.mark.parametrize(
    ("host", "holds"), [(b"a.gd.example", True), (b"gd.example", True), (b"xgd.example", False), (b"gz.example", False)]
)
def test_host_names_stay_inside_their_subtree(host: bytes, *, holds: bool) -> None:
    added = constrained(permitted=(der_writer.tlv(0x82, b"gd.example"),))
    made = declare(
        root=authority(),
        ca=authority("root", added=added),
        leaf=leaf("ca", added=alternative(der_writer.tlv(0x82, host))),
    )
    if holds:
        check(made)
    else:
        assert fault(made) is ChainFault.CHAIN_BROKEN


def test_a_constraint_on_a_form_we_do_not_understand_refuses_names_of_that_form() -> None:
    added = constrained(excluded=(b"\x87\x08\x0a\x00\x00\x00\xff\x00\x00\x00",))
    other = alternative(b"\x87\x04\x0b\x00\x00\x01")
    made = declare(root=authority(), ca=authority("root", added=added), leaf=leaf("ca", added=other))
    assert fault(made) is ChainFault.CHAIN_BROKEN


# --- A4, A8: usage -------------------------------------------------------------------------------------------------


def test_a_key_for_encryption_does_not_sign() -> None:
    """A8."""
    made = declare(root=authority(), leaf=leaf("root", changed=usage(KeyUsage.KEY_ENCIPHERMENT)))
    assert fault(made) is ChainFault.USAGE
    check(made, use=Use.ANY)


def test_a_server_certificate_makes_no_seals_where_the_purpose_is_asked_for() -> None:
    """A4: foreign seal certificates carry odd purposes, so only the strict use asks."""
    made = declare(root=authority(), leaf=leaf("root", changed=purposes(oids.SERVER_AUTH)))
    check(made)
    assert fault(made, use=Use.DOCUMENT) is ChainFault.USAGE
    check(GOOD, "maker", use=Use.DOCUMENT)


@pytest.mark.parametrize(
    "changed",
    [
        purposes(oids.TIME_STAMPING),
        purposes(oids.TIME_STAMPING, oids.SERVER_AUTH, critical=True),
        {oids.EXTENDED_KEY_USAGE: None},
    ],
)
def test_a_time_stamp_authority_has_one_critical_purpose(changed: dict[str, Extension | None]) -> None:
    made = declare(root=authority(), leaf=leaf("root", profile.TIME_STAMP_AUTHORITY, changed=changed))
    assert fault(made, use=Use.TIME_STAMP) is ChainFault.USAGE
    check(GOOD, "tsa", use=Use.TIME_STAMP)
    assert fault(GOOD, "maker", use=Use.TIME_STAMP) is ChainFault.USAGE


def test_a_key_usage_that_cannot_be_read_is_not_taken_for_none() -> None:
    broken = {oids.KEY_USAGE: Extension(oids.KEY_USAGE, critical=True, value=b"\x03\x01\x09")}
    assert fault(declare(root=authority(), leaf=leaf("root", changed=broken))) is ChainFault.USAGE
    made = declare(root=authority(), ca=authority("root", changed=broken), leaf=leaf("ca"))
    assert fault(made) is ChainFault.CHAIN_BROKEN


# --- A7: critical extensions -----------------------------------------------------------------------------------------


def test_an_unknown_critical_extension_is_refused_strictly_and_remarked_otherwise() -> None:
    """A7."""
    for made in (
        declare(root=authority(), leaf=leaf("root", added=(UNKNOWN,))),
        declare(root=authority(), ca=authority("root", added=(UNKNOWN,)), leaf=leaf("ca")),
    ):
        assert "critical-extension-unknown" in check(made).remarks
        assert fault(made, strict=True) is ChainFault.CHAIN_BROKEN


def test_a_demand_for_explicit_policies_counts_as_unknown() -> None:
    demand = Extension(oids.POLICY_CONSTRAINTS, critical=True, value=bytes.fromhex("3003800100"))
    made = declare(root=authority(), ca=authority("root", added=(demand,)), leaf=leaf("ca"))
    assert fault(made, strict=True) is ChainFault.CHAIN_BROKEN


# --- A12: loops and floods ---------------------------------------------------------------------------------------------


def test_authorities_that_certify_each_other_end_the_search() -> None:
    """A12: a certifies b, b certifies a, neither leads to an anchor."""
    a, b = (name.build([(oids.COMMON_NAME, text)]) for text in "ab")
    made = declare(
        root=authority(),
        a=authority(subject=a),
        b=authority("a", subject=b),
        a_by_b=authority("b", subject=a, key="a"),
        leaf=leaf("a"),
    )
    assert fault(made) is ChainFault.NO_ANCHOR


def test_a_cross_certificate_is_followed_to_the_anchor() -> None:
    a = name.build([(oids.COMMON_NAME, "a")])
    made = declare(
        root=authority(), a=authority(subject=a), cross=authority("root", subject=a, key="a"), leaf=leaf("a")
    )
    assert check(made).chain == made.certificates("leaf", "cross", "root")


def test_a_flood_of_same_named_issuers_is_bounded() -> None:
    same = name.build([(oids.COMMON_NAME, "洪水")])
    flood = {f"f{number}": authority(subject=same) for number in range(40)}
    cross = {f"x{number}": authority("f0", subject=same, key=f"f{number}") for number in range(1, 40)}
    made = declare(root=authority(), **flood, **cross, leaf=leaf("f0"))
    assert fault(made) is ChainFault.NO_ANCHOR
    chains = list(path.candidates(made["leaf"].certificate, made.certificates(), made.certificates("f0")))
    assert len(chains) <= path.MAX_STEPS


def test_a_chain_longer_than_we_follow_has_no_anchor() -> None:
    members = {"root": authority()}
    above = "root"
    for number in range(path.MAX_LENGTH):
        members[f"ca{number}"] = authority(above)
        above = f"ca{number}"
    assert fault(declare(**members, leaf=leaf(above))) is ChainFault.NO_ANCHOR


def test_an_old_root_without_extensions_is_an_anchor() -> None:
    def first_version(tbs: bytes) -> bytes:
        from certs.der import reading

        with reading(tbs) as whole, whole.inside() as fields:
            parts = [fields.raw() for _ in range(8)]
        return der_writer.sequence(*parts[1:7])

    made = declare(root=authority(rewrite=first_version), leaf=leaf("root"))
    assert made["root"].certificate.version == 1
    assert len(check(made).chain) == 2
