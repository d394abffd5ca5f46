"""The tables of levels, cell by cell, and what holds for every session."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.model.assurance import Evidence, Proof
from idp.model.ladder import Ladder
from idp.model.ladder_data import LadderData, packaged
from trust.values.assurance import Rank

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LADDER = Ladder(LadderData.parse(packaged()))
NATURAL = ("phone", "two-elements", "carrier", "face", "window")
BODY = ("typed", "register", "representative", "account-payment", "body-certificate")
STAFF = ("directory", "linked-l4", "badge")
METHODS = [*sorted(name for name in LADDER.data.factors if not name.endswith("*")), "link:alipay", "link-strong:wechat"]
RANKS = st.integers(1, 5).map(Rank)


def known(*kinds: str, number: bool = False) -> list[Evidence]:
    return [Evidence(kind, AT, None, "test", carries_number=number) for kind in kinds]


def shown(*methods: str, age: timedelta = timedelta(0)) -> list[Proof]:
    return [Proof(method, AT - age) for method in methods]


@pytest.mark.parametrize(
    ("kind", "kinds", "rank"),
    [
        ("natural", (), 0),
        ("natural", ("phone",), 1),
        ("natural", ("phone", "two-elements"), 2),
        *(
            ("natural", ("phone", "two-elements", source), 3)
            for source in ("carrier", "bank-card", "social-security-card", "real-name-account")
        ),
        *(("natural", (*NATURAL[:3], live), 4) for live in ("face", "ctid-face", "nfc-face")),
        *(("natural", (*NATURAL[:4], strong), 5) for strong in ("window", "personal-certificate", "eid-hardware")),
        ("natural", ("two-elements", "carrier"), 0),  # nothing is skipped
        ("natural", ("phone", "carrier"), 1),
        ("body", ("typed",), 1),
        ("body", BODY[:2], 2),
        ("body", BODY[:3], 3),
        *(("body", (*BODY[:3], one), 4) for one in ("representative-consent", "account-payment", "licence-scan")),
        *(("body", (*BODY[:4], one), 5) for one in ("body-certificate", "licence-signature", "window-authorised")),
        ("staff", (), 0),
        ("staff", ("directory",), 2),
        ("staff", ("directory", "linked-l3"), 3),
        ("staff", ("directory", "linked-l4"), 4),
        ("staff", ("directory", "linked-l4", "staff-certificate"), 5),
        ("staff", ("directory", "linked-l4", "badge"), 5),
        ("staff", ("linked-l4", "badge"), 0),
    ],
)
def test_evidence_gives_the_identity_level_of_its_cell(kind: str, kinds: tuple[str, ...], rank: int) -> None:
    assert LADDER.identity_level(kind, known(*kinds), AT) == Rank(rank)


@pytest.mark.parametrize(("kind", "rank"), [("face", 4), ("window", 3), ("personal-certificate", 3)])
def test_strong_evidence_with_the_number_proves_what_lies_below_and_without_it_does_not(kind: str, rank: int) -> None:
    assert LADDER.identity_level("natural", known(kind, number=True), AT) == Rank(rank)
    assert LADDER.identity_level("natural", known(kind), AT) == Rank(0)


@pytest.mark.parametrize(("kind", "days"), [("carrier", 730), ("face", 730), ("window", 1095), ("typed", 183)])
def test_evidence_ends_at_its_last_instant(kind: str, days: int) -> None:
    rest = known(
        "phone", "two-elements", *(("carrier",) if kind != "carrier" else ()), "face" if kind == "window" else "phone"
    )
    of = "body" if kind == "typed" else "natural"
    all_of = [*rest, *known(kind)]
    if kind == "window":
        all_of = [Evidence(one.kind, AT + 400 * DAY, None, "test") if one.kind != kind else one for one in all_of]
    before, after = (LADDER.identity_level(of, all_of, AT + days * DAY - wait) for wait in (SECOND, timedelta(0)))
    assert after < before
    assert LADDER.expires(kind, AT) == AT + days * DAY


def test_the_life_of_a_phone_counts_from_its_last_use_which_the_record_says() -> None:
    later = AT + 1000 * DAY
    assert LADDER.identity_level("natural", known("phone"), later) == Rank(1)
    assert LADDER.identity_level("natural", [Evidence("phone", AT, later, "test")], later) == Rank(0)


@pytest.mark.parametrize(
    ("methods", "rank"),
    [
        (("password",), 1), (("sms",), 1), (("totp",), 0), (("recovery-code",), 0), (("face",), 0),
        (("password", "sms"), 2), (("password", "totp"), 3), (("password", "recovery-code"), 2), (("sms", "totp"), 1),
        (("passkey",), 3), (("passkey-device",), 4), (("passkey-hardware",), 4), (("qr",), 4),
        (("passkey", "face"), 4), (("password", "sms", "face"), 2), (("password", "totp", "face"), 4),
        (("link:alipay",), 2), (("link:unionpay",), 2), (("link-strong:wechat",), 3),
        (("ctid",), 3), (("ctid-face",), 4), (("certificate",), 5), (("licence-scan",), 4), (("window",), 4),
        (("national",), 4), (("federated",), 4), (("nobody-knows",), 0), (("link:*",), 0), ((), 0),
    ],
)  # fmt: skip
def test_a_sign_in_is_worth_its_cell(methods: tuple[str, ...], rank: int) -> None:
    assert LADDER.session("natural", known(*NATURAL), shown(*methods), AT).al == Rank(rank)


@pytest.mark.parametrize(
    ("method", "age", "level"),
    [
        ("certificate", 5 * MINUTE, 5), ("certificate", 5 * MINUTE + SECOND, 4), ("certificate", 10 * MINUTE, 4),
        ("certificate", 10 * MINUTE + SECOND, 3), ("qr", 10 * MINUTE, 4), ("qr", 10 * MINUTE + SECOND, 3),
        ("qr", 12 * HOUR, 3), ("passkey", 12 * HOUR, 3),
    ],
)  # fmt: skip
def test_a_session_decays_exactly_at_the_boundary(method: str, age: timedelta, level: int) -> None:
    standing = LADDER.session("natural", known(*NATURAL), shown(method, age=age), AT)
    assert (standing.level, standing.acr, standing.auth_time) == (Rank(level), f"urn:cn-gov:loa:l{level}", AT - age)


def test_a_face_check_that_is_old_leaves_the_level_of_what_stood_before_it() -> None:
    proofs = [Proof("passkey", AT - HOUR), Proof("face", AT - 10 * MINUTE)]
    fresh, old = (LADDER.session("natural", known(*NATURAL), proofs, at) for at in (AT, AT + SECOND))
    assert (fresh.level, fresh.auth_time) == (Rank(4), AT - HOUR)
    assert "face" in fresh.amr
    assert (old.level, old.auth_time) == (Rank(3), AT - HOUR)
    assert "face" not in old.amr


def test_auth_time_is_the_oldest_factor_needed_and_no_older_one() -> None:
    proofs = [Proof("password", AT - HOUR), Proof("totp", AT - MINUTE), Proof("sms", AT)]
    assert LADDER.session("natural", known(*NATURAL), proofs, AT).auth_time == AT - HOUR
    assert LADDER.session("natural", known("phone"), proofs, AT).auth_time == AT


def test_the_level_is_the_least_of_identity_sign_in_and_cap() -> None:
    qr = shown("qr")
    assert LADDER.session("natural", known("phone", "two-elements"), qr, AT).level == Rank(2)
    assert LADDER.session("natural", known(*NATURAL), qr, AT, Rank(3)).level == Rank(3)
    nothing = LADDER.session("natural", [], qr, AT)
    assert (nothing.acr, nothing.level, nothing.auth_time) == ("0", Rank(0), AT)


@pytest.mark.parametrize(
    ("body", "person", "method", "cap", "level"),
    [(5, 5, "qr", 5, 4), (3, 5, "qr", 5, 3), (4, 2, "qr", 5, 2), (4, 4, "passkey", 5, 3), (4, 4, "qr", 2, 2), (0, 4, "qr", 5, 0)],
)  # fmt: skip
def test_who_acts_for_a_body_stands_at_the_least_of_four(
    body: int, person: int, method: str, cap: int, level: int
) -> None:
    standing = LADDER.acting(known(*BODY[:body]), known(*NATURAL[:person]), shown(method), AT, Rank(cap))
    assert (standing.level, standing.il) == (Rank(level), Rank(min(body, person)))
    assert standing.acr == LADDER.acr(Rank(level))


@pytest.mark.parametrize(
    ("methods", "amr"),
    [
        (("password",), ("pwd",)), (("password", "sms"), ("pwd", "sms", "mfa")),
        (("password", "totp"), ("pwd", "otp", "mfa")), (("passkey",), ("swk", "user", "mfa")),
        (("certificate",), ("hwk", "pin", "cert-sm2", "mfa")), (("link-strong:wechat",), ("idp",)), ((), ()),
    ],
)  # fmt: skip
def test_amr_says_what_was_shown_and_no_more(methods: tuple[str, ...], amr: tuple[str, ...]) -> None:
    assert LADDER.session("natural", known(*NATURAL), shown(*methods), AT).amr == amr


def test_a_moved_number_takes_the_worth_of_its_codes() -> None:
    proofs, gone = shown("password", "sms"), frozenset({"sms"})
    assert LADDER.session("natural", known(*NATURAL), proofs, AT, distrusted=gone).al == Rank(1)
    assert LADDER.session("natural", known(*NATURAL), shown("sms"), AT, distrusted=gone).al == Rank(0)
    owed = LADDER.missing(
        "natural", known(*NATURAL), proofs, Rank(2), AT, None, frozenset({"sms", "totp"}), distrusted=gone
    )
    assert owed.methods == ("totp",)


def test_officials_always_need_a_second_factor() -> None:
    known_staff = known(*STAFF)
    assert LADDER.session("staff", known_staff, shown("password"), AT).al == Rank(0)
    assert LADDER.session("staff", known_staff, shown("password", "totp"), AT).al == Rank(3)
    assert LADDER.session("staff", known_staff, shown("passkey"), AT).al == Rank(3)
    owed = LADDER.missing("staff", known_staff, shown("password"), Rank(1), AT, None, frozenset({"password", "totp"}))
    assert owed.methods == ("totp",)


@pytest.mark.parametrize(
    ("kind", "rank", "absolute", "idle"),
    [
        ("natural", 1, 30 * DAY, 7 * DAY), ("natural", 2, DAY, 2 * HOUR), ("natural", 3, 12 * HOUR, HOUR),
        ("natural", 4, 12 * HOUR, 30 * MINUTE), ("natural", 5, 8 * HOUR, 15 * MINUTE),
        ("natural", 0, 30 * DAY, 7 * DAY), ("staff", 1, 12 * HOUR, 15 * MINUTE), ("staff", 5, 12 * HOUR, 15 * MINUTE),
        ("administrator", 4, 12 * HOUR, 10 * MINUTE),
    ],
)  # fmt: skip
def test_sessions_end_as_their_row_says(kind: str, rank: int, absolute: timedelta, idle: timedelta) -> None:
    lifetime = LADDER.lifetime(kind, Rank(rank))
    assert (lifetime.absolute, lifetime.idle) == (absolute, idle)


def test_freshness_for_a_sensitive_act() -> None:
    found = [LADDER.freshness(Rank(rank)) for rank in range(1, 6)]
    assert found == [None, 12 * HOUR, 2 * HOUR, 10 * MINUTE, 5 * MINUTE]


def test_the_cheapest_missing_proof_is_one_more_factor() -> None:
    enrolled = frozenset({"password", "sms", "totp", "passkey", "certificate"})
    owed = LADDER.missing("natural", known(*NATURAL), shown("password"), Rank(3), AT, None, enrolled)
    assert owed.methods[:2] == ("passkey", "totp")
    assert (owed.met, owed.impossible, owed.evidence, owed.enrol) == (False, False, (), ())


def test_what_is_fresh_is_not_asked_for_again_and_what_max_age_calls_stale_is() -> None:
    enrolled = frozenset({"password", "totp"})
    proofs = [Proof("password", AT - MINUTE), Proof("totp", AT - HOUR)]
    assert LADDER.missing("natural", known(*NATURAL), proofs, Rank(3), AT, None, enrolled).met
    assert LADDER.missing("natural", known(*NATURAL), proofs, Rank(3), AT, 10 * MINUTE, enrolled).methods == ("totp",)
    both = LADDER.missing("natural", known(*NATURAL), proofs, Rank(3), AT, timedelta(0), enrolled)
    assert (both.methods, both.steps, both.next) == ((), (("password", "totp"),), ("password",))


def test_without_a_factor_that_does_the_ways_to_set_one_up_are_told() -> None:
    owed = LADDER.missing("natural", known(*NATURAL), shown("password", "sms"), Rank(3), AT, None, frozenset())
    assert {"totp", "passkey"} <= set(owed.enrol)
    assert "certificate" not in owed.enrol  # which is bound from 3 on
    assert LADDER.missing("natural", known(*NATURAL), [], Rank(3), AT, None, frozenset()).impossible


def test_proofing_is_asked_for_when_identity_is_what_lacks() -> None:
    owed = LADDER.missing("natural", known("phone"), shown("qr"), Rank(4), AT, None, frozenset())
    assert (owed.evidence, owed.steps, owed.met) == (("two-elements", "carrier", "face"), (), False)
    staff = LADDER.missing("staff", known("directory"), shown("qr"), Rank(4), AT, None, frozenset())
    assert staff.evidence == ("linked-l4",)


def test_a_second_factor_is_not_offered_as_the_first() -> None:
    everything = frozenset({"password", "sms", "totp", "face", "recovery-code"})
    assert LADDER.missing("natural", known("phone"), [], Rank(0), AT, None, everything).methods == ("password", "sms")


def test_a_user_at_two_reaches_four_by_one_proof_and_falls_back_after_ten_minutes() -> None:
    before, evidence = [Proof("password", AT - HOUR), Proof("sms", AT - HOUR)], known(*NATURAL)
    assert LADDER.session("natural", evidence, before, AT).level == Rank(2)
    owed = LADDER.missing("natural", evidence, before, Rank(4), AT, None, frozenset({"password", "sms", "qr"}))
    assert owed.methods == ("qr",)
    after = [*before, Proof("qr", AT)]
    levels = [LADDER.session("natural", evidence, after, AT + wait).level.value for wait in (10 * MINUTE, 601 * SECOND)]
    assert levels == [4, 3]


def test_nothing_lifts_a_session_above_its_cap() -> None:
    assert LADDER.missing("natural", known(*NATURAL), shown("qr"), Rank(4), AT, None, frozenset(), Rank(3)).impossible


def test_acr_values_are_read_in_the_order_of_preference() -> None:
    asked = LADDER.wanted(["urn:other", "phrh", "urn:cn-gov:loa:l3", "phr"])
    assert [(one.acr, one.rank.value, one.phishing_resistant, one.hardware) for one in asked] == [
        ("phrh", 1, True, True), ("urn:cn-gov:loa:l3", 3, False, False), ("phr", 1, True, False),
    ]  # fmt: skip
    passkey = LADDER.session("natural", known(*NATURAL), shown("passkey"), AT)
    assert LADDER.satisfied(["phrh", "phr", "urn:cn-gov:loa:l3"], passkey) == "phr"
    assert LADDER.satisfied(["urn:cn-gov:loa:l4"], passkey) is None
    totp = LADDER.session("natural", known(*NATURAL), shown("password", "totp"), AT)
    assert LADDER.satisfied(["phr"], totp) is None
    owed = LADDER.missing(
        "natural", known(*NATURAL), shown("password", "totp"), Rank(1), AT, None, frozenset({"passkey", "sms"}),
        phishing_resistant=True,
    )  # fmt: skip
    assert owed.methods == ("passkey",)


def test_acr_and_rank_say_the_same() -> None:
    assert [LADDER.rank_of_acr(LADDER.acr(Rank(rank))) for rank in range(6)] == [Rank(rank) for rank in range(6)]
    assert LADDER.rank_of_acr("l3") is None


PROOFS = st.lists(
    st.builds(Proof, st.sampled_from(METHODS), st.integers(0, 900).map(lambda one: AT - timedelta(seconds=one))),
    max_size=6,
)
EVIDENCE = st.lists(
    st.builds(
        Evidence,
        st.sampled_from(sorted(LADDER.data.evidence)),
        st.integers(0, 800).map(lambda one: AT - one * DAY),
        st.none() | st.integers(1, 900).map(lambda one: AT + one * DAY),
        st.just("test"),
        carries_number=st.booleans(),
    ),
    max_size=6,
)
KIND = st.sampled_from(["natural", "body", "staff"])
ENROLLED = st.frozensets(st.sampled_from(METHODS), max_size=6)


@given(KIND, EVIDENCE, PROOFS, st.integers(0, 10**8))
def test_no_level_rises_by_waiting(kind: str, evidence: list[Evidence], proofs: list[Proof], seconds: int) -> None:
    now, later = (LADDER.session(kind, evidence, proofs, AT + timedelta(seconds=one)) for one in (0, seconds))
    assert later.level <= now.level
    assert later.il <= now.il
    assert later.al <= now.al


@given(KIND, EVIDENCE, EVIDENCE, PROOFS, PROOFS)
def test_more_never_lowers(
    kind: str, evidence: list[Evidence], more: list[Evidence], proofs: list[Proof], others: list[Proof]
) -> None:
    before = LADDER.session(kind, evidence, proofs, AT)
    after = LADDER.session(kind, evidence + more, proofs + others, AT)
    assert (after.level >= before.level, after.il >= before.il, after.al >= before.al) == (True, True, True)


@given(KIND, EVIDENCE, PROOFS, RANKS, ENROLLED, st.none() | st.integers(0, 900).map(lambda one: one * SECOND))
def test_what_is_missing_suffices_and_nothing_of_it_is_too_much(
    kind: str, evidence: list[Evidence], proofs: list[Proof], wanted: Rank, enrolled: frozenset[str],
    within: timedelta | None,
) -> None:  # fmt: skip
    owed = LADDER.missing(kind, evidence, proofs, wanted, AT, within, enrolled)
    known_after = evidence + known(*owed.evidence)
    assert not owed.met or LADDER.session(kind, evidence, proofs, AT).level >= wanted
    for step in owed.steps:
        assert set(step) <= enrolled
        done = proofs + shown(*step)
        assert LADDER.session(kind, known_after, done, AT).level >= wanted
        assert LADDER.missing(kind, known_after, done, wanted, AT, within, enrolled).met
        for spared in step:
            less = proofs + shown(*(one for one in step if one != spared))
            assert not LADDER.missing(kind, known_after, less, wanted, AT, within, enrolled).met
    for left_out in owed.evidence:
        fewer = evidence + known(*(one for one in owed.evidence if one != left_out))
        assert LADDER.identity_level(kind, fewer, AT) < wanted
