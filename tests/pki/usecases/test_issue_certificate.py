"""Certificates are issued once, recorded before and after, and refused by name."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from certs import oids, request, signed, validation
from certs.errors import CertsError
from pki.api import Issued, IssueOrder
from pki.desk import IssuingDesk
from pki.errors import (
    AuthorityMissing,
    IdempotencyKeyReused,
    IssueAbandoned,
    IssuedWrong,
    IssueInProgress,
    OrderRefused,
    ProfileNotIssued,
)
from pki.parts import Parts, parts
from pki.storage.tables import certificates
from tests.support.authority import BY, floor, holder, order, requested, subject
from tests.support.clock import SettableClock
from trust.errors import TrustError
from trust.storage.database import Database
from trust.values.principal import Principal


def states(database: Database) -> dict[str, str]:
    with database.reading() as db:
        rows = db.execute(select(certificates.c.requester, certificates.c.idempotency_key, certificates.c.state))
        return {row.idempotency_key or "-": row.state for row in rows if row.requester == str(BY)}


def test_an_order_becomes_a_certificate_that_validates(made: Parts, clock: SettableClock) -> None:
    issued = made.authority.issue(order("制章系统"), BY)
    found = issued.certificate
    assert found.subject == subject("制章系统")
    assert found.public_key == holder("制章系统").public_key
    path = validation.validate(
        found, issued.chain, issued.chain[-1:], clock.now(), use=validation.Use.DOCUMENT, strict=True
    )
    assert path.chain == (found, *issued.chain)
    assert len(issued.chain) == 2


def test_the_intent_and_the_result_are_both_in_the_journal(made: Parts) -> None:
    found = made.authority.issue(order("甲"), BY).certificate
    with made.desk.new_work() as work:
        events = [entry.event for _, entry in work.journal.about(f"seal-ca/{found.serial:032x}")]
    assert events == ["certificate-intended", "certificate-issued"]


def test_the_same_key_gives_the_same_certificate_although_the_request_is_signed_anew(made: Parts) -> None:
    first = made.authority.issue(order("甲"), BY)
    again = made.authority.issue(order("甲"), BY)
    assert again == first


def test_the_same_key_for_another_order_is_refused(made: Parts) -> None:
    made.authority.issue(order("甲"), BY)
    with pytest.raises(IdempotencyKeyReused):
        made.authority.issue(order("乙", idempotency_key="key-甲"), BY)
    other = made.authority.issue(order("乙", idempotency_key="key-甲"), Principal.service("other"))
    assert other.certificate.subject == subject("乙")


def test_a_group_gives_each_order_its_own_outcome(made: Parts) -> None:
    stolen = replace(order("丁"), request=requested("丁", key="甲"))
    outcomes = made.authority.issue_all(
        [order("甲"), order("乙", profile="wizard"), order("丙"), stolen, order("甲")], BY
    )
    assert [type(one) for one in outcomes] == [Issued, OrderRefused, Issued, OrderRefused, IssueInProgress]


def test_an_empty_group_is_no_work(made: Parts) -> None:
    assert made.authority.issue_all([], BY) == ()


def test_the_key_of_another_holder_is_refused(made: Parts) -> None:
    """A9: one key in two requests of two holders."""
    made.authority.issue(order("甲"), BY)
    with pytest.raises(OrderRefused, match="key-holder"):
        made.authority.issue(replace(order("乙"), request=requested("乙", key="甲")), BY)


def test_a_name_that_reads_like_another_is_refused(made: Parts) -> None:
    made.authority.issue(order("Bureau A"), BY)
    with pytest.raises(OrderRefused, match="name-look-alike"):
        made.authority.issue(order("BUREAU  A"), BY)


def test_a_renewal_with_the_same_name_and_key_is_issued(made: Parts) -> None:
    first = made.authority.issue(order("甲"), BY)
    second = made.authority.issue(order("甲", idempotency_key="next year"), BY)
    assert second.certificate.serial != first.certificate.serial


def test_a_request_without_possession_is_refused(made: Parts, database: Database) -> None:
    """A10."""
    good = requested("甲")
    stolen = request.decode(signed.finish(good.tbs, oids.SM2_WITH_SM3, holder("乙").sign(good.tbs)))
    with pytest.raises(OrderRefused, match="invalid-signature"):
        made.authority.issue(replace(order("甲"), request=stolen), BY)
    assert states(database) == {}


@pytest.mark.parametrize("profile", ["root", "issuing-ca"])
def test_authorities_come_from_the_ceremony_alone(made: Parts, profile: str) -> None:
    with pytest.raises(ProfileNotIssued):
        made.authority.issue(order("甲", profile=profile), BY)


def test_a_rule_of_the_profile_refuses(made: Parts) -> None:
    with pytest.raises(OrderRefused, match="name-sealer"):
        made.authority.issue(order("甲", profile="sealer"), BY)
    with pytest.raises(OrderRefused, match="validity"):
        made.authority.issue(order("甲", life=timedelta(days=6 * 365)), BY)
    with pytest.raises(OrderRefused, match="idempotency key"):
        made.authority.issue(order("甲", idempotency_key=""), BY)


def test_before_the_ceremony_there_is_no_authority(database: Database, clock: SettableClock, tmp_path: Path) -> None:
    with pytest.raises(AuthorityMissing):
        parts(floor(database, clock, tmp_path)).authority.issue(order("甲"), BY)


# --- interruptions -------------------------------------------------------------------------------------------------


class Interrupted(Exception):
    pass


def crash(*_: object) -> None:
    raise Interrupted


def test_a_crash_after_the_intent_leaves_an_intent_and_no_certificate(
    made: Parts, database: Database, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(IssuingDesk, "_sign", crash)
        with pytest.raises(Interrupted):
            made.authority.issue(order("甲"), BY)
    assert states(database) == {"key-甲": "intended"}

    # Within the minute somebody may still be at it; afterwards the order is carried out anew, with a new serial.
    with pytest.raises(IssueInProgress):
        made.authority.issue(order("甲"), BY)
    clock.advance(timedelta(seconds=61))
    assert made.authority.issue(order("甲"), BY).certificate.subject == subject("甲")
    assert states(database) == {"-": "abandoned", "key-甲": "issued"}


def test_a_crash_before_the_result_is_recorded_hands_out_nothing(
    made: Parts, database: Database, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(IssuingDesk, "_record", crash)
        with pytest.raises(Interrupted):
            made.authority.issue(order("甲"), BY)
    assert states(database) == {"key-甲": "intended"}
    clock.advance(timedelta(seconds=61))
    assert made.resolve("service test") == 1
    assert states(database) == {"-": "abandoned"}


def test_what_was_given_up_meanwhile_does_not_get_out(
    made: Parts, database: Database, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign = IssuingDesk._sign

    def slow(desk: IssuingDesk, draft: object) -> object:
        clock.advance(timedelta(seconds=61))
        made.resolve("service test")
        return sign(desk, draft)  # type: ignore[arg-type]

    monkeypatch.setattr(IssuingDesk, "_sign", slow)
    with pytest.raises(IssueAbandoned):
        made.authority.issue(order("甲"), BY)
    assert states(database) == {"-": "abandoned"}


def test_a_wrong_answer_of_the_key_never_gets_out(
    made: Parts, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong:
        def sign(self, message: bytes) -> bytes:
            return holder("somebody").sign(message)

    monkeypatch.setattr(type(made.desk.keys), "signer", lambda *_: Wrong())
    with pytest.raises(IssuedWrong):
        made.authority.issue(order("甲"), BY)
    assert states(database) == {"key-甲": "intended"}


def test_outcomes_are_typed(made: Parts) -> None:
    orders: list[IssueOrder] = [order("甲"), order("乙", profile="nothing")]
    for outcome in made.authority.issue_all(orders, BY):
        assert isinstance(outcome, (Issued, TrustError, CertsError))
