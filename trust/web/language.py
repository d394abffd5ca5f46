"""Which language a page answers in: Chinese first, English when the reader asks."""

from typing import Final, Literal

from starlette.requests import Request

Language = Literal["zh", "en"]
HTML_LANG: Final = {"zh": "zh-CN", "en": "en"}


def of(request: Request) -> Language:
    """`?lang=` says it; else the first of Chinese and English in `Accept-Language`; else Chinese."""
    match request.query_params.get("lang"):
        case "en":
            return "en"
        case "zh":
            return "zh"
        case _:
            return accepted(request.headers.get("accept-language", ""))


def accepted(header: str) -> Language:
    """The better of our two languages by the weights of an `Accept-Language` header.

    Standard:
        RFC 9110, 12.5.4 Accept-Language.
    """
    best: tuple[float, Language] = (0.0, "zh")
    for part in header.split(",")[:20]:
        tag, _, weight = part.strip().partition(";")
        primary = tag.strip().lower().split("-")[0]
        quality = _quality(weight)
        if primary == "en" and quality > best[0]:
            best = (quality, "en")
        elif primary == "zh" and quality > best[0]:
            best = (quality, "zh")
    return best[1]


def _quality(parameter: str) -> float:
    if not parameter:
        return 1.0
    try:
        return float(parameter.strip().removeprefix("q="))
    except ValueError:
        return 0.0
