"""`python -m sandbox`: the stand-ins as a process of their own."""

import asyncio
import os
import re
import signal
from collections.abc import Iterable
from typing import Annotated

import typer
from fastapi import FastAPI

from sandbox.app import create_app
from sandbox.mail import Mailbox
from sandbox.pagerduty_on_call import WeeklySchedule
from sandbox.serve import LOOPBACK, serving
from sandbox.slack.app import OfferedShortcut, SlackApp
from sandbox.slack.people import FIRST_MEMBERS, SandboxMember, member_named
from sandbox.twilio import TwilioApp
from sandbox.world import Subscriber

PAGERDUTY_SECRET, SLACK_SECRET = "SANDBOX_PAGERDUTY_SECRET", "SANDBOX_SLACK_SECRET"
REPLY_SIGNER = "SANDBOX_TWILIO_SECRET"


def main(
    host: Annotated[
        str, typer.Option(help="where to listen; beyond loopback only where nobody else can come")
    ] = LOOPBACK,
    port: Annotated[int, typer.Option(help="0 takes a free one")] = 8099,
    mail_port: Annotated[int, typer.Option(help="where mails are taken; 0 takes a free one")] = 0,
    channel: Annotated[
        list[str] | None, typer.Option(help="Slack channel that exists from the start; repeatable")
    ] = None,
    member: Annotated[
        list[str] | None, typer.Option(help="who is in Slack, as ID=NAME (U0VERA=Vera Steersman); repeatable")
    ] = None,
    user_group: Annotated[
        list[str] | None, typer.Option(help="handle of a Slack user group that exists from the start; repeatable")
    ] = None,
    schedule: Annotated[
        list[str] | None,
        typer.Option(help="who takes weekly turns in a PagerDuty schedule, as ID=NAME (PI7DH85=Ann Lee); repeatable"),
    ] = None,
    shortcut: Annotated[
        list[str] | None, typer.Option(help="in the menu of a Slack message, as CALLBACK_ID=NAME; repeatable")
    ] = None,
    slack_url: Annotated[
        str | None,
        typer.Option(help="where Slack's calls go (presses, commands, events), signed with SANDBOX_SLACK_SECRET"),
    ] = None,
    sms_url: Annotated[
        str | None,
        typer.Option(help="where replies to text messages go, signed with SANDBOX_TWILIO_SECRET"),
    ] = None,
    board_url: Annotated[str, typer.Option(help="where the pages are of whoever calls these vendors")] = "",
    webhook_url: Annotated[
        str | None, typer.Option(help="where PagerDuty's V3 webhooks go, signed with SANDBOX_PAGERDUTY_SECRET")
    ] = None,
) -> None:
    """Stand in for Slack, PagerDuty, Opsgenie, Twilio, ntfy, webhooks, apprise, Statuspage, Jira and mail, until
    interrupted."""
    webhook_secret = _secret("webhook", webhook_url, PAGERDUTY_SECRET, "PagerDuty signs every webhook")
    slack_secret = _secret("slack", slack_url, SLACK_SECRET, "Slack signs every call")
    twilio_secret = _secret("sms", sms_url, REPLY_SIGNER, "Twilio signs every reply")
    mailbox = Mailbox()
    app = create_app(
        channel or ["incidents"],
        Subscriber(webhook_url, webhook_secret) if webhook_url else None,
        mailbox,
        [_member(each) for each in member] if member else FIRST_MEMBERS,
        SlackApp(slack_url, slack_secret, shortcuts=tuple(_shortcut(each) for each in shortcut or ())),
        board_url,
        TwilioApp(sms_url, twilio_secret),
        user_group or (),
        _schedules(schedule or ()),
    )
    try:
        asyncio.run(_serve(host, port, mail_port, app, mailbox))
    except OSError as error:
        where, option = (error.filename, "--mail-port") if error.filename else (f"{host}:{port}", "--port")
        typer.echo(f"sandbox: cannot listen on {where}: {_reason(error)}; choose another {option}", err=True)
        raise typer.Exit(1) from None


def _secret(option: str, url: str | None, variable: str, why: str) -> str:
    """Of the environment: whoever lists the machine's processes reads their options."""
    secret = os.environ.get(variable, "")
    if url and not secret:
        raise typer.BadParameter(f"--{option}-url needs {variable} in the environment: {why}")
    if url and not url.startswith(("http://", "https://")):
        raise typer.BadParameter(f"--{option}-url must begin with http:// or https://, not {url}")
    return secret


def _member(written: str) -> SandboxMember:
    user_id, equals, name = written.partition("=")
    if not (equals and name and re.fullmatch(r"[UW][A-Z0-9]+", user_id)):
        raise typer.BadParameter(f"--member is ID=NAME, such as U0VERA=Vera Steersman, not {written}")
    return member_named(user_id, name)


def _schedules(options: Iterable[str]) -> list[WeeklySchedule]:
    names: dict[str, list[str]] = {}
    for written in options:
        schedule_id, equals, name = written.partition("=")
        if not (equals and schedule_id and name):
            raise typer.BadParameter(f"--schedule is ID=NAME, such as PI7DH85=Ann Lee, not {written}")
        names.setdefault(schedule_id, []).append(name)
    return [WeeklySchedule(schedule_id, tuple(takers)) for schedule_id, takers in names.items()]


def _shortcut(written: str) -> OfferedShortcut:
    callback_id, equals, name = written.partition("=")
    if not (callback_id and equals and name):
        raise typer.BadParameter(f"--shortcut is CALLBACK_ID=NAME, not {written}")
    return OfferedShortcut(callback_id, name)


async def _serve(host: str, port: int, mail_port: int, app: FastAPI, mailbox: Mailbox) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with (
        serving(app, port, host) as url,
        mailbox.taking(host, mail_port) as mail,
    ):
        typer.echo(f"sandbox: {url}")
        typer.echo(f"mail: {mail}")
        await stopped.wait()


def _reason(error: OSError) -> str:
    """The system's words alone: asyncio and socket decorate theirs with the address, which is said already."""
    return os.strerror(error.errno) if error.errno else str(error)


if __name__ == "__main__":
    typer.run(main)
