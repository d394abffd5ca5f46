"""Sign-out that a platform starts: at once where it may, with a question where nobody vouches for the wish."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from tests.support.clock import SettableClock
from tests.support.relying_party import USER, RelyingParty, with_none
from tests.support.walker import Page

OUT = "https://first.example/out"


def _leave(party: RelyingParty, **said: str) -> Page:
    url = f"{party.metadata['end_session_endpoint']}?{urlencode(said)}"
    return party.walker.follow(party.walker.get(url), stop="https://first.example")


def _gone(party: RelyingParty) -> bool:
    said = party.back(party.show(prompt="none"))
    return said.get("error") == "login_required"


def _agree(party: RelyingParty, page: Page) -> Page:
    return party.walker.walk(page, USER, stop="https://first.example")


def test_with_a_hint_the_browser_is_sent_back_with_its_state(first: RelyingParty) -> None:
    tokens = first.sign_in()
    state = "s" * 128
    page = _leave(first, id_token_hint=tokens["id_token"], post_logout_redirect_uri=OUT, state=state)
    assert _agree(first, page).location == f"{OUT}?state={state}"
    assert _gone(first)
    assert first.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert first.userinfo(tokens["access_token"]).status_code == 401


def test_without_a_state_none_comes_back(first: RelyingParty) -> None:
    page = _leave(first, id_token_hint=first.sign_in()["id_token"], post_logout_redirect_uri=OUT)
    assert _agree(first, page).location == OUT
    assert _gone(first)


def test_it_may_be_posted(first: RelyingParty) -> None:
    said = {"id_token_hint": first.sign_in()["id_token"], "post_logout_redirect_uri": OUT, "state": "s"}
    page = first.walker.follow(first.walker.post(first.metadata["end_session_endpoint"], said), stop=OUT)
    assert _agree(first, page).location == f"{OUT}?state=s"


def test_without_an_address_the_user_stays_on_a_page_that_says_so(first: RelyingParty) -> None:
    page = _agree(first, _leave(first, id_token_hint=first.sign_in()["id_token"], state="s"))
    assert page.location is None
    assert page.ids["logged-out"]
    assert _gone(first)


@pytest.mark.parametrize("said", [{}, {"state": "s"}])
def test_without_a_hint_the_user_is_asked(first: RelyingParty, said: dict[str, str]) -> None:
    first.sign_in()
    page = _leave(first, **said)
    assert page.forms
    assert not _gone(first)
    assert _agree(first, _leave(first, **said)).ids["logged-out"]
    assert _gone(first)


@pytest.mark.parametrize(
    "address", [f"{OUT}?foo=bar", "https://first.example/elsewhere", "https://evil.example/", "javascript:alert(1)"]
)
def test_no_other_address_is_redirected_to(first: RelyingParty, address: str) -> None:
    tokens = first.sign_in()
    page = _leave(first, id_token_hint=tokens["id_token"], post_logout_redirect_uri=address, state="s")
    for _ in range(3):
        assert page.location is None
        if not page.forms:
            break
        page = _agree(first, page)


@pytest.mark.parametrize("forged", ["none", "rubbish", "changed", "absent"])
def test_a_hint_that_proves_nothing_sends_nobody_anywhere(first: RelyingParty, forged: str) -> None:
    token = first.sign_in()["id_token"]
    head, payload, signature = token.split(".")
    hints = {
        "none": with_none(token), "rubbish": "rubbish", "changed": f"{head}.{payload}.{signature[::-1]}", "absent": "",
    }  # fmt: skip
    said = {"post_logout_redirect_uri": OUT, "state": "s"}
    if hints[forged]:
        said["id_token_hint"] = hints[forged]
    page = _leave(first, **said)
    assert page.location is None
    assert not _gone(first)
    if page.forms:
        assert _agree(first, _leave(first, **said)).location is None


def test_a_hint_that_has_expired_still_tells_who_asks(first: RelyingParty, package_clock: SettableClock) -> None:
    tokens = first.sign_in()
    package_clock.advance(timedelta(seconds=tokens["claims"]["exp"] - tokens["claims"]["iat"] + 60))
    page = _leave(first, id_token_hint=tokens["id_token"], post_logout_redirect_uri=OUT)
    assert _agree(first, page).location == OUT
