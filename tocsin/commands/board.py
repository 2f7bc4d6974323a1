"""`board`: the pages, in a browser."""

import asyncio
from typing import Annotated

import typer
from pydantic import BaseModel
from typer import Option

from tocsin import output
from tocsin.board_link import board_link, open_in_browser
from tocsin.commands.arguments import AsJson
from tocsin.commands.session import gateway
from tocsin.view.plain import plain

app = typer.Typer()


class PrintedLink(BaseModel):
    link: str


@app.command()
def board(
    open_it: Annotated[bool, Option("--open", help="Open it in this machine's browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """A link that opens the board in a browser, once and within the hour, as whoever you are here."""
    link = asyncio.run(board_link(gateway()))
    output.show(PrintedLink(link=link), plain(link), as_json, whole_lines=True)
    if open_it:
        open_in_browser(link)
