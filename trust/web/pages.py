"""The pages of the floor: a start page and the list of interfaces, in two languages, without a script."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from trust.web import language
from trust.web.links import Link, Told

_STATIC: Final = Path(__file__).parent / "static"
_STYLE: Final = (_STATIC / "trust.css").read_bytes()
_ICON: Final = (_STATIC / "icon.svg").read_bytes()
STYLE_PATH: Final = f"/static/trust-{hashlib.sha256(_STYLE).hexdigest()[:12]}.css"  # a new style is a new address
ICON_PATH: Final = f"/static/icon-{hashlib.sha256(_ICON).hexdigest()[:12]}.svg"
_FOR_GOOD: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_METHODS: Final = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True)
class Card:
    """A service on the start page."""

    zh: str
    en: str
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class StartPage:
    """What the start page says about this home."""

    region: str
    production: bool
    services: Sequence[Card] = ()
    demonstration: Sequence[Told] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the list of interfaces."""

    method: str
    path: str
    tag: str
    summary: str


@cache
def environment() -> Environment:
    """The templates of all packages' pages; compiled once, everything escaped, an unknown name is an error."""
    return Environment(
        loader=PackageLoader("trust.web"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, lang: language.Language, path: str, **values: Any) -> str:
    """A page of the floor's templates in one language; `path` is where the language switch leads."""
    page = environment().get_template(template)
    return page.render(
        lang=lang,
        html_lang=language.HTML_LANG[lang],
        path=path,
        style=STYLE_PATH,
        icon=ICON_PATH,
        say=lambda zh, en: zh if lang == "zh" else en,
        **values,
    )


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """The operations of an OpenAPI document in the order of their paths."""
    return [
        Operation(method.upper(), path, ", ".join(item[method].get("tags", ())), item[method].get("summary", ""))
        for path, item in sorted(document.get("paths", {}).items())
        for method in _METHODS
        if method in item
    ]


def plain_operations(routes: Sequence[BaseRoute]) -> list[Operation]:
    """The hot endpoints, which the OpenAPI document does not hold: said by the first line of their docstrings."""
    return [
        Operation(method, route.path, "", (route.endpoint.__doc__ or "").strip().partition("\n")[0])
        for route in routes
        if isinstance(route, Route)
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]


def routes(start: StartPage, openapi: Callable[[], dict[str, Any]], plain: Sequence[BaseRoute] = ()) -> list[BaseRoute]:
    """`/`, `/docs` and the static files; each page is rendered once for each language."""

    @cache
    def start_page(lang: language.Language) -> str:
        return render("start.html", lang, "/", start=start)

    @cache
    def docs_page(lang: language.Language) -> str:
        document = openapi()
        listed = sorted([*operations(document), *plain_operations(plain)], key=lambda each: (each.path, each.method))
        return render("docs.html", lang, "/docs", operations=listed, version=document["info"]["version"])

    def page(of: Callable[[language.Language], str]) -> Callable[[Request], Response]:
        def endpoint(request: Request) -> Response:
            return HTMLResponse(of(language.of(request)), headers={"Vary": "Accept-Language"})

        return endpoint

    async def style(_: Request) -> Response:
        return Response(_STYLE, media_type="text/css", headers=_FOR_GOOD)

    async def icon(_: Request) -> Response:
        return Response(_ICON, media_type="image/svg+xml", headers=_FOR_GOOD)

    return [
        Route("/", page(start_page)),
        Route("/docs", page(docs_page)),
        Route(STYLE_PATH, style),
        Route(ICON_PATH, icon),
    ]
