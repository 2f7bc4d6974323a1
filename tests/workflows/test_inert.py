"""What alerts and people say is data in Temporal's UI, which reads summaries and details as Markdown (rule 9)."""

import pytest

from tests.policy.builders import at, opened, runbook, severity, tier
from workflows.durable.summaries import HEAVIEST_SUMMARY, summary
from workflows.policy.incident.events import Acknowledged
from workflows.policy.views.plan_view import as_markdown, plain, plan_view
from workflows.policy.wire.bounded import weight

HOSTILE = {
    "a picture": ("![x](https://evil.example/p.png)", "\\!\\[x\\]\\(https:\u2060//evil.example/p.png\\)"),
    "a link": ("[Log in](https://evil.example)", "\\[Log in\\]\\(https:\u2060//evil.example\\)"),
    "an address by itself": ("see https://evil.example", "see https:\u2060//evil.example"),
    "one without a scheme": ("see www.evil.example", "see www\u2060.evil.example"),
    "HTML": ("<img src=x onerror=a()>", "\\<img src=x onerror=a\\(\\)\\>"),
    "an entity": ("&lt;b&gt;", "\\&lt;b\\&gt;"),
    "a heading": ("# all is well", "\\# all is well"),
    "lines": ("a\r\n- b\n> c", "a - b \\> c"),
    "our own words": ("page VP Engineering: not answered", "page VP Engineering: not answered"),
}


@pytest.mark.parametrize(("text", "inert"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_summary_shows_it_as_it_is(text: str, inert: str) -> None:
    assert summary(text) == plain(text) == inert


def test_a_summary_is_as_heavy_as_it_may_be_with_its_marks() -> None:
    assert weight(summary("[" * 300)) <= HEAVIEST_SUMMARY


def test_details_show_nobodys_name_as_markdown() -> None:
    book = runbook(severity(tier("alice")))
    simulation = opened(book)
    simulation.happen(Acknowledged(by="[Bob](https://evil.example)"))
    view = plan_view(book, simulation.incident, simulation.plan(), at(1), 1.0, frozenset())
    assert "[Bob](" not in as_markdown(book, simulation.incident, view)
