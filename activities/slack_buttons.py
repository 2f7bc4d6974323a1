"""What can be done from a message, as Slack's buttons, and in words where no button can be shown.

Limits: https://docs.slack.dev/reference/block-kit/blocks/actions-block,
https://docs.slack.dev/reference/block-kit/block-elements/button-element and
https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
"""

from collections.abc import Iterable, Iterator, Sequence

from activities import slack_blocks
from activities.plain_text import one_line
from activities.slack_blocks import Block
from workflows.policy.effects.offers import Offer, Pressed

MOST_IN_A_ROW = 25
MOST_BUTTONS = 100
"""Four rows: of the 50 blocks that a message may have they leave most to what it says."""
LONGEST_LABEL = 75
LONGEST_PRESS = 2_000
LONGEST_QUESTION_TITLE = 100
LONGEST_QUESTION = 300
LONGEST_ANSWER = 30
MAIN = frozenset({"ack"})
"""The verbs of the button that is meant first."""
_TRAVELS = set(Pressed.model_fields)
"""Of an offer, what comes back with the press."""


def rows(incident: str, offers: Sequence[Offer]) -> list[Block]:
    """Without what does not fit into a button: it stands in the words."""
    buttons = list(_buttons(incident, offers))[:MOST_BUTTONS]
    return [slack_blocks.actions(buttons[at : at + MOST_IN_A_ROW]) for at in range(0, len(buttons), MOST_IN_A_ROW)]


def in_words(offers: Iterable[Offer]) -> str:
    """A line for each that can be typed."""
    return "\n".join(f"{one_line(offer.label, LONGEST_LABEL)}: {offer.command}" for offer in offers if offer.command)


def _buttons(incident: str, offers: Sequence[Offer]) -> Iterator[Block]:
    for number, offer in enumerate(offers, start=1):
        pressed = Pressed(incident=incident, **offer.model_dump(include=_TRAVELS))
        value = pressed.model_dump_json(exclude={"ring"} if not offer.ring else None)
        label, question = one_line(offer.label, LONGEST_LABEL), one_line(offer.confirm, LONGEST_QUESTION)
        if len(value) <= LONGEST_PRESS and label:
            yield slack_blocks.button(
                label,
                action_id=f"tocsin/{offer.group}/{offer.verb}/{number}",
                value=value,
                style="danger" if question else "primary" if offer.verb in MAIN else None,
                confirm=_question(label, question) if question else None,
            )


def _question(label: str, question: str) -> Block:
    title, confirm = one_line(label, LONGEST_QUESTION_TITLE), one_line(label, LONGEST_ANSWER)
    return slack_blocks.question(title, question, confirm, deny="Not now")
