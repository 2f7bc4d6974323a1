"""`runbook list`: which runbooks the running installation goes by, and where this shell's files say otherwise."""

import asyncio

import typer
from pydantic import BaseModel
from rich.console import Group, RenderableType
from rich.table import Table

import settings
from starter.temporal.loading import loaded
from tocsin import output
from tocsin.commands.arguments import AsJson
from tocsin.commands.session import installation_desk
from tocsin.library import library
from tocsin.view.plain import moment, plain, typed
from workflows.policy.watches.installation import Publication, differences

app = typer.Typer()


class InstallationShown(BaseModel):
    """`runbook list --json`."""

    published: Publication
    differences: list[str]
    """Where the files and settings of this shell say something else: no command goes by those."""


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show which runbooks the running installation has loaded, and how this shell's files and settings differ."""
    found = asyncio.run(_look())
    output.show(found, _in_words(found), as_json)


async def _look() -> InstallationShown:
    there = await (await installation_desk()).publication()
    chosen = settings.load()
    here = loaded(library(chosen), chosen).publication
    differing = [f"{each.what}: there {each.before}, here {each.after}" for each in differences(there, here)]
    return InstallationShown(published=there, differences=differing)


def _in_words(found: InstallationShown) -> RenderableType:
    said = found.published
    table = Table(typed("runbook"), "content", "", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for name, content in said.runbooks.items():
        table.add_row(plain(name), content, "default" if name == said.default else "")
    by = f"published by {said.published_by} (Tocsin {said.version}) at {moment(said.published_at)} UTC"
    runs = f"speed {said.speed:g}, " + ("without a pager" if said.no_pager else "with a pager")
    changed = [plain(f"changed {moment(said.changed_at)} UTC: {each}", "yellow") for each in said.changed]
    differing = [plain(f"this shell differs, and is not followed: {each}", "dim") for each in found.differences]
    return Group(table, plain(f"{by}; {runs}"), *changed, *differing)
