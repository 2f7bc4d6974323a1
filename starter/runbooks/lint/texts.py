"""The words: templates that nobody knows, that do not parse, that ask for what there is not, or that say nothing."""

from collections.abc import Iterator
from typing import get_args

from jinja2 import TemplateSyntaxError, meta, nodes

from starter.runbooks.lint.finding import Finding, RunbookPath, error, warning
from starter.runbooks.lint.places import duties, severities
from starter.runbooks.problems import closest
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import PublicStatus
from workflows.policy.runbook.terms import Duty
from workflows.texts import gaps
from workflows.texts.context import ALWAYS, SOMETIMES
from workflows.texts.defaults import TEXTS
from workflows.texts.render import ENVIRONMENT, FAILURES, why

MAYBE = frozenset(SOMETIMES)
KNOWN = frozenset((*ALWAYS, *SOMETIMES))


def findings(book: Runbook) -> Iterator[Finding]:
    yield from _unknown_names(book)
    used = {name for _, name in _used(book)}
    for name, source in book.templates.items():
        yield from _own_text(("templates", name), source)
        if name in TEXTS and name not in used:  # otherwise the duty is told that uses it
            yield from _war_room(book, ("templates", name), name)
    for at, severity in severities(book):
        for path, duty in duties(at, severity):
            yield from _items(book, path, duty)
            yield from _war_room(book, path, duty.template)
    yield from _public(book)


def _used(book: Runbook) -> Iterator[tuple[RunbookPath, str]]:
    for at, severity in severities(book):
        if severity.updates:
            yield (*at, "updates", "template"), severity.updates.template
        yield from (((*path, "template"), duty.template) for path, duty in duties(at, severity))
    for number, each in enumerate(book.obligations):
        if each.template:
            yield ("obligations", number, "template"), each.template


def _unknown_names(book: Runbook) -> Iterator[Finding]:
    known = {*TEXTS, *book.templates}
    for path, name in _used(book):
        if name not in known:
            yield error(
                path,
                f"there is no text {name!r}",
                "People would read that the text is missing.",
                f"{closest(name, known)} (or add it to `templates`)",
            )
    used = {name for _, name in _used(book)}
    for name in book.templates:
        if name not in used and name not in TEXTS:
            yield warning(
                ("templates", name),
                "is never used",
                "It replaces none of Tocsin's texts, and no duty names it.",
                closest(name, TEXTS) or "Name it under a duty's `template`, or drop it",
            )


def _own_text(path: RunbookPath, source: str) -> Iterator[Finding]:
    try:
        ENVIRONMENT.compile(source)
    except FAILURES as problem:
        at_its_line = f", in its line {problem.lineno}" if isinstance(problem, TemplateSyntaxError) else ""
        yield error(
            path,
            f"does not parse{at_its_line}: {why(problem)}",
            "People would read Tocsin's own text instead, or a bare headline.",
            "Write Jinja2: {{ value }}, {% if value %}...{% endif %}",
        )
        return
    for unknown in sorted(meta.find_undeclared_variables(ENVIRONMENT.parse(source)) - KNOWN):
        yield error(
            path,
            f"asks for {unknown!r}, which no incident has",
            "People would read that it is not known yet.",
            closest(unknown, KNOWN),
        )


def _parsed(book: Runbook, name: str) -> nodes.Template | None:
    """None for a text that is not there or does not parse: both are told elsewhere."""
    try:
        source = book.templates.get(name) or TEXTS[name]
        ENVIRONMENT.compile(source)  # what parses may still ask for a filter that there is not
        return ENVIRONMENT.parse(source)
    except FAILURES:
        return None


def _items(book: Runbook, path: RunbookPath, duty: Duty) -> Iterator[Finding]:
    text = _parsed(book, duty.template)
    if text is None:
        return
    shows = bool({"items", "checks"} & meta.find_undeclared_variables(text))
    if shows and not duty.text.strip():
        yield error(
            path,
            f"{duty.id!r} has no items",
            f"The text {duty.template!r} lists them: people would read an empty list.",
            "Add `text: |` with one line an item",
        )
    elif duty.text.strip() and not shows:
        yield error(
            (*path, "text"),
            f"is never shown: the text {duty.template!r} does not list the items",
            "Nobody would read what is written here.",
            "Write `template: checklist`, or {% for item in items %} in a text of your own",
        )


def _war_room(book: Runbook, path: RunbookPath, name: str) -> Iterator[Finding]:
    text = _parsed(book, name)
    if text and book.war_room is None and "war_room" in set(_unguarded(text)):
        yield error(
            path,
            f"the text {name!r} leads to the war room, and there is none",
            "People would read that it is not known yet.",
            "Add `war_room: {label: War room, url: https://...}`",
        )


def _public(book: Runbook) -> Iterator[Finding]:
    """What goes out to customers without a human must not show a gap."""
    for name in dict.fromkeys(_by_itself(book)):
        text = _parsed(book, name)
        for gap in gaps.in_template(text) if text else ():
            yield error(
                ("templates", name),
                f"goes out by itself and leaves {gap} to be filled in",
                "It would be held back until somebody writes the whole text.",
                "Say something that is always true, or let a human approve it",
            )
        for value in sorted(MAYBE.intersection(_unguarded(text) if text else ())):
            yield error(
                ("templates", name),
                f"goes public by itself and uses {value!r}, which is not always known",
                "It would be held back until somebody writes the whole text.",
                f"Write {{{{ {value} | default('...') }}}}, or {{% if {value} is defined %}}",
            )


def _by_itself(book: Runbook) -> Iterator[str]:
    """Texts that people outside read, perhaps, without anybody's having seen them."""
    for at, severity in severities(book):
        if page := severity.status_page:
            statuses = get_args(PublicStatus) if page.anyway_after is not None else page.automatic
            yield from (f"public_{status}" for status in statuses)
        for _, duty in duties(at, severity):
            if duty.kind == "email" and duty.approval and duty.anyway_after is not None:
                yield duty.template


def _unguarded(node: nodes.Node, guarded: frozenset[str] = frozenset()) -> Iterator[str]:
    """The values that a text prints whether they are known or not."""
    match node:
        case nodes.Name(ctx="load"):
            yield from {node.name} - guarded
        case nodes.Filter(name="default" | "d", node=nodes.Name()):
            for argument in node.args:
                yield from _unguarded(argument, guarded)
        case nodes.If() | nodes.CondExpr():
            yield from _branches(node, guarded)
        case _:
            for child in node.iter_child_nodes():
                yield from _unguarded(child, guarded)


def _branches(node: nodes.If | nodes.CondExpr, guarded: frozenset[str]) -> Iterator[str]:
    """What a condition asks about it guards: `if x` and `if x is defined` both keep a missing x from being said."""
    asked = guarded | {name.name for name in nodes.Output([node.test]).find_all(nodes.Name)}
    then = node.body if isinstance(node, nodes.If) else [node.expr1]
    otherwise = [*node.elif_, *node.else_] if isinstance(node, nodes.If) else [node.expr2] if node.expr2 else []
    for child in then:
        yield from _unguarded(child, asked)
    for child in otherwise:
        yield from _unguarded(child, guarded)
