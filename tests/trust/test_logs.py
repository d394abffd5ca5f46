"""Log lines are JSON, one a line, and carry no person."""

import io
import json
import logging
from typing import Any

import pytest

from trust.logs import JsonLines, configure, mask, request_id

NUMBER = "330106199003070012"


def logged(message: str, *args: Any, extra: dict[str, Any] | None = None, error: BaseException | None = None) -> str:
    record = logging.getLogger("t").makeRecord(
        "t", logging.INFO, "f", 1, message, args, (type(error), error, None) if error else None, extra=extra
    )
    return JsonLines().format(record)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"person {NUMBER} signed", NUMBER),
        ("person 33010619900307001X signed", "33010619900307001X"),
        ("old number 330106900307001.", "330106900307001"),
        ("call 13805711234 now", "13805711234"),
        ("call +86 13805711234", "13805711234"),
        ("full_name=张三丰, region=330100", "张三丰"),
        ('{"姓名": "张三丰", "region": 1}', "张三丰"),
        ("姓名：张三丰；", "张三丰"),
        ("password=hunter2", "hunter2"),
    ],
)
def test_persons_are_masked(text: str, hidden: str) -> None:
    assert hidden not in mask(text)
    assert "***" in mask(text)


@pytest.mark.parametrize(
    "text", ["serial 1234567890123456789012", "91330100MA2BXXXX1Y", "region=330100", "12 ms", "2026-11-25"]
)
def test_what_is_no_person_stays(text: str) -> None:
    assert mask(text) == text


def test_a_line_is_one_json_object_with_the_request_and_extras() -> None:
    token = request_id.set("abc123")
    line = json.loads(logged("done %s", "well", extra={"ms": 1.5, "holder": "张三丰", "facts": {"phone": "1", "n": 7}}))
    request_id.reset(token)
    assert line["message"] == "done well"
    assert line["request_id"] == "abc123"
    assert line["ms"] == 1.5
    assert line["holder"] == "***"
    assert line["facts"] == {"phone": "***", "n": 7}


def test_a_person_number_given_as_a_number_or_in_a_list_is_masked() -> None:
    assert NUMBER not in logged("x", extra={"what": int(NUMBER), "these": [NUMBER, (NUMBER,)]})


def test_no_message_can_forge_a_second_line_or_colour_a_terminal() -> None:
    text = logged("a\r\nb\u2028c\x1b[31md\x9be\u202ef")
    assert not set(text) & set("\r\n\u2028\x1b\x9b\u202e")
    assert json.loads(text)["message"] == "a\r\nb\u2028c\x1b[31md\x9be\u202ef"


def test_a_traceback_is_masked_too() -> None:
    line = json.loads(logged("broken", error=ValueError(f"bad number {NUMBER}")))
    assert line["error"] == "ValueError"
    assert NUMBER not in line["trace"]


def test_a_long_message_is_cut() -> None:
    assert len(logged("x" * 1_000_000)) < 10_000


def test_everything_goes_through_one_handler() -> None:
    stream = io.StringIO()
    before = logging.getLogger().handlers[:]
    try:
        configure("warning", stream)
        logging.getLogger("uvicorn.error").warning("number %s", NUMBER)
        logging.getLogger("uvicorn.error").info("unheard")
    finally:
        logging.basicConfig(handlers=before, force=True, level="WARNING")
    lines = stream.getvalue().splitlines()
    assert [json.loads(line)["message"] for line in lines] == ["number ***"]
