"""Forgiving in, exact out: what people mean by a severity, a role, a person; and what nobody can mean."""

import json
from pathlib import Path

import pytest
from temporalio.worker import Worker

from starter.desk.meaning import Unlisted, in_one_word, meant
from starter.runbooks.library import Library
from tests.tocsin.conftest import Tocsin
from tests.tocsin.test_commands import until_found
from tocsin.commands.arguments import me, severity
from workflows.policy.incident.events import HandedOff, RoleAssigned


@pytest.mark.parametrize("said", ["1", "sev1", "SEV-1", "Sev 1", " sev_1 ", "severity 1"])
def test_a_severity_is_understood_in_every_way_of_writing_it(said: str) -> None:
    assert severity(said) == "sev1"


@pytest.mark.parametrize("said", ["0", "5", "sev9", "11", "1.5", "critical", ""])
def test_what_is_no_severity_is_left_to_whoever_knows_which_there_are(said: str) -> None:
    assert severity(said) == said


@pytest.mark.parametrize(
    ("role", "person", "understood"),
    [
        ("commander", "on-call", ("commander", "on-call")),
        ("Incident Commander", "On-call Engineer", ("commander", "on-call")),
        ("incident-commander", "ON-CALL", ("commander", "on-call")),
        ("unheard of", "on call engineer", ("unheard-of", "on call engineer")),
    ],
)
def test_roles_and_people_are_known_by_both_of_their_names(
    library: Library, role: str, person: str, understood: tuple[str, str]
) -> None:
    event = meant(RoleAssigned(role=in_one_word(role), person=person), library.runbooks["acme"], unlisted=False)
    assert isinstance(event, RoleAssigned)
    assert (event.role, event.person) == understood


@pytest.mark.parametrize(
    ("person", "says"), [("on-cal", "Did you mean on-call?"), ("zoe", "It has on-call (On-call Engineer)")]
)
def test_nobody_is_taken_silently_whom_the_runbook_does_not_list(library: Library, person: str, says: str) -> None:
    book = library.runbooks["acme"]
    for event in (RoleAssigned(role="commander", person=person), HandedOff(to=person)):
        with pytest.raises(Unlisted) as refused:
            meant(event, book, unlisted=False)
        assert says in str(refused.value)
        assert meant(event, book, unlisted=True) == event


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("note", "20261121-0204-k7qxzm"), "20261121-0204-k7qxzm is the id of an incident, and more belongs to it"),
        (("update", "incident-declared-1f"), "this command takes [INCIDENT] TEXT"),
        (("escalate", "20261121-0204-k7qxzm"), "this command takes [INCIDENT] TO"),
        (("assign", "20261121-0204-k7qxzm", "commander"), "this command takes [INCIDENT] ROLE PERSON"),
        (("followup", "add", "20261121-0204-k7qxzm"), "this command takes [INCIDENT] TEXT"),
        (("note", ""), "TEXT is empty: this command takes [INCIDENT] TEXT"),
        (("note", "20261121-0204-k7qxzm", " "), "TEXT is empty: this command takes [INCIDENT] TEXT"),
        (("ack", ""), "INCIDENT is empty: this command takes [INCIDENT]"),
        (("resolve", "", "over"), "INCIDENT is empty: this command takes [INCIDENT] [TEXT]"),
        (("resolve", " "), "TEXT is empty: this command takes [INCIDENT] [TEXT]"),
        (("declare", ""), 'TITLE is empty: say in a few words what is wrong, like tocsin declare "Checkout is slow"'),
        (("declare", "20261121-0204-k7qxzm"), "is the id of an incident: say in a few words what is wrong"),
        (("severity", "sev9"), "severity: Input should be 'sev1', 'sev2', 'sev3' or 'sev4'"),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_the_right_form(
    tocsin: Tocsin, words: tuple[str, ...], says: str
) -> None:
    answer = await tocsin(*words)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
    assert says in answer.err


@pytest.mark.parametrize("where", ["environment", ".env"])
async def test_who_i_am_is_a_setting(where: str, tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch) -> None:
    if where == ".env":
        Path(".env").write_text("TOCSIN_ME=on-call\n")
    else:
        monkeypatch.setenv("TOCSIN_ME", "on-call")
    assert me() == "on-call"


async def test_a_role_goes_to_whom_is_meant_and_a_stranger_only_if_that_is_meant(
    tocsin: Tocsin, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_ME", "On-call Engineer")
    await tocsin("declare", "Slow", "--severity", "SEV-1", "--json")
    acknowledged = await until_found(tocsin, "ack")
    assert "On-call Engineer acknowledged" in acknowledged.out

    assert (await tocsin("assign", "Incident Commander", "The Boss")).code == 0
    refused = await tocsin("assign", "commander", "zoe", "--json")
    assert (refused.code, refused.out) == (1, "")
    assert "lists nobody called 'zoe'" in refused.err
    assert "--unlisted" in refused.err
    shown = json.loads((await tocsin("show", "--json")).out)["state"]["incident"]
    assert shown["roles"]["commander"] == "boss"
    assert shown["severity"] == "sev1"

    assert (await tocsin("handoff", "zoe", "--unlisted")).code == 0
    shown = json.loads((await tocsin("show", "--json")).out)["state"]["incident"]
    assert shown["roles"]["commander"] == "zoe"
