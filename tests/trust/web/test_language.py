"""The language of a page follows the reader's weights."""

import pytest

from trust.web.language import accepted


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "zh"),
        ("*", "zh"),
        ("en", "en"),
        ("fr, en;q=0.4", "en"),
        ("zh-Hans-CN, en;q=0.9", "zh"),
        ("en;q=0.5, zh;q=0.8", "zh"),
        ("en;q=broken", "zh"),
        ("en;q=nan", "zh"),
        ("," * 100_000 + "en", "zh"),
    ],
)
def test_language_by_weight(header: str, expected: str) -> None:
    assert accepted(header) == expected
