"""Pages, mails and messages lead to where the incident is worked on."""

import pytest

from tests.policy.builders import declared, opened, runbook, severity, tier
from tests.policy.effects import EVERY
from workflows.durable.sending import links_beside, with_channel
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Email, Page, Publish
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.planning.destinations import channel_address, channel_link
from workflows.policy.runbook.model import Runbook
from workflows.texts.page_details import page_links

CHANNEL = runbook(severity(tier("alice"), own_channel=True))
THREAD = runbook(severity(tier("alice")))
LINK, HOME_LINK = "https://slack.com/app_redirect?channel=C1", "https://slack.com/app_redirect?channel=C0"
KNOWN = {
    "thread": "C0:1.1", "thread-link": HOME_LINK, "channel": "C1", "channel-name": "#incident-1", "channel-link": LINK,
}  # fmt: skip


def of(book: Runbook, **more: object) -> Incident:
    incident = opened(book).incident
    found = KNOWN if book is CHANNEL else {name: KNOWN[name] for name in ("thread", "thread-link")}
    return incident.model_copy(update={"references": found, **more})


def mail(**more: object) -> Demand:
    effect = Email.model_validate({"to": "stakeholders", "template": "told", **more})
    return Demand(duty=duty_key(DutyKind.DUTY, "x"), due_at=of(THREAD).declared_at, reason="", effect=effect)


def a_page() -> Demand:
    effect = Page(to="alice", tier=1, round=1, round_started_at=of(THREAD).declared_at)
    return Demand(duty=duty_key(DutyKind.DUTY, "x"), due_at=of(THREAD).declared_at, reason="", effect=effect)


@pytest.mark.parametrize(("book", "link"), [(CHANNEL, LINK), (THREAD, HOME_LINK)])
def test_a_page_leads_to_the_channel(book: Runbook, link: str) -> None:
    assert ("Channel", link) in page_links(book, of(book))


def test_a_mail_to_colleagues_does_and_one_to_people_outside_does_not() -> None:
    incident = of(CHANNEL)
    assert with_channel(CHANNEL, incident, mail(), "So it stands.") == f"So it stands.\n\nChannel: #incident-1 {LINK}"
    assert with_channel(CHANNEL, incident, mail(public=True), "So it stands.") == "So it stands."


def test_of_what_is_private_no_mail_does() -> None:
    assert with_channel(CHANNEL, of(CHANNEL, private=True), mail(), "So it stands.") == "So it stands."


def test_nothing_leads_to_a_place_that_is_closed_or_not_there_yet() -> None:
    assert channel_link(CHANNEL, declared(CHANNEL)) == ""
    assert channel_link(CHANNEL, of(CHANNEL, closed_places=("channel",))) == HOME_LINK


@pytest.mark.parametrize("book", [CHANNEL, THREAD])
def test_a_page_of_the_declarations_own_second_leads_to_the_gateway_which_sends_on(book: Runbook) -> None:
    incident = declared(book)
    assert links_beside(book, incident, a_page())[0] == ("Channel", channel_address(incident.id))
    assert page_links(book, incident) == links_beside(book, incident, a_page())[1:]  # and these are all that texts have


def test_and_so_does_a_mail_to_colleagues_of_that_second_and_to_nobody_else() -> None:
    incident = declared(CHANNEL)
    assert links_beside(CHANNEL, incident, mail()) == (("Channel", channel_address(incident.id)),)
    assert links_beside(CHANNEL, incident, mail(public=True)) == ()
    assert links_beside(CHANNEL, incident.model_copy(update={"private": True}), mail()) == ()
    assert links_beside(CHANNEL, of(CHANNEL), mail()) == ()  # then it stands in the text, by its name


def test_where_no_place_takes_us_nothing_leads_there() -> None:
    private = declared(CHANNEL).model_copy(update={"closed_places": ("channel",), "private": True})
    assert links_beside(CHANNEL, private, a_page()) == page_links(CHANNEL, private)


@pytest.mark.parametrize("effect", EVERY, ids=lambda effect: effect.kind)
def test_nothing_else_says_it_in_its_text(effect: object) -> None:
    demand = mail().model_copy(update={"effect": effect})
    if not isinstance(effect, Email) or isinstance(effect, Publish):
        assert with_channel(CHANNEL, of(CHANNEL), demand, "text") == "text"
