"""What stands in a document, and that nothing that an alert or a person said is markup in it."""

import re

import pytest

from tests.policy.builders import alert, alerts, at, happens, opened, runbook, severity, tier
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import WriteDocument
from workflows.policy.incident.events import Acknowledged, Mitigated, Noted, Resolved, RoleAssigned, UpdatePosted
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation
from workflows.texts import documents
from workflows.texts.documents import BEGIN_MARK, END_MARK
from workflows.texts.markdown import Markdown, literal, table
from workflows.texts.render import words

STATUS_PAGE = {"owner": "communications", "automatic": ["investigating", "resolved"]}
BOOK = runbook(
    severity(tier("alice"), tier("bob", after=10), status_page=STATUS_PAGE),
    links=[{"label": "Dashboard", "url": "https://grafana.example/d/1"}],
)
DEMAND = Demand(duty="duty/report", due_at=at(0), reason="owed", effect=WriteDocument(name="report", template="own"))


def lived(book: Runbook = BOOK) -> Simulation:
    simulation = opened(book, labels={"job": "api"})
    happens(simulation, 1, alerts(alert()))
    happens(simulation, 12, Acknowledged(by="Bob"))
    happens(simulation, 13, RoleAssigned(role="commander", person="bob"))
    happens(simulation, 14, UpdatePosted(by="Bob", text="a bad deploy", phase="identified"))
    happens(simulation, 15, Noted(by="Bob", text="rolling back"))
    happens(simulation, 20, Mitigated(by="Bob"))
    happens(simulation, 30, Resolved(by="Bob", text="rolled back"))
    return simulation


def written(template: str, simulation: Simulation | None = None) -> str:
    simulation = simulation or lived()
    book = simulation.book.model_copy(update={"templates": {"own": template}})
    return words(book, simulation.incident, DEMAND, simulation.now).text


def section(document: str, title: str) -> list[str]:
    found = re.search(rf"^### {title}\n\n(.*?)(?=\n\n###|\n{END_MARK})", document, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1].splitlines()


def test_the_record_follows_the_text_unless_the_text_has_a_place_for_it() -> None:
    assert written("# Report\n").startswith(f"# Report\n\n{BEGIN_MARK}\n## Record")
    assert written("# Report\n").endswith(f"{END_MARK}\n")
    assert written("{{ record }}\n\n## Lessons").endswith(f"{END_MARK}\n\n## Lessons\n")


def test_severity_duration_and_cause_are_facts() -> None:
    rows = written("").partition("### Times")[0].splitlines()
    for row in ("| Severity | SEV-1 |", "| Duration | 30m |", "| What it was | rolled back |", "| Resolved by | Bob |"):
        assert row in rows


def test_times_to_acknowledge_to_mitigate_and_to_resolve_are_given() -> None:
    assert section(written(""), "Times")[2:] == [
        "| Detected | 2026-03-02 09:00:00 | 0m |",
        "| Declared | 2026-03-02 09:00:00 | 0m |",
        "| Acknowledged | 2026-03-02 09:12:00 | 12m |",
        "| Identified | 2026-03-02 09:14:00 | 14m |",
        "| Mitigated | 2026-03-02 09:20:00 | 20m |",
        "| Resolved | 2026-03-02 09:30:00 | 30m |",
    ]


def test_who_was_paged_when_and_who_answered() -> None:
    rows = section(written(""), "Who was paged, and who answered")
    assert [re.sub(r"^\| \S+ (\S+) \| (.{12}).*", r"\1 \2", row) for row in rows[2:]] == [
        "09:00:00 paged Alice:",
        "09:10:00 paged Bob: n",
        "09:12:00 Bob acknowle",
    ]


def test_every_update_that_went_out() -> None:
    said = "\n".join(section(written(""), "What was told"))
    assert "| Bob: a bad deploy |" in said
    assert "| status page: resolved |" in said
    assert "rolling back" not in said


def test_the_timeline_is_complete_as_far_as_it_is_known() -> None:
    simulation = lived()
    rows = section(written("", simulation), "Timeline")
    assert len(rows) == 2 + len(simulation.incident.timeline)
    older = simulation.incident.model_copy(update={"timeline_dropped": 17})
    assert documents.timeline(older).endswith("17 older entries are not here: the workflow's history has them.\n")


def test_roles_alerts_and_links() -> None:
    document = written("")
    assert section(document, "Roles")[2:] == ["| Incident Commander | Bob |"]
    assert section(document, "Alerts")[2:] == ["| HighErrorRate |  | 2026-03-02 09:00:00 | firing |"]
    assert "- Dashboard: https://grafana.example/d/1" in section(document, "Links")


def test_the_impact_of_what_is_over_is_what_it_was() -> None:
    assert written("Impact: {{ impact }}").startswith("Impact: HighErrorRate")


HOSTILE = {
    "a heading": ("# gone", r"\# gone"),
    "a list": ("- one\n+ two\n1. three", "\\- one\n\\+ two\n1\\. three"),
    "emphasis": ("*a* _b_ ~c~ `d`", r"\*a\* \_b\_ \~c\~ \`d\`"),
    "a link": ("[a](javascript:alert)", r"\[a\](javascript:alert)"),
    "an image": ("![a](https://evil.example/x)", r"!\[a\](https://evil.example/x)"),
    "HTML": ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
    "a comment": ("<!-- tocsin:end -->", r"\<!-- tocsin:end --\>"),
    "an entity": ("&lt;b&gt; a & b", r"\&lt;b\&gt; a & b"),
    "a quotation": ("> said", r"\> said"),
    "a rule under a title": ("Title\n====\n---", "Title\n\\====\n\\---"),
    "code": ("    indented\n```\nfence", "indented\n\\`\\`\\`\nfence"),
    "a cell": ("a | b", r"a \| b"),
    "an escape": (r"a \| b", r"a \\\| b"),
    "a template": ("{{ 7 * 7 }}", r"{{ 7 \* 7 }}"),
    "what is no markup": ("high_error_rate at 10.1.2.3: 5 > x_1", r"high_error_rate at 10.1.2.3: 5 \> x_1"),
}


@pytest.mark.parametrize(("text", "escaped"), HOSTILE.values(), ids=HOSTILE)
def test_what_alerts_say_is_text(text: str, escaped: str) -> None:
    assert literal(text) == escaped
    assert written("Said: {{ title }}", opened(BOOK, title=text)).startswith(f"Said: {escaped}")


@pytest.mark.parametrize("text", [text for text, _ in HOSTILE.values()], ids=HOSTILE)
def test_nothing_that_is_said_adds_a_row_a_section_or_a_mark(text: str) -> None:
    plain, hostile = lived(), opened(BOOK, labels={"job": "api"})
    happens(plain, 31, Noted(by="Bob", text="x"))
    happens(hostile, 1, Noted(by="Bob", text=text))
    document = written("", hostile)
    assert (document.count(BEGIN_MARK), document.count(END_MARK)) == (1, 1)
    assert len(section(document, "Timeline")) == 2 + len(hostile.incident.timeline)
    assert headings(document) <= headings(written("", plain))


def headings(document: str) -> set[str]:
    return set(re.findall("^#+ .*", document, re.MULTILINE))


def test_a_values_filter_does_not_unescape_it() -> None:
    said = written('{{ title | replace("a", "<b>") }} {{ cause | default("[why]") }}', opened(BOOK, title="a_"))
    assert said.startswith(r"\<b\>\_ \[why\]")


def test_a_table_is_what_it_says() -> None:
    assert table(["A", "B"], [("a\nb", "| *c*")]) == "| A | B |\n| --- | --- |\n| a b | \\| \\*c\\* |"
    assert isinstance(table(["A"], []), Markdown)


def test_what_is_too_long_ends_with_its_mark_and_says_so() -> None:
    text = f"{BEGIN_MARK}\n" + "ä line\n" * 100_000 + END_MARK
    fitted = documents.fit(text, 10_000)
    assert len(fitted.encode()) <= 10_000
    assert fitted.endswith(f"The rest had no room: a document has at most 9 KiB.\n{END_MARK}")
    assert documents.fit("short") == "short"


def test_the_longest_life_makes_a_document_that_fits() -> None:
    simulation = opened(BOOK)
    for number in range(1, 300):
        happens(simulation, 1 + number / 100, Noted(by="Bob", text=f"{number} " + "*" * 400))
    document = written("", simulation)
    assert len(document.encode()) <= documents.LONGEST_DOCUMENT
    assert f"{simulation.incident.timeline_dropped} older entries are not here" in document
