"""What was posted, asked and handed out stands on the timeline as a person would write it."""

import pytest

from tests.policy.builders import at, happens, opened, post
from tests.workflows.incidents import shipped
from workflows.policy.effects.effects import Post
from workflows.policy.incident.events import Mitigated
from workflows.policy.runbook.names import SeverityName
from workflows.texts.render import words

UNATTENDED = {
    "posted the declaration in #incidents",
    "posted the declaration in #incident-preview",
    'posted "war room" in #incidents',
    'handed out "service first" in #incident-preview',
    "asked Incident Commander who takes the roles, in the thread",
    "reminded Communications Lead of the update, in #incidents",
    "reminded Communications Lead of the update, in the thread",
    "posted an update in #incidents, because none came in",
}


def told_of_messages(name: str, severity: SeverityName = "sev1") -> list[str]:
    """While nobody answers, for half an hour."""
    simulation = opened(shipped(name), severity=severity)
    simulation.run_to(at(31))
    return [line.text for line in simulation.incident.timeline if line.kind in ("post", "update")]


def test_what_is_posted_while_nobody_answers_reads_as_a_person_would_write_it() -> None:
    assert {line.partition(" (")[0] for line in told_of_messages("company")} >= UNATTENDED


@pytest.mark.parametrize("name", ["company", "lma", "lumi", "samia", "standard"])
def test_no_line_asks_a_reminder_or_a_question(name: str) -> None:
    lines = told_of_messages(name)
    assert lines
    assert not [line for line in lines if line.startswith(("asked question", "asked reminder", "posted update"))]


def test_a_draft_is_called_by_the_name_of_what_it_is_for() -> None:
    simulation = opened(shipped("company"))
    happens(simulation, 3, Mitigated(by="Ada"))
    simulation.run_to(at(4))
    lines = [line.text for line in simulation.incident.timeline]
    assert 'drafted "status page: monitoring" in #incident-preview' in lines
    posts = [demand for _, demand in simulation.sent if isinstance(demand.effect, Post)]
    [draft] = [demand for demand in posts if post(demand).kind == "draft"]
    text = words(simulation.book, simulation.incident, draft, at(4)).text
    assert text.startswith("Draft to approve: the status page (Monitoring)")


@pytest.mark.parametrize(("started", "line"), [(True, "Ada works on the fix"), (False, "Ada: the fix is in place")])
def test_what_was_said_of_a_fix_stands_beside_it(started: bool, line: str) -> None:
    simulation = opened(shipped("company"))
    happens(simulation, 3, Mitigated(by="Ada", text="rolling back", started=started))
    assert f"{line}: rolling back" in [entry.text for entry in simulation.incident.timeline]
