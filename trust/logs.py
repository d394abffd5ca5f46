"""Logs as one JSON object a line on standard error, with the request's id and with persons masked."""

import json
import logging
import re
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, TextIO

request_id: ContextVar[str] = ContextVar("request_id", default="")

MASK: Final = "***"
MAX_TEXT: Final = 8192  # a longer message is cut: a log line is not an archive

# Resident numbers (18, and 15 before 1999) and mobile numbers. Digits beside them would make it another number.
_PERSON_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15}|(?:\+?86[- ]?)?1[3-9]\d{9})(?![0-9A-Za-z])")
_SHORTEST_NUMBER: Final = 11
# What a neighbour's message or a database's complaint may carry as `key=value`, `key: value` or `"key": "value"`.
_PERSON_KEYS: Final = frozenset(
    [
        "name",
        "full_name",
        "person_name",
        "holder",
        "holder_name",
        "number",
        "id_number",
        "phone",
        "mobile",
        "address",
        "birth",
        "birthday",
        "email",
        "password",
        "secret",
        "token",
        "pin",
        "authorization",
        "cookie",
        "姓名",
        "证件号码",
        "身份证号",
        "手机号",
        "联系电话",
        "住址",
        "地址",
        "出生日期",
    ]
)
_KEYED = re.compile(
    r"""(["']?)\b(%s)\1(\s*[=:：]\s*)("[^"]*"|'[^']*'|[^\s,;，；)}\]]+)"""  # noqa: UP031 -- braces belong to the pattern
    % "|".join(sorted((key for key in _PERSON_KEYS if key != "name"), key=len, reverse=True)),
    re.IGNORECASE,
)
# JSON escapes C0; these would still break a line or colour a terminal.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, default=str).encode
_STANDARD: Final = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) | {"message", "asctime", "taskName"}


def mask(text: str) -> str:
    """The text with numbers and named values of persons replaced."""
    text = text[:MAX_TEXT]
    if "=" in text or ":" in text or "：" in text:  # most values of a log line are one short word
        text = _KEYED.sub(rf"\1\2\1\3{MASK}", text)
    return text if len(text) < _SHORTEST_NUMBER else _PERSON_NUMBER.sub(MASK, text)


def mask_value(key: str, value: Any) -> Any:
    """A value of a log line, masked by what it is called and by what it contains."""
    if key.lower() in _PERSON_KEYS:
        return MASK
    match value:
        case bool() | None | float():
            return value
        case int():
            # A number long enough to be a person's is masked as text.
            return value if abs(value) < 10**10 else mask(str(value))
        case dict():
            return {str(inner): mask_value(str(inner), each) for inner, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [mask_value("", each) for each in value]
        case _:
            return mask(str(value))


class JsonLines(logging.Formatter):
    """One record as one JSON object; what `extra` adds stands beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        if current := request_id.get():
            line["request_id"] = current
        for key, value in vars(record).items():
            if key not in _STANDARD and key != "color_message":
                line[key] = mask_value(key, value)
        if record.exc_info and record.exc_info[1]:
            line["error"] = type(record.exc_info[1]).__name__
            line["trace"] = mask("".join(traceback.format_exception(record.exc_info[1]))[-MAX_TEXT:])
        text = _ENCODE(line)
        return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def configure(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send all logging of this process through `JsonLines`, standard error unless a stream is given."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        # uvicorn's own handlers would print lines of another shape.
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in ("alembic", "uvicorn"):
        # Their INFO tells the steps of every start and every readiness check.
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
