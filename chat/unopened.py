"""What somebody reads whose form could not be opened: why, and what does the same without it."""

from typing import Final

from activities.slack_api import SlackRefused
from chat.grammar import COMMANDS
from chat.presses import OUR_BUTTON
from chat.words import plain

EXPIRED_TRIGGER: Final = "expired_trigger_id"
"""https://docs.slack.dev/reference/methods/views.open#errors"""
TOO_LATE: Final = "Slack opens a form only within three seconds of a press, and this one took longer"


def unopened(no: Exception, again: str, command: str, verb: str) -> str:
    """`again`: how it is tried once more. `command`: as the app has registered it."""
    name = next((name for name, form in COMMANDS.items() if form.verb == verb), "")
    typed = " ".join((command, name, *(field.upper() for field in COMMANDS[name].fields))) if name else ""
    instead = f", or type `{typed}`" if typed else ""
    return f"The form could not be opened: {_why(no)}. {again}{instead}."


def verb_of_button(action_id: str) -> str:
    found = OUR_BUTTON.fullmatch(action_id)
    return found["verb"] if found else ""


def _why(no: Exception) -> str:
    if isinstance(no, TimeoutError) or (isinstance(no, SlackRefused) and no.code == EXPIRED_TRIGGER):
        return TOO_LATE
    return plain(str(no))
