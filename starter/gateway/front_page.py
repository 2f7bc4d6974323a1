"""The first page that somebody sees: is Tocsin well, where to look, and how the first incident is opened.

One document that asks nobody else for any of it, as wide as a phone. What is in it is data, and is escaped.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from starter.temporal.directory import OPEN_INCIDENTS

PROBLEMS = 10
"""As many are named; the rest are counted, and in /readyz."""
STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 42rem; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.state { border-left: .4rem solid; padding: .5rem 1rem; font-weight: 600; }
.well { border-color: #1a7f37; } .ill { border-color: #cf222e; }
nav a { display: block; padding: .8rem 1rem; margin: .5rem 0; border: 1px solid #8888; border-radius: .5rem; }
a { color: LinkText; } small { display: block; opacity: .8; }
pre { white-space: pre-wrap; padding: .8rem 1rem; border: 1px solid #8888; border-radius: .5rem; }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
FRONT_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class FrontLinks:
    sandbox: str
    temporal_ui: str
    """Both may be empty."""
    namespace: str


def front_page(links: FrontLinks, what_is_wrong: list[str], remarks: list[str]) -> str:
    return "\n".join(_page(links, what_is_wrong, remarks))


def open_incidents(temporal_ui: str, namespace: str) -> str:
    """Temporal's own list, without reviews, silences and the rest."""
    path = f"/namespaces/{quote(namespace, safe='')}/workflows?query={quote(OPEN_INCIDENTS, safe='')}"
    return temporal_ui.rstrip("/") + path


def _page(links: FrontLinks, what_is_wrong: list[str], remarks: list[str]) -> Iterator[str]:
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Tocsin</title>'
    yield f"<style>{STYLE}</style></head><body><h1>Tocsin</h1>"
    if what_is_wrong:
        yield '<p class="state ill">Tocsin is not well: people may not be paged now.</p>'
    else:
        yield '<p class="state well">Tocsin is well: alerts become incidents, and a worker pages people.</p>'
    yield from _list("What is wrong", what_is_wrong)
    yield from _list("What you should know", remarks)
    yield from _links(links)
    yield "<h2>The first incident</h2><p>Declare it, see what comes next, and end it:</p>"
    yield '<pre>tocsin declare "Checkout fails" --severity sev2\ntocsin plan\ntocsin ack\ntocsin resolve</pre>'
    yield "<p>Or let monitoring open it: point its webhook at <code>/webhooks/SOURCE</code> of this address.</p>"
    yield "</body></html>"


def _links(links: FrontLinks) -> Iterator[str]:
    yield "<h2>Where to look</h2><nav>"
    yield _link("/login", "The board", "every incident at a glance: what comes next, and why")
    if links.sandbox:
        yield _link(links.sandbox, "Sandbox", "channel, pager, status page and mails, live: no real phone rings")
    if links.temporal_ui:
        address = open_incidents(links.temporal_ui, links.namespace)
        yield _link(address, "Open incidents", "in Temporal's UI: what has happened, and what comes next")
    yield _link("/docs", "What this gateway takes", "webhooks, and the HTTP API for what people do")
    yield _link("/readyz", "How it stands", "the same as this page and more, for programs")
    yield "</nav>"


def _link(address: str, name: str, says: str) -> str:
    return f'<a href="{escape(address)}">{escape(name)}<small>{escape(says)}</small></a>'


def _list(title: str, lines: list[str]) -> Iterator[str]:
    if not lines:
        return
    yield f"<h2>{title}</h2><ul>"
    yield from (f"<li>{escape(line)}</li>" for line in lines[:PROBLEMS])
    if len(lines) > PROBLEMS:
        yield f"<li>and {len(lines) - PROBLEMS} more: see /readyz</li>"
    yield "</ul>"
