"""Tokens verify, say the instant and the imprint, and never an earlier instant than the one before."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from certs import oids, timestamp, validation
from certs.cms import SignedData
from certs.errors import TimeStampInvalid
from certs.sm import sm3
from certs.timestamp import TimeStampToken
from certs.timestamp_request import Failure, MessageImprint, RequestRefused, TimeStampRequest
from pki.errors import AuthorityMissing, ClockUnsure
from pki.parts import Parts, parts
from tests.support.authority import BY, floor
from tests.support.clock import SettableClock
from trust.storage.database import Database


def asked(value: bytes = b"seal", **changes: object) -> TimeStampRequest:
    base = TimeStampRequest(MessageImprint(oids.SM3, sm3.digest(value)), certificate_wanted=True)
    return replace(base, **changes)  # type: ignore[arg-type]


def proven(made: Parts, token: bytes, value: bytes) -> timestamp.ProvenTime:
    return timestamp.verify(TimeStampToken.read(token), value, certificates=(made.authority.stamper(),))


def test_a_token_proves_an_instant_for_a_value(made: Parts, clock: SettableClock) -> None:
    stamped = made.authority.timestamp(b"signature value")
    found = proven(made, stamped.token, b"signature value")
    assert found.at == stamped.at == clock.now()
    assert found.serial == stamped.serial
    assert found.accuracy == timedelta(seconds=1)
    assert found.authority == made.authority.stamper()
    chain = [made.authority.directory.authority(name).certificate for name in ("service-ca", "root")]
    path = validation.validate(found.authority, chain, chain[1:], found.at, use=validation.Use.TIME_STAMP, strict=True)
    assert path.anchor == chain[1]


def test_a_token_for_another_value_is_refused(made: Parts) -> None:
    stamped = made.authority.timestamp(b"one")
    with pytest.raises(TimeStampInvalid):
        proven(made, stamped.token, b"two")


def test_the_token_carries_what_a_verifier_without_network_lacks(made: Parts) -> None:
    signed = TimeStampToken.read(made.authority.timestamp(b"x").token).signed
    assert isinstance(signed, SignedData)
    held = {bytes(one) for one in signed.certificates}
    assert made.authority.stamper().der in held
    assert made.authority.directory.authority("service-ca").certificate.der in held
    assert made.authority.directory.authority("root").certificate.der not in held


def test_a_nonce_comes_back_and_certificates_stay_away_unless_wanted(made: Parts) -> None:
    (stamped,) = made.authority.stamping([asked(nonce=2**80, certificate_wanted=False)], str(BY))
    found = TimeStampToken.read(stamped.token)
    assert found.info.nonce == 2**80
    assert found.signed.certificates == ()


def test_a_policy_that_is_not_ours_is_refused(made: Parts) -> None:
    with pytest.raises(RequestRefused) as caught:
        made.authority.stamping([asked(policy="1.2.3")], str(BY))
    assert caught.value.failure is Failure.UNACCEPTED_POLICY
    assert made.authority.stamping([asked(policy=oids.TSA_POLICY)], str(BY))


def test_serials_are_never_given_twice_and_a_group_shares_its_instant(made: Parts) -> None:
    group = made.authority.timestamp_all([b"%d" % number for number in range(20)])
    more = [made.authority.timestamp(b"x") for _ in range(3)]
    assert len({one.serial for one in (*group, *more)}) == 23
    assert {one.at for one in group} == {group[0].at}
    for number, one in enumerate(group):
        proven(made, one.token, b"%d" % number)


def test_every_stamp_is_in_the_journal_under_its_serial(made: Parts) -> None:
    stamped = made.authority.timestamp(b"x")
    with made.desk.new_work() as work:
        ((_, entry),) = work.journal.about(f"{stamped.serial:x}")
    assert entry.event == "time-stamped"
    assert sm3.digest(b"x").hex() in entry.facts


# --- the clock -------------------------------------------------------------------------------------------------------


def test_a_clock_a_little_behind_gives_the_last_instant_again(made: Parts, clock: SettableClock) -> None:
    first = made.authority.timestamp(b"x").at
    clock.advance(timedelta(milliseconds=-900))
    assert made.authority.timestamp(b"y").at == first
    clock.advance(timedelta(seconds=2))
    assert made.authority.timestamp(b"z").at > first


def test_a_clock_that_went_back_stamps_nothing_also_after_a_restart(
    made: Parts, database: Database, clock: SettableClock, tmp_path: Path
) -> None:
    last = made.authority.timestamp(b"x").at
    clock.advance(timedelta(hours=-1))
    restarted = parts(floor(database, clock, tmp_path))
    for one in (made, restarted):
        with pytest.raises(ClockUnsure):
            one.authority.timestamp(b"y")
    clock.set(last + timedelta(milliseconds=1))
    assert restarted.authority.timestamp(b"y").at > last


def test_no_token_says_finer_than_a_millisecond(made: Parts, clock: SettableClock) -> None:
    clock.advance(timedelta(microseconds=1234))
    assert made.authority.timestamp(b"x").at.microsecond == 1000


def test_the_key_stamps_for_a_year(made: Parts, clock: SettableClock) -> None:
    period = made.authority.stamper().key_period
    assert period is not None
    assert isinstance(period.not_after, datetime)
    clock.set(period.not_after)
    made.authority.timestamp(b"x")
    clock.advance(timedelta(seconds=1))
    with pytest.raises(ClockUnsure, match="renew"):
        made.authority.timestamp(b"x")


def test_before_the_ceremony_nobody_stamps(database: Database, clock: SettableClock, tmp_path: Path) -> None:
    with pytest.raises(AuthorityMissing):
        parts(floor(database, clock, tmp_path)).authority.timestamp(b"x")
