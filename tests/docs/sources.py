"""What each page in docs/sources shows of its sender: an example, and what becomes of it. Both are made, not typed."""

import json
from pathlib import Path
from typing import get_args

from starter.intake.explain import route
from starter.runbooks import library
from starter.runbooks.vocabulary import MEANINGS
from starter.sources.source import Source
from starter.sources.table import SOURCES
from tests.docs.markdown import ROOT
from tests.starter.sources.webhooks import webhook
from workflows.policy.runbook.names import Meaning, severity_title

FOLDER = ROOT / "docs" / "sources"
INDEX = FOLDER / "README.md"


def page(source: Source) -> Path:
    return FOLDER / f"{source.name}.md"


def example(source: Source) -> str:
    """The first example, and what the runbook `company` makes of it."""
    body = next(iter(source.examples.values()))
    book = library.load(ROOT / "runbooks").runbooks["company"]
    (found,) = route(source, webhook(body), book, "").routes
    rows = [
        ("Becomes", ""),
        ("---", "---"),
        ("incident", f"`{found.incident}`: {found.why.incident}"),
        ("title", found.title),
        ("severity", f"{severity_title(found.severity)}: {found.why.severity}"),
        ("service", f"{found.service or 'none'}: {found.why.service}"),
        ("links", ", ".join(label for label, _ in found.links) or "none"),
    ]
    table = "".join(f"| {name} | {value} |\n" for name, value in rows)
    return f"\n```json\n{json.dumps(body, indent=2, ensure_ascii=False)}\n```\n\n{table}\n"


def vocabulary() -> str:
    """Which words mean what to everybody."""
    rows = [("Means", "Words"), ("---", "---")]
    for means in get_args(Meaning):
        words = (f"`{word}`" for word, each in MEANINGS.items() if each == means and not word[-1].isdigit())
        rows.append((severity_title(means) if means != "ignore" else "opens nothing", ", ".join(words)))
    return "\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows) + "\n"


def pages() -> dict[Path, Source]:
    return {page(source): source for source in SOURCES.values()}
