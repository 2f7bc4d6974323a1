"""How forms look: https://docs.slack.dev/reference/views/modal-views. The models check Slack's limits."""

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict, JsonValue
from slack_sdk.models.blocks import Block, MarkdownTextObject, PlainTextObject, SectionBlock
from slack_sdk.models.views import View

from activities.plain_text import one_line
from chat.words import LONGEST_SECTION

LONGEST_VIEW_TITLE: Final = 24
LONGEST_KEPT: Final = 3_000
"""Characters of `private_metadata`."""
VERB_FORM: Final = "tocsin/verb"
DECLARE_FORM: Final = "tocsin/declare"
FIRST_VIEW: Final = "tocsin/loading"


class Kept(BaseModel):
    """What a form remembers of how it came about; a person's client has it meanwhile, so it is read as a stranger's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    incident: str = ""
    verb: str = ""
    group: str = "incidents"
    here: bool = False
    """It was opened where the incident can be seen ..."""
    was_open: bool = False
    """... because everybody could see it then."""
    said: dict[str, str] = {}
    seen: str = ""
    """The fingerprint of what was filled in when it was shown what that changes ..."""
    if_still: str = ""
    """... and of what the incident, or the draft, was like when it was shown."""


def loading(title: str) -> View:
    return _modal(title, FIRST_VIEW, [section("Just a moment ...")])


def form(title: str, callback_id: str, submit: str, blocks: Sequence[Block], kept: Kept) -> View:
    return _modal(title, callback_id, blocks, submit, kept)


def shown(title: str, text: str) -> View:
    """To be read, and closed."""
    return _modal(title, FIRST_VIEW, [section(text)])


def answer(view: View) -> dict[str, JsonValue]:
    """To a submission: the form is replaced. https://docs.slack.dev/surfaces/modals#response_actions"""
    return {"response_action": "update", "view": view.to_dict()}


def wrong(field: str, why: str) -> dict[str, JsonValue]:
    """The form stays as it is, with this below one input."""
    return {"response_action": "errors", "errors": {field: why}}


def section(markup: str) -> SectionBlock:
    return SectionBlock(text=MarkdownTextObject(text=markup[:LONGEST_SECTION] or " ", verbatim=True))


def _modal(title: str, callback_id: str, blocks: Sequence[Block], submit: str = "", kept: Kept | None = None) -> View:
    return View(
        type="modal",
        callback_id=callback_id,
        title=PlainTextObject(text=one_line(title, LONGEST_VIEW_TITLE)),
        submit=PlainTextObject(text=one_line(submit, LONGEST_VIEW_TITLE)) if submit else None,
        close=PlainTextObject(text="Cancel" if submit else "Close"),
        blocks=list(blocks),
        private_metadata=kept.model_dump_json(exclude_defaults=True) if kept else None,
    )
