"""The parts of Slack's answers that are read."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Done(Answer):
    """An answer of which nothing is needed."""


class Posted(Answer):
    """Where a message ended up: the channel's id, whatever name it was sent to."""

    channel: str
    ts: str


class Words(Answer):
    value: str = ""


class Channel(Answer):
    id: str
    name: str
    is_archived: bool = False
    topic: Words = Words()
    purpose: Words = Words()

    def bears(self, incident: str) -> bool:
        return any(incident in words for words in (self.name, self.topic.value, self.purpose.value))


class Created(Answer):
    channel: Channel


class Operation(Answer):
    op: object = None
    """Ours is a vendor key; other apps put what they like here."""


class Metadata(Answer):
    event_payload: Operation = Operation()


class Message(Answer):
    ts: str
    metadata: Metadata = Metadata()


class Cursor(Answer):
    next_cursor: str = ""


class Page(Answer):
    """One page of a list. Slack leaves out what is empty, or sends null for it."""

    response_metadata: Annotated[Cursor, BeforeValidator(lambda given: given or {})] = Cursor()


class Channels(Page):
    channels: tuple[Channel, ...]


class Messages(Page):
    messages: tuple[Message, ...]
