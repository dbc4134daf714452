from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.errors import TopicError
from wire.topics import (
    MAX_TOPIC_CHARS,
    AccessTopic,
    Channel,
    FrameTopic,
    GatewayTopic,
    Topic,
    parse_topic,
)

ids = st.from_regex(r"[a-z0-9-]{1,64}", fullmatch=True)
gateway_ids = ids.filter(lambda name: name not in {"camera", "access"})
topics: st.SearchStrategy[Topic] = st.one_of(
    st.builds(GatewayTopic, ids, gateway_ids, st.sampled_from(Channel)),
    st.builds(FrameTopic, ids, ids),
    st.builds(AccessTopic, ids, ids),
)


@given(topic=topics)
def test_a_topic_is_read_as_it_was_written(topic: Topic) -> None:
    assert parse_topic(str(topic)) == topic


@given(topic=topics)
def test_every_topic_is_short_enough_to_be_read(topic: Topic) -> None:
    assert len(str(topic)) <= MAX_TOPIC_CHARS


def test_the_topics_of_the_design() -> None:
    assert str(FrameTopic("garden", "north")) == "zhian/v1/garden/camera/north/frame"
    assert str(AccessTopic("garden", "door")) == "zhian/v1/garden/access/door/event"
    assert str(GatewayTopic("garden", "gate-1", Channel.ACK)) == "zhian/v1/garden/gate-1/ack"


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("zhian/v2/garden/gate-1/ack", "topic", "a topic under zhian/v1/"),
        ("zhian/v1/garden/gate-1/news", "channel", "one of birth"),
        ("zhian/v1/Garden/gate-1/ack", "compound", "1 to 64 of a-z"),
        ("zhian/v1/garden/gate-1\n/ack", "gateway", "1 to 64 of a-z"),
        ("zhian/v1/garden/camera/ack", "gateway", "any id but 'camera'"),
        ("zhian/v1/garden/camera/north/picture", "topic", ".../camera/<camera>/frame"),
        ("zhian/v1/garden", "topic", "zhian/v1/<compound>/<gateway>/<channel>"),
        ("zhian/v1/garden/camera//frame", "camera", "1 to 64 of a-z"),
        ("zhian/v1/" + "a" * 300, "topic", "at most 256"),
        ("", "topic", "a topic under"),
    ],
)
def test_a_topic_that_is_not_ours_is_refused(text: str, field: str, expected: str) -> None:
    with pytest.raises(TopicError) as caught:
        parse_topic(text)

    assert caught.value.field == field
    assert expected in caught.value.expected


@pytest.mark.parametrize("name", ["", "a" * 65, "A", "north_gate", "北门", "a/b", "+", "a\n"])
def test_what_is_not_an_id_makes_no_topic(name: str) -> None:
    with pytest.raises(TopicError):
        FrameTopic("garden", name)
