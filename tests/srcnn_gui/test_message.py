"""Of each topic one message is kept, until it is dismissed or over."""

from __future__ import annotations

from pathlib import Path

import pytest

from srcnn_gui.message import Message, Topic, Undismissed
from srcnn_gui.theme import Severity


@pytest.fixture
def undismissed():
    return Undismissed()


def test_a_message_is_its_sentence_and_hint():
    message = Message(Severity.ERROR, "x.png is empty", "Choose another.", report=Path("a.txt"))
    assert message.topic is Topic.OTHER
    assert message.text == "x.png is empty\nChoose another."
    assert message.spoken == "Error: x.png is empty. Choose another."
    assert Message(Severity.INFO, "Saved").text == "Saved"


def test_of_a_topic_only_the_newest_is_kept(undismissed):
    undismissed.add(Message(Severity.ERROR, "first", topic=Topic.PICTURE))
    undismissed.add(Message(Severity.ERROR, "second", topic=Topic.PICTURE))
    assert len(undismissed) == 1
    assert undismissed.newest.sentence == "second"


def test_warnings_and_errors_of_other_topics_wait_behind(undismissed):
    undismissed.add(Message(Severity.ERROR, "picture", topic=Topic.PICTURE))
    undismissed.add(Message(Severity.WARNING, "device", topic=Topic.DEVICE))
    undismissed.add(Message(Severity.INFO, "saved", topic=Topic.SAVING))
    undismissed.add(Message(Severity.ERROR, "other"))
    order = []
    while undismissed.newest is not None:
        order.append(undismissed.newest.sentence)
        undismissed.remove(undismissed.newest.topic)
    assert order == ["other", "device", "picture"]  # what was good to know is gone


def test_a_newer_message_of_a_topic_comes_in_front(undismissed):
    undismissed.add(Message(Severity.ERROR, "picture", topic=Topic.PICTURE))
    undismissed.add(Message(Severity.ERROR, "saving", topic=Topic.SAVING))
    undismissed.add(Message(Severity.ERROR, "picture again", topic=Topic.PICTURE))
    assert undismissed.newest.sentence == "picture again"
    assert len(undismissed) == 2


def test_a_topic_that_is_over_takes_its_message_alone(undismissed):
    undismissed.add(Message(Severity.ERROR, "picture", topic=Topic.PICTURE))
    assert not undismissed.remove(Topic.SAVING)
    assert len(undismissed) == 1
    assert undismissed.remove(Topic.PICTURE)
    assert undismissed.newest is None
