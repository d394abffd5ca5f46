"""The browser of these tests does what a browser does."""

from tests.support.http_server import Asked, Given, serving
from tests.support.walker import Visitor, Walker

HTML = {"content-type": "text/html; charset=utf-8"}
SIGN_IN = b"""<!doctype html><html lang="zh-CN"><form method="post" action="/in?a=1&amp;b=2">
<input type="hidden" name="csrf_token" value="t"><input name="username" id="username"><input type="password"
name="password"><button id="login">go</button></form><form action="/other"><input name="q"></form>"""
CONSENT = b"""<form method="post" action="/consent"><input type="checkbox" name="scope" value="openid" checked>
<input type="checkbox" name="scope" value="email" checked><input type="checkbox" name="scope" value="phone">
<button name="decision" value="allow">yes</button><button name="decision" value="deny">no</button></form>"""


def test_it_signs_in_agrees_and_stops_before_the_platform() -> None:
    seen: list[tuple[str, str, bytes, str]] = []

    def answer(asked: Asked) -> Given:
        seen.append((asked.method, asked.target, asked.body, asked.headers.get("cookie", "")))
        match asked.path:
            case "/authorize":
                return Given(302, headers={"location": "/page", "set-cookie": "b=1; Path=/; HttpOnly"})
            case "/page":
                return Given(200, SIGN_IN, HTML)
            case "/in":
                return Given(303, headers={"location": "/consent"})
            case "/consent" if asked.method == "GET":
                return Given(200, CONSENT, HTML)
        return Given(303, headers={"location": "http://platform.test/back?code=1"})

    with serving(answer) as base, Walker.opened() as walker:
        page = walker.walk(f"{base}/authorize", Visitor("user0", "secret"), stop="http://platform.test/")
    assert page.location == "http://platform.test/back?code=1"
    assert [one[:2] for one in seen] == [
        ("GET", "/authorize"), ("GET", "/page"), ("POST", "/in?a=1&b=2"), ("GET", "/consent"), ("POST", "/consent"),
    ]  # fmt: skip
    assert seen[2][2] == b"csrf_token=t&username=user0&password=secret"
    assert seen[4][2] == b"scope=openid&scope=email&decision=allow"
    assert {one[3] for one in seen[1:]} == {"b=1"}


def test_a_refused_password_ends_the_walk_on_its_page() -> None:
    posts: list[bytes] = []

    def answer(asked: Asked) -> Given:
        if asked.method == "POST":
            posts.append(asked.body)
        return Given(401 if posts else 200, SIGN_IN, HTML)

    with serving(answer) as base, Walker.opened() as walker:
        page = walker.walk(f"{base}/page", Visitor("user0", "wrong"))
    assert page.status == 401
    assert page.lang == "zh-CN"
    assert len(posts) == 1
