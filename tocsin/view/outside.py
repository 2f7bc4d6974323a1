"""What people outside read: what a command lets out, what waits for approval, what the public page says."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.console import RenderableType

from tocsin.view.plain import indented, moment, plain
from workflows.policy.incident.public import Public
from workflows.policy.views.results import Outgoing, WaitingDraft


def outgoing(lines: Iterable[Outgoing], heading: str) -> Iterator[RenderableType]:
    for each in lines:
        yield plain(f"{each.what}: {kept_back(each)}" if each.to_fill_in else f"{heading}: {each.what}", "bold")
        yield quoted(each)


def kept_back(each: Outgoing) -> str:
    return f"it cannot go out like this: {', '.join(each.to_fill_in)} is to be filled in"


def waiting(incident: str, drafts: Iterable[WaitingDraft], now: datetime) -> Iterator[RenderableType]:
    """Each draft whole, and how to let it out."""
    for each in drafts:
        since = f", since {moment(each.since, now)} UTC" if each.since else ""
        yield plain(f"{each.what}{since}", "bold")
        yield quoted(each)
        command = f"tocsin approve {incident} --draft {each.name}"
        own = f'{kept_back(each)}: {command} "..."'
        yield plain(own if each.to_fill_in else f'to let it out: {command}   (or in other words: "...")')


def page(public: Public, now: datetime) -> Iterator[RenderableType]:
    if not public.begun:
        yield plain("nothing has been said there")
    elif public.said_at is None:
        yield plain("something was sent there; it is not known whether it arrived")
    else:
        corrected = f", corrected {moment(public.corrected_at, now)}" if public.corrected_at else ""
        yield plain(f"{public.status}, since {moment(public.said_at, now)} UTC{corrected}", "bold")
        yield indented(public.says)


def quoted(each: Outgoing) -> RenderableType:
    """The name that the page shows, or the mail's subject, and then the text."""
    return indented(f"{each.subject}\n{each.text}")
