"""What `up` runs and where: as asked, as last time, or where there is room; but the gateway never moves by itself."""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from settings import Settings, SettingsError
from tests.policy.builders import runbook, severity, tier
from tocsin.library import library
from tocsin.up import layout as layouts
from tocsin.up.folder import LastUp
from tocsin.up.layout import ANY_PORTS, Layout, Options, lay_out
from tocsin.up.members import schedules, slack_members
from tocsin.up.parts import SandboxSecrets, pointing_at_the_sandbox, sandbox, with_own_status_page
from tocsin.up.ports import PortTaken
from tocsin.up.run import replaced
from workflows.policy.runbook.model import Runbook

ANYWHERE = Options(gateway_port=0, temporal_port=0, ui_port=0, sandbox_port=0)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def settings(**fields: object) -> Settings:
    return Settings.model_validate({**Settings.model_construct().model_dump(), **fields})


def laid_out(
    options: Options = ANYWHERE,
    last: LastUp | None = None,
    configured: str | None = None,
    chosen: dict[str, object] | None = None,
) -> Layout:
    return lay_out(options, settings(**(chosen or {})), last, configured)


def last_time(gateway: int) -> LastUp:
    return LastUp(temporal="127.0.0.1:7233", gateway=f"http://127.0.0.1:{gateway}")


def test_the_gateways_port_of_last_time_is_used_again(free: int) -> None:
    options = Options(temporal_port=0, ui_port=0, sandbox_port=0)
    assert laid_out(options, last_time(free)).gateway_port == free


def test_the_gateways_port_once_used_is_never_switched_silently(taken: int) -> None:
    with pytest.raises(PortTaken, match=f"port {taken}, which this gateway had before, is taken"):
        laid_out(Options(temporal_port=0, ui_port=0, sandbox_port=0), last_time(taken))


def test_a_person_may_move_the_gateway(taken: int, free: int) -> None:
    assert laid_out(Options(gateway_port=free), last_time(taken)).gateway_port == free


@pytest.mark.parametrize(
    "ask",
    [
        lambda port: replace(ANYWHERE, gateway_port=port),
        lambda port: replace(ANYWHERE, temporal_port=port),
        lambda port: replace(ANYWHERE, ui_port=port),
        lambda port: replace(ANYWHERE, sandbox_port=port),
    ],
)
def test_a_port_that_was_asked_for_is_not_negotiable(ask: Callable[[int], Options], taken: int) -> None:
    with pytest.raises(PortTaken, match=f"port {taken} is taken"):
        laid_out(ask(taken))


PORT_FIELDS = {
    "gateway_port": "GATEWAY_PORT",
    "temporal_port": "TEMPORAL_PORT",
    "ui_port": "UI_PORT",
    "sandbox_port": "SANDBOX_PORT",
    "mail_port": "MAIL_PORT",
}


@pytest.mark.parametrize("asking", [field for field in PORT_FIELDS if field != "mail_port"])
@pytest.mark.parametrize("usual", PORT_FIELDS)
def test_a_part_whose_usual_port_another_was_asked_to_take_moves(
    asking: str, usual: str, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for field, default in PORT_FIELDS.items():
        monkeypatch.setattr(layouts, default, free if field == usual else 0)
    asked: dict[str, Any] = {asking: free}
    found = laid_out(Options(**asked))
    ports = [getattr(found, field) for field in PORT_FIELDS]
    assert getattr(found, asking) == free
    assert len(set(ports)) == len(ports)


@pytest.mark.parametrize("other", ["temporal_port", "ui_port", "sandbox_port"])
def test_two_parts_cannot_be_asked_to_take_one_port(other: str, free: int) -> None:
    asked: dict[str, Any] = {"gateway_port": free, other: free}
    with pytest.raises(PortTaken, match=f"port {free} is asked for twice"):
        laid_out(replace(ANYWHERE, **asked))


def test_the_other_parts_move_when_their_port_of_last_time_is_taken(taken: int, free: int) -> None:
    last = LastUp(temporal=f"127.0.0.1:{taken}", gateway=f"http://127.0.0.1:{free}")
    assert laid_out(Options(gateway_port=0), last).temporal_port != taken


def test_without_a_vendor_the_sandbox_stands_in() -> None:
    assert laid_out().sandbox_port is not None


@pytest.mark.parametrize(
    "vendor",
    [
        {"pagerduty_routing_keys": {"on-call": "R0"}},
        {"ntfy_topics": {"on-call": "on-call-7f3a"}},
        {"slack_token": "xoxb-1", "no_pager": True},
        {"statuspage_token": "t", "statuspage_page": "p", "no_pager": True},
        {"public_page": "s3://acme-status", "no_pager": True},
    ],
)
def test_with_any_vendor_the_sandbox_is_off(vendor: dict[str, object]) -> None:
    assert laid_out(chosen=vendor).sandbox_port is None


@pytest.mark.parametrize("where", ["gateway", "/srv/status"])
def test_a_status_page_on_this_machine_stands_beside_the_sandbox(where: str) -> None:
    assert laid_out(chosen={"public_page": where}).sandbox_port is not None
    pointing = with_own_status_page(pointing_at_the_sandbox(laid_out(), [], SandboxSecrets()))
    assert not [name for name in pointing if "STATUSPAGE" in name]
    assert pointing["TOCSIN_SLACK_TOKEN"]


def test_with_a_temporal_of_somebody_elses_no_server_and_no_sandbox_are_ours() -> None:
    layout = laid_out(configured="temporal.example:7233", chosen={"no_pager": True})
    assert not layout.embedded
    assert layout.published.sandbox is None
    assert layout.published.temporal == "temporal.example:7233"


@pytest.mark.parametrize("configured", [None, "temporal.example:7233"])
def test_a_missing_pager_is_an_error_once_anything_is_real(configured: str | None) -> None:
    with pytest.raises(SettingsError, match="no pager is connected"):
        laid_out(configured=configured, chosen={"slack_token": "xoxb-1"})


@pytest.mark.parametrize(
    ("chosen", "warning"),
    [
        ({}, []),
        ({"speed": 60}, []),
        (
            {"pagerduty_webhook_secrets": ["mine"], "slack_url": "https://proxy.example"},
            ["replaces TOCSIN_SLACK_URL, TOCSIN_PAGERDUTY_WEBHOOK_SECRETS until one is configured"],
        ),
    ],
)
def test_settings_that_the_sandbox_replaces_are_named(chosen: dict[str, object], warning: list[str]) -> None:
    pointing = pointing_at_the_sandbox(laid_out(), [], SandboxSecrets())
    told = list(replaced(settings(**chosen), pointing))
    assert [line.split("and ")[1] for line in told] == warning


def test_whoever_a_runbook_names_is_in_the_sandboxs_slack() -> None:
    books = library(settings()).runbooks.values()
    members = slack_members(books)
    assert {each.person for each in members} == {person for book in books for person in book.people}
    assert len({each.user_id for each in members}) == len(members)
    users = json.loads(pointing_at_the_sandbox(laid_out(), books, SandboxSecrets())["TOCSIN_SLACK_USERS"])
    assert users == {each.person: each.user_id for each in members}


ELSEWHERE = {"pagerduty": {"schedule": "PI7DH85"}, "user_group": "@on-call"}


def holding_at_pagerduty(**others: object) -> Runbook:
    people = {"on-call": {"name": "On-call", "on_call": ELSEWHERE}, "boss": {"name": "The Boss"}, **others}
    return runbook(severity(tier("on-call"), tier("boss", after=5)), people=people, roles={})


def test_a_rota_at_pagerduty_and_its_user_group_are_in_the_sandbox_so_that_it_can_be_tried() -> None:
    books = [holding_at_pagerduty(ann={"name": "Ann Lee"}, ben={"name": "Ben"})]
    assert schedules(books) == [("PI7DH85", "Ann Lee"), ("PI7DH85", "Ben")]
    options = sandbox(laid_out(ANY_PORTS), books, SandboxSecrets(), {}).command
    assert options[options.index("--user-group") + 1] == "on-call"
    assert [after for before, after in pairwise(options) if before == "--schedule"] == [
        "PI7DH85=Ann Lee", "PI7DH85=Ben"
    ]  # fmt: skip


def test_where_a_tier_calls_everybody_they_take_turns_all_the_same() -> None:
    assert schedules([holding_at_pagerduty()]) == [("PI7DH85", "The Boss")]


def test_no_secret_stands_in_the_process_list() -> None:
    """Where all who use the machine may read it; the environment of a process only its user can."""
    signed = SandboxSecrets()
    layout = laid_out(ANY_PORTS)
    part = sandbox(layout, [], signed, {})
    assert not {signed.pagerduty, signed.slack, signed.twilio} & set(" ".join(part.command).split())
    assert {signed.pagerduty, signed.slack, signed.twilio} <= set(part.environment.values())
