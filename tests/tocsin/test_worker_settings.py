"""What the worker makes of the settings before the first incident."""

import pytest
from pydantic import ValidationError
from temporalio.testing import ActivityEnvironment

from settings import Settings, SettingsError
from starter.runbooks.library import Library
from tests.activities import sends
from tests.sandbox_server import running_sandbox
from worker import adapters
from worker.pager import paged, require_pager, unroutable
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Person

MAIL = {"smtp_url": "smtps://mail.example.com:465", "mail_from": "Tocsin <tocsin@example.com>"}
KEYS = {"on-call": "R0", "boss": "R1"}


def settings(**fields: object) -> Settings:
    return Settings.model_validate(fields)


def test_without_a_pager_nothing_starts_unless_that_is_meant() -> None:
    with pytest.raises(SettingsError, match="TOCSIN_NTFY_TOPICS or TOCSIN_OPSGENIE_KEYS, or say --no-pager"):
        require_pager(settings())
    require_pager(settings(no_pager=True))
    require_pager(settings(pagerduty_routing_keys=KEYS))
    require_pager(settings(ntfy_topics={"on-call": "on-call-7f3a"}))


TWILIO = {"twilio_account": f"AC{'0' * 32}", "twilio_auth_tokens": "t0", "twilio_from": "+15005550006"}
WEBHOOK_SECRET = "whsec_" + 8 * "AAAA"


@pytest.mark.parametrize(
    ("fields", "is_one"),
    [
        pytest.param({"opsgenie_keys": {"on-call": "g0"}}, True, id="Opsgenie"),
        pytest.param({**TWILIO, "phone_numbers": {"on-call": "+4915112345678"}}, True, id="text messages"),
        pytest.param(
            {"webhook_urls": {"on-call": "https://x.example"}, "webhook_secret": WEBHOOK_SECRET}, True, id="webhook"
        ),
        pytest.param({"webhook_urls": {"on-call": "https://x.example"}}, False, id="a webhook that nothing signs"),
        pytest.param({"apprise_urls": {"on-call": "tgram://123:abc/1"}}, True, id="apprise"),
        pytest.param(
            {"slack_token": "xoxb-1", "slack_users": {"on-call": "U1"}}, False, id="Slack, which wakes nobody"
        ),
        pytest.param({**MAIL, "mail_addresses": {"on-call": "a@example.com"}}, False, id="e-mail, which wakes nobody"),
    ],
)
def test_whoever_has_another_pager_has_one(fields: dict[str, object], is_one: bool) -> None:
    """The sandbox stays off, and the worker starts."""
    assert settings(**fields).pager == is_one
    assert settings(**fields).any_vendor


@pytest.mark.parametrize("topic", ["", "a/b", "a,b", "ä", "x" * 65, "a b"])
def test_what_ntfy_takes_for_no_topic_is_refused_at_the_start(topic: str) -> None:
    with pytest.raises(ValidationError, match="the topic of on-call is none: 1 to 64 of the letters"):
        settings(ntfy_topics={"on-call": topic})


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        # Everybody whom a tier pages needs a key ...
        ({"pagerduty_routing_keys": {"on-call": "R0"}}, ["boss"]),
        ({"pagerduty_routing_keys": KEYS}, []),
        # ... or a topic ...
        ({"ntfy_topics": {"boss": "boss-7f3a"}}, ["on-call"]),
        ({"pagerduty_routing_keys": {"on-call": "R0"}, "ntfy_topics": {"boss": "boss-7f3a"}}, []),
        # ... unless nobody is going to be paged, which is said elsewhere.
        ({"no_pager": True}, []),
    ],
)
def test_each_person_who_could_not_be_paged_is_named(
    acme: Runbook, fields: dict[str, object], missing: list[str]
) -> None:
    sentences = unroutable([acme], settings(runbook="acme", **fields))
    assert [sentence.split(" pages ")[1].split(",")[0] for sentence in sentences] == missing


REST_OF_THEM = {"ntfy_topics": {"two": "two-7f3a"}, "slack_token": "xoxb-1", "slack_users": {"on-call": "U1"}}
ASKED_TO_HELP = {
    "pagerduty_routing_keys": {"boss": "R0"},
    "pagerduty_users": {"on-call": "PONCALL"},
    "pagerduty_api_token": "rest",
    "pagerduty_from": "tocsin@example.com",
}
"""By a user's id there, and no key."""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ["TOCSIN_PAGERDUTY_ROUTING_KEYS has no on-call", "TOCSIN_NTFY_TOPICS has no two", "TOCSIN_SLACK_USERS"]),
        (
            {"ntfy_topics": {"two": "two-7f3a"}, "slack_token": "xoxb-1"},
            ["TOCSIN_PAGERDUTY_ROUTING_KEYS", "TOCSIN_SLACK"],
        ),
        (
            {
                "pagerduty_routing_keys": {"on-call": "R0"},
                "ntfy_topics": {"two": "two-7f3a"},
                "slack_token": "xoxb-1",
                "slack_users": {"on-call": "U1"},
            },
            [],
        ),
        (
            {
                "pagerduty_routing_keys": {"on-call": "R0"},
                "ntfy_topics": {"two": "two-7f3a"},
                "slack_users": {"on-call": "U1"},
            },
            ["TOCSIN_SLACK_TOKEN is not set"],
        ),
        ({**REST_OF_THEM, **ASKED_TO_HELP}, []),
        ({**REST_OF_THEM, **ASKED_TO_HELP, "pagerduty_from": None}, ["TOCSIN_PAGERDUTY_ROUTING_KEYS has no on-call"]),
    ],
)
def test_each_way_that_leads_nowhere_is_named(acme: Runbook, fields: dict[str, object], said: list[str]) -> None:
    reach = ["pagerduty", "slack", {"ntfy": "two", "after": "2m"}]
    person = Person.model_validate({"name": "On-call Engineer", "reach": reach})
    book = acme.model_copy(update={"people": {**acme.people, "on-call": person}})
    found = [each for each in unroutable([book], settings(runbook="acme", **fields)) if " by " in each]
    assert len(found) == len(said)
    assert all(any(words in each for each in found) for words in said)


@pytest.mark.parametrize(
    ("fields", "email", "said"),
    [
        ({}, "", "TOCSIN_MAIL_ADDRESSES has no on-call"),
        ({}, "ann@example.com", "TOCSIN_SMTP_URL is not set"),
        (MAIL, "", "TOCSIN_MAIL_ADDRESSES has no on-call"),
        (MAIL, "ann@example.com", ""),
        ({**MAIL, "mail_addresses": {"on-call": "ann@example.com"}}, "", ""),
    ],
)
def test_a_mail_goes_to_the_address_of_the_runbook_or_of_the_settings(
    acme: Runbook, fields: dict[str, object], email: str, said: str
) -> None:
    person = Person.model_validate({"name": "On-call Engineer", "email": email, "reach": ["email"]})
    book = acme.model_copy(update={"people": {**acme.people, "on-call": person}})
    found = [each for each in unroutable([book], settings(runbook="acme", **fields)) if " by email" in each]
    assert [each.split(", and ")[1].split(":")[0] for each in found] == ([said] if said else [])


@pytest.mark.parametrize("address", ["ann", "ann@", "Ann <ann@example.com>", "ann@example.com, ben@example.com"])
def test_what_is_no_mail_address_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ValidationError, match=r"the address of ann is none: write it like ann@example\.com"):
        settings(mail_addresses={"ann": address})


@pytest.mark.parametrize(
    ("fields", "meant"),
    [
        ({"runbook": "acme", "runbooks": None}, {"acme"}),
        ({"runbook": "other", "runbooks": None}, {"other"}),
        ({"runbook": "acme", "runbooks": "/etc/tocsin/runbooks"}, {"acme", "other"}),
    ],
)
def test_of_the_runbooks_that_ship_only_the_chosen_one_is_complained_of(
    acme: Runbook, fields: dict[str, object], meant: set[str]
) -> None:
    books = [acme, acme.model_copy(update={"runbook": "other"})]
    sentences = unroutable(books, settings(pagerduty_routing_keys={"nobody": "R9"}, **fields))
    assert {sentence.split()[1] for sentence in sentences} == meant


@pytest.fixture
def acme(library: Library) -> Runbook:
    return library.runbooks["acme"]


def test_who_holds_a_role_and_who_manages_them_can_be_paged_too() -> None:
    tier = {"page": ["on-call"], "roles": ["security"], "managers_of": ["commander"]}
    book = Runbook.model_validate(
        {
            "runbook": "acme",
            "title": "Acme",
            "home": "#incidents",
            "people": {
                "on-call": {"name": "On-call", "manager": "boss"},
                "boss": {"name": "Boss"},
                "guard": {"name": "Guard"},
                "bystander": {"name": "Bystander"},
            },
            "roles": {
                "security": {"name": "Security Lead", "falls_to": "guard"},
                "commander": {"name": "Incident Commander", "falls_to": "on-call"},
            },
            "severities": {"sev1": {"title": "Critical", "definition": "Down.", "escalation": [tier]}},
        }
    )
    assert paged(book) == {"on-call", "boss", "guard"}


@pytest.mark.parametrize(("person", "vendor"), [("on-call", "pagerduty"), ("boss", "ntfy"), ("cto", "opsgenie")])
async def test_each_person_is_paged_through_the_pager_whose_setting_names_them_first(person: str, vendor: str) -> None:
    async with running_sandbox() as sandbox:
        chosen = settings(
            pagerduty_routing_keys={"on-call": "R0"},
            pagerduty_events_url=sandbox.pagerduty_events_url,
            ntfy_topics={"on-call": "on-call-7f3a", "boss": "boss-7f3a"},
            ntfy_url=sandbox.ntfy_url,
            opsgenie_keys={"on-call": "genie-secret", "boss": "genie-secret", "cto": "genie-secret"},
            opsgenie_url=sandbox.opsgenie_url,
        )
        await ActivityEnvironment().run(adapters.perform(chosen).page, sends.page(to=person))
        assert {entry["vendor"] for entry in await sandbox.wire()} == {vendor}
