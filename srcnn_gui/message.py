"""What the program has said and nobody has dismissed: one message of each topic."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from srcnn_gui.theme import Severity

if TYPE_CHECKING:
    from pathlib import Path


class Topic(StrEnum):
    """What a message is about: a newer one, or success, puts an end to it.

    ``OTHER``: nothing that could succeed later; it stays until it is dismissed.
    ``PICTURE``: opening pictures, and what is to be said of the open one.
    ``SAVING``: writing results and views.
    ``RESULT``: methods that cannot compute what panes show.
    ``DEVICE``: how the device in use does.
    ``WEIGHTS``: opening weights and dictionaries.
    ``TRAINING``, ``MEASURE``, ``BATCH``: what became of a run; the next one puts an end to it.
    """

    OTHER = "other"
    PICTURE = "picture"
    SAVING = "saving"
    RESULT = "result"
    DEVICE = "device"
    WEIGHTS = "weights"
    TRAINING = "training"
    MEASURE = "measure"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes
    ----------
    severity : Severity
        How grave it is.
    sentence, hint : str
        What is the matter, and what can be done about it, if anything.
    action : str
        Text of a button, if any.
    report : Path or None
        A report that belongs to it.
    topic : Topic
        What it is about.
    """

    severity: Severity
    sentence: str
    hint: str = ""
    action: str = ""
    report: Path | None = None
    topic: Topic = Topic.OTHER

    @property
    def text(self) -> str:
        """Sentence and hint, each on a line."""
        return "\n".join(line for line in (self.sentence, self.hint) if line)

    @property
    def spoken(self) -> str:
        """The same for screen readers."""
        return f"{self.severity.capitalize()}: {self.sentence}. {self.hint}".strip()


class Undismissed:
    """Messages whose topics are not over: the newest is shown, the others wait behind it.

    Only warnings and errors wait; what is merely good to know goes when there is something newer.
    """

    def __init__(self) -> None:
        self._by_topic: dict[Topic, Message] = {}

    def __len__(self) -> int:
        return len(self._by_topic)

    @property
    def newest(self) -> Message | None:
        """The one to show, if any."""
        return next(reversed(self._by_topic.values()), None)

    def add(self, message: Message) -> None:
        """Put a message in front, and an end to the one of its topic."""
        self._by_topic = {
            topic: waiting
            for topic, waiting in self._by_topic.items()
            if topic is not message.topic and waiting.severity is not Severity.INFO
        }
        self._by_topic[message.topic] = message

    def remove(self, topic: Topic) -> bool:
        """Take away what was said of a topic; tell whether anything was."""
        return self._by_topic.pop(topic, None) is not None
