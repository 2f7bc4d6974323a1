"""The parts of Slack's answers that are read."""

from activities.vendor_answer import Entries, VendorAnswer


class SlackAnswer(VendorAnswer):
    """An answer, or a part of one."""


class SlackDone(SlackAnswer):
    """An answer of which nothing is needed."""


class Posted(SlackAnswer):
    """Where a message ended up: the channel's id, whatever name it was sent to."""

    ts: str
    channel: str = ""


class ErrorWords(SlackAnswer):
    value: str = ""


class SlackChannel(SlackAnswer):
    decisive = frozenset({"is_archived", "is_private"})

    id: str
    name: str = ""
    is_archived: bool = False
    is_private: bool = False
    topic: ErrorWords = ErrorWords()
    purpose: ErrorWords = ErrorWords()

    def bears(self, incident: str) -> bool:
        return any(incident in words for words in (self.name, self.topic.value, self.purpose.value))


class Created(SlackAnswer):
    channel: SlackChannel


class Member(SlackAnswer):
    id: str


class DirectMessages(SlackAnswer):
    channel: Member


class UserFound(SlackAnswer):
    user: Member


class Operation(SlackAnswer):
    op: object = None
    """Ours is a vendor key; other apps put what they like here."""


class MessageMetadata(SlackAnswer):
    event_payload: Operation = Operation()


class SlackMessage(SlackAnswer):
    ts: str
    metadata: MessageMetadata = MessageMetadata()


class Cursor(SlackAnswer):
    next_cursor: str = ""


class GroupFound(SlackAnswer):
    id: str
    handle: str = ""
    date_delete: int = 0
    """Since when it is disabled."""


class GroupHolds(SlackAnswer):
    users: Entries[str] = ()


class GroupsFound(SlackAnswer):
    usergroups: Entries[GroupFound]


class AnswerPage(SlackAnswer):
    """One page of a list. Slack leaves out what is empty, or sends null for it."""

    response_metadata: Cursor = Cursor()


class Channels(AnswerPage):
    channels: Entries[SlackChannel]


class Messages(AnswerPage):
    messages: Entries[SlackMessage]
