"""Pages that there are instead of what was asked for: why, and what to do now."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from starter.board.html import rendered


class Trouble(NamedTuple):
    title: str
    to_do: str
    as_another: bool = False
    """Whether it helps to log in as somebody else."""


UNUSABLE: Final = Trouble("This cannot be used", "Nothing was done. Go back, and send it once more in another way.")
NO_SUCH_PAGE: Final = Trouble(
    "There is nothing here", "What is open stands on the board, what has closed under All, if Temporal still has it."
)
OTHER_TROUBLE: Final = Trouble("It did not work", "Nothing was done. Go back, and look how things stand.")
TROUBLES: Final[Mapping[int, Trouble]] = {
    202: Trouble(
        "It is kept, and waits",
        "Do not send it again: it is done as soon as it can be. Whoever must know now, call them yourself.",
    ),
    400: UNUSABLE,
    403: Trouble(
        "Not allowed",
        "Nothing was done. Log in as somebody who may, or ask whoever runs Tocsin for a token with a wider scope.",
        as_another=True,
    ),
    404: NO_SUCH_PAGE,
    405: NO_SUCH_PAGE,
    413: UNUSABLE,
    422: UNUSABLE,
    500: Trouble(
        "A bug of Tocsin's",
        "Incidents go on without this page. Load it again; if it stays so, use the command line (tocsin show, "
        "tocsin ack). What went wrong is in the gateway's log.",
    ),
    503: Trouble(
        "It is not known now how things stand",
        "It may be that nobody is paged: whoever must know now, call them yourself. Then load this page again.",
    ),
}


def trouble_page(status: int, said: str, back: str = "/", me: object = None) -> str:
    """`me`: the visitor, if that is known."""
    trouble = TROUBLES.get(status, OTHER_TROUBLE)
    return rendered("trouble.html", trouble=trouble, said=said, back=back, me=me)
