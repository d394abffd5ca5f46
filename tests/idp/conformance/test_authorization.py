"""Authorization requests as the basic profile's hard cases send them."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from tests.support.clock import SettableClock
from tests.support.relying_party import USER, RelyingParty, unsigned


def test_a_request_may_be_posted(first: RelyingParty) -> None:
    page = first.walker.post(first.metadata["authorization_endpoint"], first.request())
    said = first.back(first.walker.walk(page, USER, stop=first.redirect_uri))
    assert first.redeem(said["code"]).status_code == 200


def test_a_request_without_a_response_type_comes_back_as_an_error(first: RelyingParty) -> None:
    assert first.back(first.show(response_type=None))["error"] in ("invalid_request", "unsupported_response_type")


@pytest.mark.parametrize("kind", ["token", "id_token", "code token", "none", "rubbish"])
def test_no_other_response_type_is_granted(first: RelyingParty, kind: str) -> None:
    page = first.show(response_type=kind)
    assert page.location
    assert "error=unsupported_response_type" in page.location or "error=unauthorized_client" in page.location
    assert "access_token" not in page.location


def test_a_strict_client_needs_pkce_and_no_nonce(first: RelyingParty) -> None:
    assert first.back(first.show(code_challenge=None, code_challenge_method=None))["error"] == "invalid_request"
    claims = first.sign_in(nonce=None)["claims"]
    assert "nonce" not in claims


@pytest.mark.parametrize("changes", [{"code_challenge_method": "plain"}, {"code_challenge_method": None}])
def test_a_plain_challenge_is_refused(first: RelyingParty, changes: dict[str, str | None]) -> None:
    assert first.back(first.show(**changes))["error"] == "invalid_request"


def test_an_optional_challenge_that_was_sent_binds(lax: RelyingParty) -> None:
    code = lax.code()
    assert lax.redeem(code, code_verifier="x" * 43).json()["error"] == "invalid_grant"


def test_a_verifier_without_a_challenge_is_a_downgrade(lax: RelyingParty) -> None:
    code = lax.code(code_challenge=None, code_challenge_method=None)
    assert lax.redeem(code).json()["error"] in ("invalid_grant", "invalid_request")


def test_a_client_without_pkce_owes_a_nonce(lax: RelyingParty) -> None:
    page = lax.show(code_challenge=None, code_challenge_method=None, nonce=None)
    assert lax.back(page)["error"] == "invalid_request"
    code = lax.code(code_challenge=None, code_challenge_method=None)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": lax.redirect_uri}
    assert lax.token(**form).status_code == 200


def test_parameters_nobody_knows_are_ignored(first: RelyingParty) -> None:
    assert first.code(extra="foobar")


def test_a_parameter_given_twice_is_refused(first: RelyingParty) -> None:
    url = f"{first.metadata['authorization_endpoint']}?{urlencode(first.request())}&scope=openid"
    page = first.walker.get(url)
    assert page.status == 400 or "error=invalid_request" in (page.location or "")


@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap"])
def test_any_display_is_accepted(first: RelyingParty, display: str) -> None:
    assert first.code(display=display)


def test_the_page_speaks_the_language_that_was_asked_for(first: RelyingParty) -> None:
    assert first.show(ui_locales="en").lang.startswith("en")
    assert first.show(ui_locales="zh-CN").lang == "zh-CN"
    assert first.show(ui_locales="fr sv zh").lang == "zh-CN"
    assert first.code(ui_locales="se", claims_locales="se")


def test_a_hint_fills_in_the_user_name(first: RelyingParty) -> None:
    page = first.show(login_hint="user0")
    assert page.forms[0].fields["username"] == "user0"


def test_wished_for_levels_are_no_condition(first: RelyingParty) -> None:
    tokens = first.sign_in(acr_values="1 2")
    assert tokens["claims"]["acr"]


def test_an_unsigned_request_object_is_refused_as_unsupported(first: RelyingParty) -> None:
    said = first.request()
    page = first.show(request=unsigned(said))
    assert first.back(page)["error"] in ("request_not_supported", "invalid_request_object")


def test_an_unsigned_request_object_opens_no_other_redirect(first: RelyingParty) -> None:
    inside = first.request()
    page = first.show(redirect_uri="https://other.example/back", request=unsigned(inside))
    assert page.status == 400
    assert page.location is None


def test_a_request_at_an_address_of_the_clients_choice_is_refused(first: RelyingParty) -> None:
    page = first.show(request_uri="https://first.example/request.jwt")
    assert first.back(page)["error"] in ("request_uri_not_supported", "invalid_request_uri", "invalid_request")


@pytest.mark.parametrize(
    "address",
    [
        "https://first.example/back?foo=bar", "https://first.example/back?with=other", "https://first.example/back#x",
        "https://first.example/back/", "https://first.example/Back", "http://first.example/back",
        "https://first.example:443/back", "https://first.example.evil.example/back", "https://evil.example/", "",
    ],
)  # fmt: skip
def test_no_address_but_a_registered_one_is_redirected_to(first: RelyingParty, address: str) -> None:
    page = first.walker.get(
        f"{first.metadata['authorization_endpoint']}?{urlencode(first.request(redirect_uri=address))}"
    )
    assert page.status == 400
    assert "error" in page.ids


def test_the_address_must_be_said(first: RelyingParty) -> None:
    page = first.walker.get(f"{first.metadata['authorization_endpoint']}?{urlencode(first.request(redirect_uri=None))}")
    assert page.status == 400


def test_a_registered_address_with_a_query_keeps_it(first: RelyingParty) -> None:
    address = "https://first.example/back?with=query"
    page = first.ask(redirect_uri=address)
    assert page.location
    assert page.location.startswith(f"{address}&")


def test_form_post_sends_the_answer_in_a_form(first: RelyingParty) -> None:
    page = first.ask(response_mode="form_post")
    form = page.forms[0]
    assert page.location is None
    assert (form.action, form.method) == (first.redirect_uri, "post")
    assert form.fields["state"] == first.last["state"]
    assert form.fields["iss"] == first.issuer
    assert "no-store" in page.response.headers["cache-control"]
    assert first.redeem(form.fields["code"]).status_code == 200


def test_form_post_carries_errors_too(first: RelyingParty) -> None:
    page = first.show(response_mode="form_post", prompt="none")
    assert page.forms[0].action == first.redirect_uri
    assert page.forms[0].fields["error"] == "login_required"


# --- who is signed in, and since when -------------------------------------------------------------------------------


def test_prompt_none_needs_a_session(first: RelyingParty) -> None:
    assert first.back(first.show(prompt="none"))["error"] == "login_required"
    before = first.sign_in()["claims"]
    after = first.redeem(first.back(first.show(prompt="none"))["code"]).json()
    assert first.claims(after["id_token"])["sub"] == before["sub"]
    assert first.claims(after["id_token"])["auth_time"] == before["auth_time"]


@pytest.mark.parametrize("prompt", ["none login", "none consent", "unheard-of"])
def test_prompts_that_contradict_or_mean_nothing_are_refused(first: RelyingParty, prompt: str) -> None:
    assert first.back(first.show(prompt=prompt))["error"] == "invalid_request"


def test_prompt_login_asks_again(first: RelyingParty, package_clock: SettableClock) -> None:
    before = first.sign_in()["claims"]
    package_clock.advance(timedelta(seconds=2))
    assert "password" in first.show(prompt="login").forms[0].kinds
    after = first.sign_in(prompt="login")["claims"]
    assert after["sub"] == before["sub"]
    assert after["auth_time"] > before["auth_time"]


def test_a_session_older_than_max_age_signs_in_again(first: RelyingParty, package_clock: SettableClock) -> None:
    before = first.sign_in(max_age="15000")["claims"]
    package_clock.advance(timedelta(seconds=2))
    same = first.redeem(first.back(first.show(max_age="10000"))["code"]).json()
    assert first.claims(same["id_token"])["auth_time"] == before["auth_time"]
    assert "password" in first.show(max_age="1").forms[0].kinds
    after = first.sign_in(max_age="1")["claims"]
    assert after["auth_time"] > before["auth_time"]


def test_max_age_and_prompt_none_together_refuse_an_old_session(
    first: RelyingParty, package_clock: SettableClock
) -> None:
    first.sign_in()
    package_clock.advance(timedelta(seconds=5))
    assert first.back(first.show(max_age="3", prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("age", ["-1", "1.5", "soon"])
def test_a_max_age_that_is_no_number_is_refused(first: RelyingParty, age: str) -> None:
    assert first.back(first.show(max_age=age))["error"] == "invalid_request"


def test_a_hint_of_the_same_user_goes_through_silently(first: RelyingParty) -> None:
    before = first.sign_in()
    said = first.back(first.show(prompt="none", id_token_hint=before["id_token"]))
    after = first.claims(first.redeem(said["code"]).json()["id_token"])
    assert (after["sub"], after["auth_time"]) == (before["claims"]["sub"], before["claims"]["auth_time"])


def test_a_hint_of_another_user_does_not(first: RelyingParty) -> None:
    other = first.sign_in(USER.named("user1"))
    first.walker.client.cookies.clear()
    first.sign_in()
    page = first.show(prompt="none", id_token_hint=other["id_token"])
    assert first.back(page)["error"] == "login_required"


def test_a_hint_that_nobody_signed_is_refused(first: RelyingParty) -> None:
    tokens = first.sign_in()
    head, payload, _ = tokens["id_token"].split(".")
    said = first.back(first.show(prompt="none", id_token_hint=f"{head}.{payload}.AAAA"))
    assert said["error"] in ("invalid_request", "login_required")
