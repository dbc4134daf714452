from __future__ import annotations

import pytest

from edge.access.errors import AccessConfigurationError
from edge.access.topic_filter import TopicFilter


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("a/b", "a/b"),
        ("a/+/c", "a/b/c"),
        ("a/+/c", "a//c"),
        ("a/#", "a/b/c"),
        ("a/#", "a"),
        ("#", "a/b"),
        ("+/b/#", "a/b"),
    ],
)
def test_fits(text: str, topic: str) -> None:
    assert TopicFilter(text).fits(topic)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("a/b", "a/b/c"),
        ("a/+", "a"),
        ("a/+", "a/b/c"),
        ("a/+/c", "a/b/d"),
        ("a/b/#", "a"),
        ("#", "$SYS/uptime"),
        ("+/uptime", "$SYS/uptime"),
    ],
)
def test_does_not_fit(text: str, topic: str) -> None:
    assert not TopicFilter(text).fits(topic)


@pytest.mark.parametrize("text", ["", "a/#/b", "a/b+", "a#", "a/##", "a/++"])
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(AccessConfigurationError):
        TopicFilter(text)
