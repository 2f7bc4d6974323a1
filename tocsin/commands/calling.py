"""What became of the page of somebody who was called by hand, for whoever has just called them."""

from rich.console import Group, RenderableType

from starter.desk.answers import Called
from tocsin.failure import ExitCode, Failure
from tocsin.view.answers import changed as in_words
from tocsin.view.plain import plain
from workflows.policy.views.results import UpdateResult


def shown(answer: UpdateResult) -> RenderableType:
    if not isinstance(answer, Called):
        return in_words(answer)
    return Group(in_words(answer), plain(answer.page.text, "green" if answer.page.well else "bold red"))


def check(answer: UpdateResult) -> None:
    """Raises Failure when those who were called have not been reached."""
    if isinstance(answer, Called) and not answer.page.well:
        raise Failure(f"nobody has been reached yet: {answer.page.text}", ExitCode.not_reached)
