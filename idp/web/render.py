"""Pages in two languages, and at two sizes of type."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from idp.web.device_static import STYLE_PATH as STATIC_STYLE
from trust.web import language
from trust.web.language import HTML_LANG, Language
from trust.web.pages import ICON_PATH, STYLE_PATH

LOOK_COOKIE: Final = "idp-look"  # nothing but how pages look
MAX_LOCALES: Final = 10


@dataclass(frozen=True, slots=True)
class Look:
    """How a reader wants pages."""

    lang: Language = "zh"
    large: bool = False


def look_of(request: Request, ui_locales: str = "") -> Look:
    """Return how this reader wants pages.

    `?lang=` and `?large=` say it, then `ui_locales` of the request that waits, then what was chosen before, then the
    browser's languages.

    Standard:
        OpenID Connect Core 1.0, 3.1.2.1 ui_locales.
    """
    chosen = request.cookies.get(LOOK_COOKIE, "")
    query = request.query_params
    large = query["large"] == "1" if "large" in query else chosen.endswith("+")
    wished = (one.lower().split("-")[0] for one in ui_locales.split()[:MAX_LOCALES])
    by_request: Language | None = next((("en" if one == "en" else "zh") for one in wished if one in ("zh", "en")), None)
    by_cookie: Language | None = "en" if chosen.startswith("en") else "zh" if chosen.startswith("zh") else None
    said = query.get("lang") in ("zh", "en")
    lang = language.of(request) if said else by_request or by_cookie or language.of(request)
    return Look(lang, large)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("idp.web"), autoescape=True, auto_reload=False, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def policy(form_action: Sequence[str] | None) -> str:
    """Return the content security policy of a page.

    Args:
        form_action: origins beside our own at which forms may end; None: anywhere, since Chromium blocks the redirect
            that follows a form otherwise.
    """
    said = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    if form_action is None:
        return said
    ends = " ".join(["'self'", *form_action])
    return f"{said}; form-action {ends}"


def page(
    request: Request, template: str, look: Look, status: int = 200, form_action: Sequence[str] | None = None,
    **values: Any,
) -> HTMLResponse:  # fmt: skip
    """Return a page.

    Args:
        request: whose address the switches of language and size repeat.
        template: its file.
        look: language and size.
        status: of the answer.
        form_action: see `policy`.
        values: of the template.
    """

    def switch(**changes: str) -> str:
        kept = {name: value for name, value in request.query_params.items() if name not in ("lang", "large")}
        return f"{request.url.path}?{urlencode({**kept, **changes})}" if request.method == "GET" else ""

    text = _environment().get_template(template).render(
        lang=look.lang, html_lang=HTML_LANG[look.lang], large=look.large, style=STYLE_PATH, icon=ICON_PATH, own_style=STATIC_STYLE,
        say=lambda zh, en: zh if look.lang == "zh" else en, switch=switch, **values,
    )  # fmt: skip
    headers = {
        "Content-Security-Policy": policy(form_action), "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
    }  # fmt: skip
    answer = HTMLResponse(text, status, headers)
    if "lang" in request.query_params or "large" in request.query_params:
        answer.set_cookie(LOOK_COOKIE, look.lang + ("+" if look.large else ""), max_age=31_536_000, samesite="lax",
                          httponly=True, secure=request.url.scheme == "https")  # fmt: skip
    return answer
