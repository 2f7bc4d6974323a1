"""`python -m sandbox`: the stand-ins as a process of their own."""

import asyncio
import os
import signal
from typing import Annotated

import typer

from sandbox.app import create_app
from sandbox.mail import Mailbox
from sandbox.serve import LOOPBACK, serving
from sandbox.world import Subscriber


def main(
    host: Annotated[
        str, typer.Option(help="where to listen; beyond loopback only where nobody else can come")
    ] = LOOPBACK,
    port: Annotated[int, typer.Option(help="0 takes a free one")] = 8099,
    mail_port: Annotated[int, typer.Option(help="where mails are taken; 0 takes a free one")] = 0,
    channel: Annotated[
        list[str] | None, typer.Option(help="Slack channel that exists from the start; repeatable")
    ] = None,
    webhook_url: Annotated[str | None, typer.Option(help="where PagerDuty's V3 webhooks go")] = None,
    webhook_secret: Annotated[str, typer.Option(help="what they are signed with")] = "",
) -> None:
    """Stand in for Slack, PagerDuty, ntfy, Statuspage, Jira and a mail server, until interrupted."""
    if webhook_url and not webhook_secret:
        raise typer.BadParameter("--webhook-url needs --webhook-secret: PagerDuty signs every webhook")
    if webhook_url and not webhook_url.startswith(("http://", "https://")):
        raise typer.BadParameter(f"--webhook-url must begin with http:// or https://, not {webhook_url}")
    subscriber = Subscriber(webhook_url, webhook_secret) if webhook_url else None
    try:
        asyncio.run(_serve(host, port, mail_port, channel or ["incidents"], subscriber))
    except OSError as error:
        where, option = (error.filename, "--mail-port") if error.filename else (f"{host}:{port}", "--port")
        typer.echo(f"sandbox: cannot listen on {where}: {_reason(error)}; choose another {option}", err=True)
        raise typer.Exit(1) from None


async def _serve(host: str, port: int, mail_port: int, channels: list[str], subscriber: Subscriber | None) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    mailbox = Mailbox()
    async with (
        serving(create_app(channels, subscriber, mailbox), port, host) as url,
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
