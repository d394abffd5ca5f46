"""Mandates: who grants what to whom, who acts, and what ends it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from idp.errors import LevelTooLow, SessionEnded
from idp.errors_ties import MandateMissing, MandateOver, MandateRefused, TooManyAdministrators
from idp.model.account import AccountKind, Person
from idp.model.grant import Context, Grant
from idp.model.mandate import MandateRole, MandateState, Offer, Scope
from idp.storage.actings import Actings
from idp.storage.grants import Grants
from idp.storage.mandate_events import (
    end_mandates_above,
    end_mandates_of_account,
    end_mandates_of_body,
    freeze_mandates,
    recognise_representative,
)
from tests.support.clock import SettableClock
from tests.support.ties import AGENT, BODY, L2, L3, L4, TiesHouse
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank

ADMINISTRATOR, OPERATOR = MandateRole.ADMINISTRATOR, MandateRole.OPERATOR


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> TiesHouse:
    return TiesHouse(database, new_work, clock)


def test_nobody_grants_for_a_body_they_do_not_represent(house: TiesHouse) -> None:
    stranger, other = house.account(), house.account()
    house.represented()
    with pytest.raises(MandateRefused):
        house.grant(stranger.id, L4, Offer(BODY, other.id, OPERATOR))


def test_a_representative_below_l4_does_not_grant(house: TiesHouse) -> None:
    head, other = house.represented(), house.account()
    with pytest.raises(LevelTooLow):
        house.grant(head.id, L3, Offer(BODY, other.id, OPERATOR))


def test_an_operator_grants_nothing(house: TiesHouse) -> None:
    head, clerk, other = house.represented(), house.account(), house.account()
    house.granted(head, clerk)
    with pytest.raises(MandateRefused):
        house.grant(clerk.id, L4, Offer(BODY, other.id, OPERATOR))


def test_an_administrator_grants_only_with_the_right_and_within_it(house: TiesHouse) -> None:
    head, without, able, other = (house.represented(), house.account(), house.account(), house.account())
    house.granted(head, without, ADMINISTRATOR)
    house.granted(head, able, ADMINISTRATOR, sub_grant=True, scope=Scope(("item:1", "item:2"), "330100"), cap=L3)
    inside = Scope(("item:1",), "330102")
    with pytest.raises(MandateRefused):
        house.grant(without.id, L4, Offer(BODY, other.id, OPERATOR, inside))
    for wrong in (
        Offer(BODY, other.id, ADMINISTRATOR, inside, cap=L3),
        Offer(BODY, other.id, OPERATOR, Scope(("item:3",), "330102"), cap=L3),
        Offer(BODY, other.id, OPERATOR, Scope((), "330102"), cap=L3),
        Offer(BODY, other.id, OPERATOR, Scope(("item:1",), "330200"), cap=L3),
        Offer(BODY, other.id, OPERATOR, inside, cap=L4),
        Offer(BODY, other.id, OPERATOR, inside, cap=L3, until=house.clock.now() + timedelta(days=800)),
    ):
        with pytest.raises(MandateRefused):
            house.grant(able.id, L4, wrong)
    until = house.clock.now() + timedelta(days=30)
    assert house.grant(able.id, L3, Offer(BODY, other.id, OPERATOR, inside, cap=L3, until=until)).under


def test_nobody_is_granted_to_who_is_no_natural_person_here_or_the_grantor(house: TiesHouse) -> None:
    head, official = house.represented(), house.account(kind=AccountKind.STAFF)
    for grantee in (official.id, "0" * 32, head.id):
        with pytest.raises(MandateRefused):
            house.grant(head.id, L4, Offer(BODY, grantee, OPERATOR))


def test_a_grantee_is_named_by_number_and_name_together(house: TiesHouse) -> None:
    head = house.represented()
    clerk = house.account(Person(name="周明远", id_number="330102199003076237"))
    offer = Offer(BODY, "", OPERATOR)
    for number, name in (("330102199003076237", "周明"), ("330102199003076238", "周明远")):
        with pytest.raises(MandateRefused):
            house.grant.to_named(head.id, L4, offer, number, name)
    assert house.grant.to_named(head.id, L4, offer, "330102199003076237", "周明远").grantee == clerk.id


def test_a_body_has_five_administrators_however_many_are_named_at_once(house: TiesHouse) -> None:
    head = house.represented()
    people = [house.account() for _ in range(8)]

    def name(index: int) -> bool:
        try:
            house.grant(head.id, L4, Offer(BODY, people[index].id, ADMINISTRATOR))
        except TooManyAdministrators:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(name, range(8))) == [False] * 3 + [True] * 5
    with house.database.reading() as db:
        held = [one for one in Actings(db).open_to(head.id, house.clock.now()) if one.role is ADMINISTRATOR]
    assert not held, "offers are no mandates"


def test_an_ended_administrator_makes_room(house: TiesHouse) -> None:
    head = house.represented()
    made = [house.grant(head.id, L4, Offer(BODY, house.account().id, ADMINISTRATOR)) for _ in range(5)]
    house.end(head.id, L2, made[2].id)
    house.grant(head.id, L4, Offer(BODY, house.account().id, ADMINISTRATOR))


def test_only_the_grantee_accepts_and_surely_enough_and_in_time(house: TiesHouse) -> None:
    head, clerk, other = house.represented(), house.account(), house.account()
    offer = Offer(BODY, clerk.id, OPERATOR, floor=L3)
    made = house.grant(head.id, L4, offer)
    with pytest.raises(MandateMissing):
        house.accept(other.id, L4, made.id)
    with pytest.raises(LevelTooLow):
        house.accept(clerk.id, L2, made.id)
    late = house.grant(head.id, L4, offer)
    house.clock.advance(timedelta(days=31))
    with pytest.raises(MandateOver):
        house.accept(clerk.id, L4, late.id)
    assert house.held(made.id).state is MandateState.OFFERED


def test_of_accepting_and_withdrawing_at_once_the_end_stands(house: TiesHouse) -> None:
    head, clerk = house.represented(), house.account()
    made = house.grant(head.id, L4, Offer(BODY, clerk.id, OPERATOR))

    def act(which: int) -> bool:
        try:
            house.accept(clerk.id, L4, made.id) if which % 2 else house.end(head.id, L4, made.id)
        except (MandateOver, MandateMissing):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(act, range(4)))
    assert sum(done[1::2]) <= 1
    assert sum(done[::2]) == 1
    assert house.held(made.id).state is MandateState.ENDED


def test_a_session_acts_at_the_least_of_body_person_sign_in_and_mandate(house: TiesHouse) -> None:
    head, clerk = house.represented(), house.account()
    made = house.granted(head, clerk, cap=L3)
    session = house.session(clerk)
    switched = house.act(session.sid, clerk.id, made.id)
    assert (switched.acting.body, switched.standing.level) == (BODY, L3)
    assert house.acting(session.sid) == made.id
    house.body_kinds = ("typed", "register")
    assert house.act(session.sid, clerk.id, made.id).standing.level == L2
    assert house.events(f"body/{BODY}") == ["acting-begun"] * 2
    house.act.stop(session.sid, clerk.id)
    assert house.acting(session.sid) is None


def test_a_grant_keeps_what_it_was_acted_under(house: TiesHouse) -> None:
    head, clerk = house.represented(), house.account()
    until = house.clock.now() + timedelta(days=9)
    made = house.granted(head, clerk, scope=Scope(("0001",), "330100"), until=until)
    acting = house.act(house.session(clerk).sid, clerk.id, made.id).acting
    assert acting.context == {
        "body": BODY,
        "role": "operator",
        "mandate": made.id,
        "scope": ["item:0001"],
        "region": "330100",
        "exp": int(until.timestamp()),
    }


def test_nobody_acts_below_the_floor_or_with_anothers_mandate_or_session(house: TiesHouse) -> None:
    head, clerk, other = house.represented(), house.account(), house.account()
    made = house.granted(head, clerk, floor=L3)
    weak, mine, theirs = house.session(clerk, "password"), house.session(clerk), house.session(other)
    with pytest.raises(LevelTooLow):
        house.act(weak.sid, clerk.id, made.id)
    with pytest.raises(MandateMissing):
        house.act(theirs.sid, other.id, made.id)
    with pytest.raises(SessionEnded):
        house.act(mine.sid, other.id, made.id)
    assert house.acting(weak.sid) is None


def test_nobody_acts_before_acceptance_or_outside_the_time(house: TiesHouse) -> None:
    head, clerk = house.represented(), house.account()
    soon = house.clock.now() + timedelta(days=1)
    made = house.grant(head.id, L4, Offer(BODY, clerk.id, OPERATOR, since=soon, until=soon + timedelta(days=1)))
    with pytest.raises(MandateMissing):
        house.act(house.session(clerk).sid, clerk.id, made.id)
    house.accept(clerk.id, L4, made.id)
    with pytest.raises(MandateMissing):
        house.act(house.session(clerk).sid, clerk.id, made.id)
    house.clock.advance(timedelta(days=1))
    house.act(house.session(clerk).sid, clerk.id, made.id)
    house.clock.advance(timedelta(days=1))
    with pytest.raises(MandateMissing):
        house.act(house.session(clerk).sid, clerk.id, made.id)
    assert house.end_due() == 1
    assert house.held(made.id).why == "run-out"


def test_the_end_of_a_mandate_ends_what_was_granted_under_it_and_nothing_else(house: TiesHouse) -> None:
    head, clerk = house.represented(), house.account()
    made, session = house.granted(head, clerk), house.session(clerk)
    acting = house.act(session.sid, clerk.id, made.id).acting
    at = house.clock.now()
    with house.new_work() as work:
        for name, context in (("own", Context()), ("body", Context(acting=acting.context))):
            scopes = ("openid",)
            Grants(work.db).add(Grant(name, "portal", clerk.id, session.sid, name, scopes, context, False, at))
    house.end(head.id, L2, made.id)
    with house.database.reading() as db:
        revoked = {name: Grants(db).find(name) for name in ("own", "body")}
    assert revoked["own"] is not None
    assert revoked["own"].revoked_at is None
    assert revoked["body"] is not None
    assert revoked["body"].revoked_at == at
    assert house.acting(session.sid) is None
    with pytest.raises(MandateMissing):
        house.act(session.sid, clerk.id, made.id)
    with pytest.raises(MandateOver):
        house.end(head.id, L2, made.id)


def test_a_stranger_or_a_weak_session_ends_nothing(house: TiesHouse) -> None:
    head, clerk, other = house.represented(), house.account(), house.account()
    made = house.granted(head, clerk)
    with pytest.raises(MandateMissing):
        house.end(other.id, L4, made.id)
    with pytest.raises(LevelTooLow):
        house.end(head.id, Rank(1), made.id)
    house.end(clerk.id, L2, made.id)
    assert house.held(made.id).why == "given-up"


def test_a_mandate_is_narrowed_never_widened(house: TiesHouse) -> None:
    head, clerk = house.represented(), house.account()
    made = house.granted(head, clerk, scope=Scope(("item:1", "item:2"), "330000"))
    less = house.scope(head.id, L4, made.id, Scope(("item:1",), "330100"), L3, L4, made.until)
    assert house.held(made.id) == less
    for scope, floor, cap in (
        (Scope((), "330100"), L3, L4),
        (Scope(("item:2",), "330100"), L3, L4),
        (Scope(("item:1",), "330000"), L3, L4),
        (Scope(("item:1",), "330100"), L2, L4),
    ):
        with pytest.raises(MandateRefused):
            house.scope(head.id, L4, made.id, scope, floor, cap, made.until)
    with pytest.raises(MandateRefused):
        house.scope(head.id, L4, made.id, less.scope, L3, L4, None)
    with pytest.raises(MandateMissing):
        house.scope(clerk.id, L4, made.id, less.scope, L3, L4, made.until)


def test_a_new_representative_confirms_what_the_former_one_granted(house: TiesHouse) -> None:
    head, clerk, following = house.represented(), house.account(), house.account()
    made, session = house.granted(head, clerk), house.session(clerk)
    house.act(session.sid, clerk.id, made.id)
    with house.new_work() as work:
        recognise_representative(work, BODY, following.id, "service idp", house.clock.now())
    assert house.held(made.id).state is MandateState.FROZEN
    assert house.acting(session.sid) is None
    with pytest.raises(MandateMissing):
        house.act(session.sid, clerk.id, made.id)
    with pytest.raises(MandateMissing):
        house.confirm(head.id, L4, made.id)
    with pytest.raises(LevelTooLow):
        house.confirm(following.id, L3, made.id)
    house.confirm(following.id, L4, made.id)
    house.act(session.sid, clerk.id, made.id)
    with pytest.raises(MandateRefused):
        house.grant(head.id, L4, Offer(BODY, clerk.id, OPERATOR))


def test_to_recognise_the_same_representative_again_changes_nothing(house: TiesHouse) -> None:
    head, clerk = house.represented(), house.account()
    made = house.granted(head, clerk)
    with house.new_work() as work:
        recognise_representative(work, BODY, head.id, "service idp", house.clock.now())
    assert house.held(made.id).state is MandateState.ACTIVE


def test_life_events_end_mandates(house: TiesHouse) -> None:
    at = house.clock.now()
    head, clerk, sure = house.represented(), house.account(), house.account()
    low, high = house.granted(head, clerk), house.granted(head, sure, floor=L4)
    with house.new_work() as work:
        assert end_mandates_above(work, sure.id, L3, "service idp", at) == 1
        assert end_mandates_above(work, clerk.id, L3, "service idp", at) == 0
    assert house.held(high.id).why == "level-lost"
    with house.new_work() as work:
        assert freeze_mandates(work, BODY, "service idp", at) == 2
        assert end_mandates_of_account(work, clerk.id, "closed", "service idp", at) == 1
        assert end_mandates_of_body(work, BODY, "body-cancelled", "service idp", at) == 1
    assert house.held(low.id).why == "closed"
    assert house.events(f"mandate/{low.id}")[-1] == "mandate-ended"


def test_people_of_an_agent_body_act_within_both_mandates(house: TiesHouse) -> None:
    head, agent_head, clerk = house.represented(), house.represented(AGENT), house.account()
    offer = Offer(BODY, AGENT, MandateRole.AGENT_BODY, Scope(("item:1", "item:2"), "330100"))
    made = house.grant(head.id, L4, offer)
    with pytest.raises(MandateMissing):
        house.accept(clerk.id, L4, made.id)
    house.accept(agent_head.id, L4, made.id)
    own = house.grant(agent_head.id, L4, Offer(AGENT, clerk.id, OPERATOR, Scope(("item:2", "item:3"), "330000")))
    house.accept(clerk.id, L4, own.id)
    session = house.session(clerk)
    acting = house.act(session.sid, clerk.id, made.id).acting
    assert (acting.body, acting.through, acting.scope) == (BODY, AGENT, Scope(("item:2",), "330100"))
    with house.database.reading() as db:
        assert {one.mandate for one in Actings(db).open_to(clerk.id, house.clock.now())} == {made.id, own.id}
    house.end(agent_head.id, L2, own.id)
    with pytest.raises(MandateMissing):
        house.act(session.sid, clerk.id, made.id)


def test_no_event_of_a_mandate_tells_a_name_or_number(house: TiesHouse) -> None:
    head = house.represented()
    house.account(Person(name="周明远", id_number="330102199003076237"))
    made = house.grant.to_named(head.id, L4, Offer(BODY, "", OPERATOR), "330102199003076237", "周明远")
    with house.new_work() as work:
        told = [str(entry) for _, entry in work.journal.about(f"mandate/{made.id}")]
    assert told
    assert not any("周明远" in one or "330102199003076237" in one for one in told)
