"""A text of a runbook holds up no incident: what it does is counted, and past that Tocsin's own words stand in."""

import pytest

from tests.policy.builders import alert, alerts, at, opened, runbook, severity, tier
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Destination, Effect, Email, Page, Post, Publish, Ticket, WriteDocument
from workflows.policy.incident.events import Noted, TextFailed
from workflows.policy.reducers.root import apply
from workflows.texts import bounds
from workflows.texts.render import Failed, Message, words

TITLE = "t" * 300
LOOPS = "".join(f"{{% for v{n} in title %}}" for n in range(7)) + "x" + "{% endfor %}" * 7
TWICE = "{% macro m(n, s) %}{% if n %}{{ m(n - 1, s ~ s) }}{% endif %}{% endmacro %}{{ m(60, title) }}"
BRANCHES = "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}"
NESTED = "{% macro m(n, s) %}{% if n %}{{ m(n - 1, [s, s]) }}{% else %}{{ s }}{% endif %}{% endmacro %}{{ m(60, [1]) }}"
BLOCKS = "{% block b %}{% for a in title %}{{ self.c() }}{% endfor %}{% endblock %}"
BLOCKS += "{% block c %}{% for a in title %}{% for b in title %}{% endfor %}{% endfor %}{% endblock %}"

ENDLESS = {
    "loops": LOOPS,
    "a loop whose condition is never true": "{% for a in title %}{% for b in title %}{% for c in title if c == 'x' %}"
    "{% endfor %}{% endfor %}{% endfor %}",
    "a loop that calls itself": "{% for a in title recursive %}{{ loop(title) }}{% endfor %}",
    "a macro that branches": BRANCHES,
    "a macro that doubles": TWICE,
    "a macro that nests": NESTED,
    "blocks": BLOCKS,
    "a call block": "{% macro m() %}{% for a in title %}{{ caller() }}{% endfor %}{% endmacro %}"
    "{% call m() %}{% for a in title %}{% for b in title %}{% endfor %}{% endfor %}{% endcall %}",
    "long literals in a loop": "{% for a in title %}{% for b in title %}" + "x" * 5000 + "{% endfor %}{% endfor %}",
    "twenty-one loops": "{% for a in title %}" * 21 + "{% endfor %}" * 21,
    "repetition": "{{ 'x' * 3000000000 }}",
    "repetition the other way round": "{{ 3000000000 * 'x' }}",
    "repetition in steps": "{{ 'x' * 400000 * 400000 }}",
    "repetition of a list": "{{ ([1] * 3000000000) | length }}",
    "repetition that is not shown": "{% if 'x' * 3000000000 %}yes{% endif %}",
    "repetition that is kept": "{% set x = 'x' * 3000000000 %}",
    "powers": "{{ 9 ** 9 ** 9 }}",
    "a power that is compared": "{% if 2 ** 1000000000 > 1 %}yes{% endif %}",
    "a power of a power": "{% set x = 2 ** 250 %}{{ x * x * x }}",
    "a number that is no number": "{{ " + "9" * 5000 + " }}",
    "a wide number": "{{ '%3000000000d' % 1 }}",
    "a wide number by a filter": "{{ '%3000000000d' | format(1) }}",
    "a width that is a value": "{{ '%*d' % (3000000000, 1) }}",
    "a precise number": "{{ '%.3000000000f' % 1 }}",
    "a wide field": "{{ '{:3000000000}'.format(1) }}",
    "a wide field of a mapping": "{{ '{a:3000000000}'.format_map({'a': 1}) }}",
    "a field whose width is a value": "{{ '{:{}}'.format(1, 3000000000) }}",
    "many fields": "{{ ('%(a)s' * 2000) % {'a': title} }}",
    "center": "{{ 'x' | center(3000000000) }}",
    "center, by its name": "{{ 'x' | center(width=3000000000) }}",
    "str.center": "{{ 'x'.center(3000000000) }}",
    "ljust": "{{ 'x'.ljust(3000000000) }}",
    "rjust": "{{ 'x'.rjust(3000000000) }}",
    "zfill": "{{ 'x'.zfill(3000000000) }}",
    "expandtabs": "{{ '\\t'.expandtabs(3000000000) }}",
    "indent": "{{ title | indent(3000000000, true) }}",
    "batch": "{{ title | batch(3000000000, 'x') | list | length }}",
    "slice": "{{ title | slice(3000000000) | list | length }}",
    "replace": "{{ ('x' * 300000) | replace('x', 'x' * 300000) | length }}",
    "str.replace": "{{ ('x' * 300000).replace('x', 'x' * 300000) | length }}",
    "join": "{{ ('x' * 100000) | join('x' * 300000) | length }}",
    "str.join": "{{ ('x' * 300000).join('x' * 100000) | length }}",
    "wordwrap": "{{ ('x' * 300000) | wordwrap(1, true, 'x' * 300000) | length }}",
    "a filter that is mapped": "{{ title | map('center', 3000000000) | join }}",
    "a method that changes a list": "{{ told.append(told) }}",
    "a long concatenation": "{% set x = 'x' * 400000 %}{{ " + " ~ ".join(["x"] * 200) + " }}",
    "a long comparison": "{% set x = 'x' * 400000 %}{% for a in title %}{% if a in x %}{% endif %}{% endfor %}",
    "slices": "{% set x = 'x' * 400000 %}{% for a in title %}{% set y = x[1:] %}{% endfor %}",
    "range": "{% for a in range(100000) %}{% endfor %}",
    "cycler": "{{ cycler(1, 2).next() }}",
    "include": "{% include 'page' %}",
    "import": "{% import 'page' as page %}",
    "random": "{{ title | random }}",
}  # fmt: skip
OURS = "Why you: because."


def page(text: str, title: str = TITLE) -> Message:
    """A page whose template is `text`."""
    book = runbook(severity(tier("alice")), templates={"page": text})
    incident = opened(book, title=title).incident
    effect = Page(to="alice", tier=1, round=1, round_started_at=at(0))
    return words(book, incident, Demand(duty="escalate/1/alice", due_at=at(0), reason="because", effect=effect), at(0))


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_text_that_would_not_end_gives_way_to_tocsins_own(text: str) -> None:
    said = page(text)
    assert OURS in said.text
    assert [failed.name for failed in said.failed] == ["page"]
    assert said.failed[0].problem


@pytest.mark.parametrize("title", ["\u202e" * 300, "🔥" * 300, "é\u0301" * 150, "\x00\r\n" * 100, "%s{0}" * 60])
@pytest.mark.parametrize("text", [LOOPS, NESTED, "{{ title * 100000 }}"])
def test_whatever_the_title_is(text: str, title: str) -> None:
    assert OURS in page(text, title).text


USUAL = {
    "{{ '-' * 20 }}": "-" * 20,
    "{{ '%s: %5d' % (id, 7) }}": "preview:     7",
    "{{ '%s in 2026' | format(id) }}": "preview in 2026",
    "{{ '{}: {:>5}'.format(id, 7) }}": "preview:     7",
    "{{ '{a}'.format_map({'a': id}) }}": "preview",
    "{{ id | center(11) | replace(' ', '.') }}": "..preview..",
    "{{ [id, id] | join(', ') | upper }}": "PREVIEW, PREVIEW",
    "{{ id.upper()[:3] ~ (1 + 2 ** 3) }}": "PRE9",
    "{% for a in id if a in 'pw' %}{{ loop.index }}{{ a }}{% endfor %}": "1p2w",
    "{{ ['b', 'a'] | sort | map('upper') | join }}": "AB",
    "{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(id) }}": "<preview>",
    "{% set x %}{{ id }}{% endset %}{{ x | indent(2, true) }}!": "preview!",
    "{{ nobody | default('x') }}{{ nobody is defined }}": "xFalse",
    "{{ title | wordwrap(100) | length }}": "302",
    "{{ title | truncate(3000) | length }}": "300",
}


@pytest.mark.parametrize(("text", "said"), USUAL.items())
def test_what_people_write_is_said_as_ever(text: str, said: str) -> None:
    assert page(text) == Message(page(text).subject, said)


def test_how_much_a_text_does_is_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted: two turns of a loop and what stands in them cost what they cost, whatever the machine."""
    text = "{% for a in 'xy' %}{{ a }}{% endfor %}"
    monkeypatch.setattr(bounds, "STEPS", 6)
    assert page(text).text == "xy"
    monkeypatch.setattr(bounds, "STEPS", 5)
    assert page(text).failed[0] == Failed("page", "it takes more than 5 steps")


BY_KIND: dict[str, tuple[Effect, str]] = {
    "a mail": (Email(to="all", template="own"), "SEV-1: Checkout fails: Investigating."),
    "a mail to customers": (Email(to="all", template="own", public=True), "We are currently investigating"),
    "the status page": (Publish(status="identified", template="own"), "We are currently investigating"),
    "a ticket": (Ticket(to="JIRA", template="own"), "SEV-1: Checkout fails"),
    "a document": (WriteDocument(name="x", template="own"), "# Incident document: SEV-1: Checkout fails"),
    "a message": (
        Post(to=Destination(channel="#x"), template="own"),
        "SEV-1: Checkout fails: why (the text 'own' failed: ",
    ),
}


@pytest.mark.parametrize(("effect", "said"), BY_KIND.values(), ids=BY_KIND.keys())
def test_what_stands_in_is_of_the_kind(effect: Effect, said: str) -> None:
    book = runbook(severity(tier("alice")), templates={"own": LOOPS})
    incident = opened(book).incident
    made = words(book, incident, Demand(duty="x", due_at=at(0), reason="why", effect=effect), at(0))
    assert made.text.startswith(said)
    assert [failed.name for failed in made.failed] == ["own"]
    if isinstance(effect, Publish):
        assert "steps" not in made.text  # no reason of ours has a place in public


def test_the_name_in_public_is_bounded_as_well() -> None:
    book = runbook(severity(tier("alice")), templates={"public_name": LOOPS})
    effect = Publish(status="investigating", template="public_investigating")
    made = words(book, opened(book).incident, Demand(duty="x", due_at=at(0), reason="why", effect=effect), at(0))
    assert made.subject == "A problem with some of our services"
    assert [failed.name for failed in made.failed] == ["public_name"]


def test_it_is_on_the_timeline_once() -> None:
    book = runbook(severity(tier("alice")))
    event = TextFailed(at=at(1), id="text/page", text="page", problem="it takes more than 20,000 steps")
    incident = opened(book).incident
    for heard in (event, Noted(at=at(2), text="x"), event):
        incident = apply(book, incident, heard)
    said = [entry for entry in incident.timeline if "text" in entry.text]
    assert [(entry.text, entry.loud, entry.count) for entry in said] == [
        (
            "the runbook's text 'page' could not be used, and Tocsin's own stood in: it takes more than 20,000 steps",
            True,
            1,
        )
    ]


def test_our_own_texts_stay_far_below_with_the_most_that_an_incident_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "STEPS", bounds.STEPS // 2)
    book = runbook(severity(tier("alice")))
    simulation = opened(book, title=TITLE)
    for minute in range(40):
        batch = alerts(*(alert(f"f{minute}/{n}", name="n" * 300, summary="s" * 500) for n in range(50)))
        simulation.happen(batch)
        simulation.happen(Noted(at=at(0), text="x" * 500, by="y" * 100))
    effect = WriteDocument(name="x", template="document")
    demand = Demand(duty="x", due_at=at(0), reason="why", effect=effect)
    assert words(book, simulation.incident, demand, simulation.now).text.startswith("# Incident document: ")
