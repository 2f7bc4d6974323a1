"""`page-test`: a real page, marked TEST, to know that somebody's phone would ring."""

import asyncio
from typing import Annotated

import typer
from typer import Argument

from starter.desk.answers import PageTestAnswer
from tocsin import output
from tocsin.commands.arguments import AsJson, me
from tocsin.commands.session import installation_desk
from tocsin.view.plain import plain

app = typer.Typer()


@app.command("page-test")
def page_test(
    person: Annotated[str, Argument(help="A person of your runbooks, such as on-call.")], as_json: AsJson = False
) -> None:
    """Page somebody for real, marked TEST, through the worker. Nothing escalates."""
    tested = asyncio.run(_page(person))
    sentence = f"the pager has the test page for {person}; acknowledge or resolve it there (key {tested.key})"
    remark = f"\n{tested.note}" if tested.note else ""
    output.show(tested, plain(sentence + remark), as_json)


async def _page(person: str) -> PageTestAnswer:
    return await (await installation_desk()).page_test(person, me())
