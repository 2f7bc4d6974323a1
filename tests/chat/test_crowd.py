"""Many press at the same moment: each is answered as soon as Temporal has what they said."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from temporalio.client import Client

from chat.acting import Answered, Hands
from chat.prompt_deeds import MOST_ASKED_AT_ONCE, PromptDeeds
from settings import Settings
from starter.desk.answers import ShownReview
from starter.desk.temporal_desk import TemporalDesk
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from starter.temporal.loading import loaded
from starter.temporal.results import FoundIncident, NobodyWorks
from tests.chat.conftest import PATIENT, Door, door, of_slack
from tests.chat.slack_side import ANN, SlackSide, interaction
from tests.chat.test_presses import declared, lines, state
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import eventually
from workflows.policy.incident.events import Resolved, SeverityChanged
from workflows.policy.incident.mark import mark
from workflows.policy.keys.workflow_ids import review_of
from workflows.policy.review.results import status
from workflows.policy.review.state import open_review
from workflows.policy.views.results import PlanView

CROWD = 40


class AtTheSameMoment:
    """However fast the machine is: whoever is asked first is answered, and the first signal goes, when all others have
    pressed."""

    def __init__(self, deeds: PromptDeeds, monkeypatch: pytest.MonkeyPatch) -> None:
        deeds.waits = PATIENT.stretched(1000)
        self._recorder = deeds.recorder
        self._do, self._signal = Hands.do, Incidents.signal
        self._all_have_pressed = asyncio.Event()
        self.asked = 0
        self.signals = list[int]()
        """How much each of them brings."""
        monkeypatch.setattr(Hands, "do", lambda *given: self.ask(*given))
        monkeypatch.setattr(Incidents, "signal", lambda *given: self.signal(*given))

    async def ask(self, *given: Any) -> Answered:
        self.asked += 1
        await self._all_have_pressed.wait()
        return await self._do(*given)

    async def signal(self, incidents: Incidents, workflow_id: str, *events: Any) -> None:
        self.signals.append(len(events))
        if len(self.signals) == 1:
            await eventually(self._left, lambda left: left == CROWD - MOST_ASKED_AT_ONCE)
            self._all_have_pressed.set()
        await self._signal(incidents, workflow_id, *events)

    async def _left(self) -> int:
        waiting = (batch for batch in self._recorder._newest.values() if not batch.leaves)
        return self.signals[0] + sum(len(batch.events) for batch in waiting)


@pytest.fixture
def crowded(slack: Door) -> Door:
    """As many others press as incidents are asked for."""
    slack.chat.presses.deeds._under_way = MOST_ASKED_AT_ONCE
    return slack


async def test_of_a_crowd_each_press_counts_and_what_is_for_one_incident_travels_together(
    slack: Door, side: SlackSide, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await declared(incidents)
    crowd = AtTheSameMoment(slack.chat.presses.deeds, monkeypatch)
    presses = [side.press(ANN, "note", incident, said={"text": f"press {number}."}) for number in range(CROWD)]
    answers = await asyncio.gather(*(slack.send(interaction(press)) for press in presses))
    assert [each.status_code for each in answers] == [200] * CROWD
    found = await state(incidents, incident)
    assert all(len(lines(found, f"press {number}.")) == 1 for number in range(CROWD))
    assert crowd.asked == MOST_ASKED_AT_ONCE
    assert sum(crowd.signals) == CROWD - MOST_ASKED_AT_ONCE
    assert len(crowd.signals) <= 2
    await side.answered(CROWD)


async def test_whoever_presses_in_a_crowd_reads_how_the_incident_stands_afterwards(
    crowded: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    await crowded.send(interaction(side.press(ANN, "ack", incident)))
    assert (await state(incidents, incident)).acknowledged_by == "on-call"
    text = (await side.answered())["text"]
    assert text.startswith(f"Recorded.\n*{incident}*")
    assert "acknowledged by On-call Engineer" in text


async def test_whoever_came_too_late_in_a_crowd_reads_why_and_nobody_else_does(
    crowded: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    await TemporalDesk(incidents).ask(incident, Resolved(by="boss", text="over"))
    await crowded.send(interaction(side.press(ANN, "severity", incident, said={"severity": "sev2"})))
    told = (await side.answered())["text"]
    assert told.startswith("Recorded, but it came too late or does not fit: ")
    assert "already resolved, by The Boss" in told
    await crowded.send(interaction(side.press(ANN, "note", incident, said={"text": "the disk"})))
    assert "too late" not in (await side.answered(2))["text"]


async def test_whoever_decided_by_what_is_no_longer_so_reads_that_in_a_crowd(
    crowded: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    before = mark(await state(incidents, incident))
    await TemporalDesk(incidents).ask(incident, SeverityChanged(severity="sev2", by="boss"))
    await crowded.send(interaction(side.press(ANN, "mitigate", incident, if_still=before)))
    assert "it has changed meanwhile" in (await side.answered())["text"]
    assert (await state(incidents, incident)).mitigated_at is None


async def test_of_a_private_incident_only_who_may_see_it_reads_why_they_came_too_late(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents, working: Client
) -> None:
    incident = await declared(incidents, flags=("security",))
    await TemporalDesk(incidents).ask(incident, Resolved(by="boss", text="over"))
    async for there in door(of_slack(settings, side, slack_may={"private": ("on-call",)}), library, incidents):
        there.chat.presses.deeds._under_way = MOST_ASKED_AT_ONCE
        await there.send(interaction(side.press(ANN, "mitigate", incident)))
        told = (await side.answered())["text"]
        assert "already resolved" in told
        assert "Checkout" not in told


async def test_in_a_crowd_the_same_press_counts_once(crowded: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    sent = interaction(side.press(ANN, "note", incident, said={"text": "the disk is full"}))
    await crowded.send(sent)
    crowded.chat.presses.clicks.seen.clear()  # as another gateway would get it
    await crowded.send(sent)
    assert len(lines(await state(incidents, incident), "the disk is full")) == 1


async def test_in_a_crowd_nobody_says_anything_to_a_private_incident_that_they_may_not_see(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents, working: Client
) -> None:
    incident = await declared(incidents, flags=("security",))
    async for there in door(of_slack(settings, side, slack_may={"private": ("boss",)}), library, incidents):
        there.chat.presses.deeds._under_way = MOST_ASKED_AT_ONCE
        await there.send(interaction(side.press(ANN, "ack", incident)))
        assert "there is no incident" in (await side.answered())["text"]
    assert (await state(incidents, incident)).acknowledged_by == ""


async def test_in_a_crowd_whoever_may_see_a_private_incident_reads_only_that_it_is_recorded(
    crowded: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents, flags=("security",))
    await crowded.send(interaction(side.press(ANN, "ack", incident)))
    assert (await side.answered())["text"] == "Recorded."
    assert (await state(incidents, incident)).acknowledged_by == "on-call"


async def test_in_a_crowd_a_button_of_an_incident_that_there_is_not_is_answered_in_words(
    crowded: Door, side: SlackSide
) -> None:
    assert (await crowded.send(interaction(side.press(ANN, "ack", "20261121-0204-k7bcdf")))).status_code == 200
    assert "there is no incident" in (await side.answered())["text"]


async def test_in_a_crowd_a_role_is_taken_from_nobody(crowded: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    for count, user in enumerate((ANN, "U0BOB"), start=1):
        await crowded.send(interaction(side.press(user, "assign", incident, said={"role": "commander"})))
        told = (await side.answered(count))["text"]
    assert "came too late or does not fit: On-call Engineer is Incident Commander already" in told
    assert (await state(incidents, incident)).roles == {"commander": "on-call"}


async def test_an_incident_that_does_not_say_in_time_is_no_sign_that_nobody_works(
    slack: Door, side: SlackSide, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await declared(incidents)

    async def cancelled(*_: Any) -> Any:
        """As Temporal's client has it: a cancelled update is an error of its own."""
        try:
            await asyncio.sleep(HANGS_AFTER_S)
        except asyncio.CancelledError:
            raise NobodyWorks("no worker answers") from None

    monkeypatch.setattr(Hands, "do", cancelled)
    slack.chat.presses.deeds.waits = replace(PATIENT, press_s=0.0)
    await slack.send(interaction(side.press(ANN, "ack", incident)))
    assert (await side.answered())["text"].startswith(f"Recorded.\n*{incident}*")
    assert (await state(incidents, incident)).acknowledged_by == "on-call"


async def test_what_is_found_to_be_private_meanwhile_is_told_to_nobody_afterwards(
    crowded: Door, side: SlackSide, incidents: Incidents
) -> None:
    """Lists know it a moment later than the incident itself."""
    hidden = await incidents.find(await declared(incidents, flags=("security",)))
    as_listed = hidden.model_copy(update={"may_be_private": False})
    seen = await crowded.chat.presses.looks.after(as_listed)
    assert (seen.text, seen.refusals) == ("Recorded.", {})


async def test_what_the_review_of_a_private_incident_owes_is_told_to_nobody_afterwards(
    crowded: Door, incidents: Incidents, library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was flagged a moment ago, and lists do not know it yet."""
    private = (await state(incidents, await declared(incidents))).model_copy(update={"flags": frozenset({"security"})})

    async def shown(*_: object) -> ShownReview:
        book, now = loaded(library, settings).runbooks["acme"], private.declared_at
        known = status(book, open_review(private), now, 1.0)
        return ShownReview(state=known, plan=PlanView(incident=private.id, now=now))

    monkeypatch.setattr("starter.desk.looking.show_found_review", shown)
    found = FoundIncident(workflow_id=review_of(private.id), incident=private.id, may_be_private=False)
    assert (await crowded.chat.presses.looks.after(found)).text == "Recorded."


async def test_a_button_of_no_incident_names_none_that_is_private(
    slack: Door, crowded: Door, side: SlackSide, incidents: Incidents
) -> None:
    await declared(incidents, flags=("security",))
    for count, others in enumerate((0, MOST_ASKED_AT_ONCE), start=1):
        slack.chat.presses.deeds._under_way = others
        await slack.send(interaction(side.press(ANN, "mitigate", "20261121-0204-k7bcdf")))
        told = (await side.answered(count))["text"]
        assert "there is no incident" in told
        assert "Checkout" not in told
