"""`silence add|list|extend|expire`: for a while, alerts that match open no incident."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer
from pydantic import ValidationError
from rich.table import Table
from typer import Argument, Option

from starter.desk.watch_answers import BeginsTooLate, ListedSilence, SilenceRequest
from tocsin import output
from tocsin.commands.arguments import SPAN, AsJson, By, me
from tocsin.commands.session import installation_desk
from tocsin.failure import Failure, badly_put
from tocsin.view.plain import moment, plain, typed
from workflows.policy.runbook.matchers import Matcher
from workflows.policy.watches.silence import Expired, Extended, SilenceSummary

app = typer.Typer(no_args_is_help=True, help="Maintenance: hold alerts that match, until the silence ends.")


@app.command()
def add(
    match: Annotated[
        list[str], Option(metavar="LABEL=VALUE", help="Also != and the patterns =~ and !~; all of several must match.")
    ],
    span: Annotated[str, Option("--for", metavar="SPAN", help="How long, such as 2h; at most 7d.")],
    reason: Annotated[str, Option(help="Why; everybody sees it who wonders about the silence.")],
    begin: Annotated[str, Option("--from", metavar="TIME", help="Such as 2026-11-21T22:00Z; now if left out.")] = "",
    public: Annotated[
        str, Option(metavar="WORDS", help="Announce it on the status page as planned work, in these words.")
    ] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Hold alerts that match. What fires and has not resolved when it ends opens its incident then."""
    now = datetime.now(UTC)
    starts_at = _begin(begin) if begin else None
    try:
        matchers = tuple(Matcher.parse(each) for each in match)
        said = SilenceRequest(
            match=matchers, duration=SPAN.validate_python(span), reason=reason, starts_at=starts_at, public=public
        )
        said.card("", by or me(), now)  # what cannot be is said before anybody is asked
    except ValidationError as error:
        raise badly_put(error) from None
    except BeginsTooLate as error:
        raise Failure(str(error)) from None
    card = asyncio.run(_add(said, by or me()))
    sentence = f"silence {card.id} holds {_matchers(card)} until {moment(card.ends_at)} UTC"
    if begin and card.starts_at > now:
        sentence += f", from {moment(card.starts_at)} UTC"
    output.show(card, plain(sentence), as_json, whole_lines=True)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Which alerts are being held, by whom, why, and until when."""
    found = asyncio.run(_list())
    output.show(found, _table(found), as_json)


@app.command()
def extend(
    silence: Annotated[str, Argument(metavar="SILENCE", help="Its id: tocsin silence list.")],
    span: Annotated[str, Option("--for", metavar="SPAN", help="By how much longer, such as 2h; at most 7d from now.")],
    as_json: AsJson = False,
) -> None:
    """Let a silence end later."""
    try:
        event = Extended.model_validate({"duration": span, "by": me(), "id": uuid4().hex})
    except ValidationError as error:
        raise badly_put(error) from None
    card = asyncio.run(_extend(silence, event))
    output.show(card, plain(f"silence {silence} holds {_matchers(card)} until {moment(card.ends_at)} UTC"), as_json)


@app.command()
def expire(silence: Annotated[str, Argument(metavar="SILENCE", help="Its id: tocsin silence list.")]) -> None:
    """End a silence now: what it holds, and no other silence matches, opens its incidents."""
    asyncio.run(_expire(silence, Expired(by=me(), id=uuid4().hex)))
    output.out.print(plain(f"silence {silence} has ended"))


def _begin(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        raise Failure(f"--from {written}: write the time like 2026-11-21T22:00:00Z") from None


async def _add(said: SilenceRequest, by: str) -> SilenceSummary:
    return await (await installation_desk()).silence(said, by)


async def _extend(silence: str, event: Extended) -> SilenceSummary:
    return await (await installation_desk()).extend(silence, event)


async def _expire(silence: str, event: Expired) -> None:
    await (await installation_desk()).expire(silence, event)


async def _list() -> list[ListedSilence]:
    return await (await installation_desk()).silences()


def _table(found: Sequence[ListedSilence]) -> Table:
    table = Table(typed("silence"), "alerts", "from (UTC)", "to", "holds", "by", "reason", box=None, header_style="dim")
    for each in found:
        card = each.silence
        holds = "?" if each.holds is None else str(each.holds)
        row = (card.id, _matchers(card), moment(card.starts_at), moment(card.ends_at), holds, card.by, card.reason)
        table.add_row(*(plain(text) for text in row))
    return table


def _matchers(card: SilenceSummary) -> str:
    return ", ".join(map(str, card.matchers))
