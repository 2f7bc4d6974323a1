"""The messages. What alerts and people say is data, never a template (rule 9)."""

from datetime import datetime

import pytest

from tests.policy.builders import alert, alerts, at, happens, ladder, opened, opening, runbook, sends, severity, tier
from tests.policy.shell import NEVER, PolicyRunner, fates
from workflows.durable.sending import in_its_place
from workflows.policy.effects.card import HIDDEN
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import (
    Destination,
    Email,
    OpenChannel,
    Page,
    Post,
    Publish,
    Receipt,
    Ticket,
    WriteDocument,
)
from workflows.policy.engine import plan
from workflows.policy.incident.events import (
    Acknowledged,
    EffectSettled,
    Noted,
    Reopened,
    Resolved,
    RoleAssigned,
    UpdatePosted,
)
from workflows.policy.planning.destinations import known_channel
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.people import Person
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.time.calendar import Calendar
from workflows.texts.context import ALWAYS, SOMETIMES
from workflows.texts.defaults import TEXTS
from workflows.texts.page_details import page_links
from workflows.texts.proofreading import left_open
from workflows.texts.render import LONGEST_MESSAGE, Message, words
from workflows.texts.review_context import FIRST, LAST

BOOK = runbook(
    severity(tier("alice"), tier("bob", after=10)),
    links=[{"label": "Dashboard", "url": "https://grafana.example/d/1"}],
    war_room={"label": "War room", "url": "https://meet.example/war"},
)
NASTY = ["{{ 7*7 }}", "{% raw %}", "{% for x in y %}", "<!channel>", "<@U123>", "{0.__class__}", "%s%n", "{# gone #}"]


def template(text: str) -> str:
    """What a runbook's own template says."""
    return said(opened(BOOK.model_copy(update={"templates": {"own": text}})), post_of("own"))


def post_of(name: str) -> Demand:
    return Demand(duty="test", due_at=at(0), reason="why", effect=Post(to=Destination(channel="#x"), template=name))


def said(simulation: Simulation, demand: Demand) -> str:
    return words(simulation.book, simulation.incident, demand, simulation.now).text


class TestDataIsNotATemplate:
    @pytest.mark.parametrize("text", NASTY)
    def test_an_alerts_text_stays_literal(self, text: str) -> None:
        simulation = opened(BOOK)
        simulation.happen(alerts(alert(name=text, summary=text)))
        assert text in said(simulation, sends(simulation, "escalate/1/alice")[0][1])

    @pytest.mark.parametrize("text", NASTY)
    def test_a_title_stays_literal_everywhere(self, text: str) -> None:
        simulation = opened(BOOK, title=text, service=text)
        page = sends(simulation, "escalate/1/alice")[0][1]
        both = words(BOOK, simulation.incident, page, simulation.now)
        assert text in both.subject
        assert both.text.startswith(f"SEV-1: {text}\nService: {text}.")

    @pytest.mark.parametrize("text", NASTY)
    def test_a_persons_words_stay_literal(self, text: str) -> None:
        simulation = opened(BOOK)
        incident = apply(BOOK, simulation.incident, UpdatePosted(at=at(0), by=text, text=text))
        told = next(demand for demand in plan(BOOK, incident, at(0)).due if demand.duty.startswith("tell/"))
        assert words(BOOK, incident, told, at(0)).text.splitlines()[2:4] == [text, f"From: {text}"]


class TestARunbooksOwnTemplate:
    def test_replaces_ours(self) -> None:
        book = BOOK.model_copy(update={"templates": {"page": "Wake up: {{ headline }}"}})
        simulation = opened(book)
        assert said(simulation, sends(simulation, "escalate/1/alice")[0][1]) == "Wake up: SEV-1: Checkout fails"

    def test_says_that_something_is_not_known(self) -> None:
        assert template("Impact: {{ impact }}") == "Impact: not known yet"

    @pytest.mark.parametrize("gap", ["[impact]", "[Any available workarounds]", "[...]", "TBD", "<fill in>", "${URL}"])
    def test_leaves_nothing_to_fill_in_in_a_message(self, gap: str) -> None:
        assert template(f"Impact: {gap}") == "Impact: not known yet"

    @pytest.mark.parametrize("text", ["[SEV-1] is here", "[Acme] is down", "[x] done", "see [this](https://a.example)"])
    def test_may_use_brackets_for_other_things(self, text: str) -> None:
        assert template(text) == text

    def test_may_give_a_default_for_what_is_missing(self) -> None:
        assert template("{{ customers | default('some') }} are hit") == "some are hit"

    FAILING = [
        "{{ 1 / 0 }}", "{{ headline.missing.deeper }}", "{% if %}", "{{ ''.__class__.__mro__ }}",
        "{{ range(9) }}", "{{ headline + 1 }}", "{{ told[7].text }}", "{% include 'x' %}", "{{ nothing() }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ]  # fmt: skip

    @pytest.mark.parametrize("text", FAILING)
    def test_that_fails_gives_plain_text(self, text: str) -> None:
        assert template(text).startswith("SEV-1: Checkout fails: why (the text 'own' failed: ")

    def test_that_does_not_exist_gives_plain_text(self) -> None:
        simulation = opened(BOOK)
        assert said(simulation, post_of("gone")) == "SEV-1: Checkout fails (the runbook has no text named 'gone')"

    def test_cannot_reach_into_the_program(self) -> None:
        assert "Incident(" not in template("{{ headline.__class__.__mro__ }}")

    def test_is_cut_to_what_a_message_holds(self) -> None:
        text = template("{{ 'ab' * 5000 }}")
        assert len(text) == LONGEST_MESSAGE
        assert text.endswith("…")


class TestAPage:
    """Says enough on a phone (rule 16)."""

    @pytest.fixture
    def text(self) -> str:
        labels = {"job": "checkout", "region": "eu"}
        simulation = opened(BOOK, links=(("Runbook", "https://wiki.example/checkout"),), labels=labels)
        simulation.happen(alerts(alert(summary="5xx at 40 %")))
        happens(simulation, 2, RoleAssigned(role="commander", person="dave"))
        simulation.run_to(at(10))
        return said(simulation, sends(simulation, "escalate/2/bob")[0][1])

    @pytest.mark.parametrize(
        "part",
        [
            "SEV-1: Checkout fails",
            "Service: checkout",
            "5xx at 40 %",
            "Since 09:00 UTC (T+10m)",
            "Why you: not acknowledged within 10m.",
            "Called so far: Alice",
            "Commander: Dave",
            "tocsin ack preview",
            "Channel: #incidents",
            "Labels: job=checkout, region=eu",
            "War room: https://meet.example/war",
            "Dashboard: https://grafana.example/d/1",
            "Runbook: https://wiki.example/checkout",
        ],
    )
    def test_says(self, text: str, part: str) -> None:
        assert part in text

    def test_says_how_to_answer_even_in_a_storm_of_alerts(self) -> None:
        simulation = opened(BOOK)
        simulation.happen(alerts(*(alert(f"f{n}", summary=f"{n} " + "x" * 400) for n in range(200))))
        simulation.run_to(at(10))
        text = said(simulation, sends(simulation, "escalate/2/bob")[0][1])
        assert "tocsin ack preview" in text
        assert "https://grafana.example/d/1" in text

    def test_has_a_subject_that_says_what_and_why(self) -> None:
        simulation = opened(BOOK)
        demand = sends(simulation, "escalate/1/alice")[0][1]
        subject = words(BOOK, simulation.incident, demand, at(0)).subject
        assert subject == "SEV-1: Checkout fails (SEV-1 declared: first to be called)"

    def test_carries_links_that_can_be_pressed(self) -> None:
        simulation = opened(BOOK, links=(("Runbook", "https://wiki.example/checkout"),))
        assert [label for label, _ in page_links(BOOK, simulation.incident)] == ["War room", "Runbook", "Dashboard"]


class TestTheChannelOfAPage:
    """By the name that the chat gave it, and not by the one that was asked for."""

    OWN = runbook(severity(tier("alice"), own_channel=True))

    @staticmethod
    def said_by(shell: PolicyRunner) -> str:
        page = Page(to="alice", tier=1, round=1, round_started_at=at(0))
        demand = Demand(duty="escalate/1/alice", due_at=at(0), reason="why", effect=page)
        return words(shell.book, shell.incident, demand, at(1)).text

    @pytest.mark.parametrize("duty", ["channel", "declaration"])
    def test_is_not_named_before_there_is_one(self, duty: str) -> None:
        book, stuck = (self.OWN, {"channel": NEVER}) if duty == "channel" else (BOOK, {"post": NEVER})
        assert "Channel:" not in self.said_by(PolicyRunner.of(opening(book), fates(**stuck)))

    def test_is_the_one_that_there_is(self) -> None:
        incident = opened(self.OWN).incident
        demand = Demand(duty="channel", due_at=at(0), reason="why", effect=OpenChannel(name="incident-preview"))
        receipt = Receipt(reference="C7", name="#incident-preview-2")
        incident = incident.model_copy(update={"settled": {}, "references": {}})
        incident = apply(self.OWN, incident, EffectSettled(at=at(1), demand=demand, outcome="done", receipt=receipt))
        assert known_channel(self.OWN, incident) == "#incident-preview-2"
        assert "opened the channel #incident-preview-2" in incident.timeline[-1].text


class TestWhichIncident:
    """Several may be talked of in one place."""

    @staticmethod
    def sent(place: Destination, name: str) -> str:
        simulation = opened(BOOK)
        demand = Demand(duty="test", due_at=at(0), reason="why", effect=Post(to=place, template=name))
        return in_its_place(simulation.incident, demand, words(BOOK, simulation.incident, demand, at(0)).text)

    @pytest.mark.parametrize("name", sorted(TEXTS.keys() - {HIDDEN}))
    def test_is_said_by_every_message_in_a_channel_that_they_share(self, name: str) -> None:
        assert "preview" in self.sent(Destination(channel="#incidents"), name)

    def test_is_not_repeated_in_its_own_thread(self) -> None:
        assert "preview" not in self.sent(Destination(channel="C1", thread="1.2"), "told")


class TestTimes:
    """The alert's own beginning, with its day where that matters, on the clock that people live by."""

    BERLIN = BOOK.model_copy(update={"calendar": Calendar(zone="Europe/Berlin")})
    SINCE = "{{ detected }}; {{ since }}; {{ date }}"

    def of(self, text: str, detected: str, now: float = 0) -> str:
        book = self.BERLIN.model_copy(update={"templates": {"own": text}})
        simulation = opened(book, detected_at=datetime.fromisoformat(detected))
        return words(book, simulation.incident, post_of("own"), at(now)).text

    def test_an_alert_that_is_three_days_old_says_so(self) -> None:
        said = self.of(self.SINCE, "2026-02-27T09:00Z")
        assert said == "Fri 27 Feb 10:00 Berlin (09:00 UTC); 10:00 Berlin (09:00 UTC); 2026-03-02"

    @pytest.mark.parametrize("template", ["page", "declaration"])
    def test_so_do_a_page_and_a_declaration(self, template: str) -> None:
        book = self.BERLIN
        simulation = opened(book, detected_at=datetime.fromisoformat("2026-02-27T09:00Z"))
        told = words(book, simulation.incident, post_of(template), at(0)).text
        assert "Fri 27 Feb 10:00 Berlin (09:00 UTC), declared 10:00 Berlin (09:00 UTC)" in told

    def test_on_the_next_day_today_has_become_yesterday(self) -> None:
        assert self.of("{{ since }}", "2026-03-02T09:00Z", now=24 * 60) == "Mon 2 Mar 10:00 Berlin (09:00 UTC)"

    def test_what_is_kept_has_every_date(self) -> None:
        book = self.BERLIN.model_copy(update={"templates": {"own": "{{ detected }}, {{ resolved | default('open') }}"}})
        incident = opened(book, detected_at=datetime.fromisoformat("2026-03-01T23:55Z")).incident
        for effect in (
            Email(to="all", template="own"),
            Ticket(template="own"),
            WriteDocument(name="d", template="own"),
        ):
            demand = Demand(duty="duty/d", due_at=at(0), reason="owed", effect=effect)
            assert words(book, incident, demand, at(0)).text.startswith("2026-03-02 00:55 Berlin (23:55 UTC), open")


class TestOurOwn:
    @pytest.mark.parametrize("name", sorted(TEXTS))
    def test_text_needs_nothing_that_is_unknown_at_the_first_moment(self, name: str) -> None:
        """But for what only some duties know, which only they use."""
        simulation = opened(BOOK)
        text = said(simulation, post_of(name))
        assert "failed" not in text
        assert ("not known yet" in text) == (name in UNKNOWN)

    @pytest.mark.parametrize(
        ("duty", "line"), [("declaration", "Impact: nobody can pay"), ("escalate/1/alice", "nobody can pay")]
    )
    def test_what_customers_notice_is_read_once_by_whoever_is_rung_and_on_the_card(self, duty: str, line: str) -> None:
        """As the person who declared it has put it."""
        simulation = opened(BOOK, labels={"customer-impact": "nobody can pay", "region": "eu"})
        text = said(simulation, sends(simulation, duty)[0][1])
        assert line in text.splitlines()
        assert text.count("nobody can pay") == 1

    def test_draft_shows_what_would_be_published(self) -> None:
        simulation = opened(runbook(severity(tier("alice"), status_page={"owner": "communications"})))
        text = said(simulation, sends(simulation, "draft/investigating")[0][1])
        assert "\nWe are currently investigating" in text

    def test_checklist_has_a_box_for_each_line(self) -> None:
        duty = {"id": "fix-it", "kind": "checklist", "template": "checklist", "text": "Look\n\n  Repair  \n"}
        simulation = opened(runbook(severity(tier("alice"), duties=[duty])))
        assert said(simulation, sends(simulation, "duty/fix-it")[0][1]).splitlines()[1:] == ["☐ Look", "☐ Repair"]

    def test_resolution_summary_says_by_whom_and_how_long(self) -> None:
        duty = {"id": "summary", "kind": "post", "template": "resolution_summary", "at": "resolved"}
        simulation = opened(runbook(severity(tier("alice"), duties=[duty])))
        happens(simulation, 95, Resolved(by="Alice", text="A bad deploy"))
        text = said(simulation, sends(simulation, "duty/summary")[0][1])
        assert "Duration: 1h 35m, from 09:00 UTC to 10:35 UTC. Resolved by Alice." in text
        assert "What it was: A bad deploy" in text

    def test_what_is_said_after_the_end_counts_up_to_the_end(self) -> None:
        """A chat that was away for hours makes no incident longer."""
        simulation = opened(BOOK.model_copy(update={"templates": {"own": "{{ elapsed }}"}}))
        happens(simulation, 95, Resolved(by="Alice"))
        simulation.run_to(at(300))
        assert said(simulation, post_of("own")) == "T+1h 35m"

    def test_ticket_says_which_incident_it_is_about(self) -> None:
        simulation = opened(BOOK)
        assert simulation.incident.id in said(simulation, post_of("ticket"))

    def test_hand_off_calls_people_by_their_names(self) -> None:
        book = BOOK.model_copy(update={"people": {"alice": Person(name="Alice Ahead"), "bob": Person(name="Bob")}})
        simulation = opened(book)
        happens(simulation, 1, RoleAssigned(role="commander", person="alice", by="bob"))
        assert "Alice Ahead" in said(simulation, post_of("hand_off"))

    def test_update_says_when_the_next_one_comes(self) -> None:
        simulation = opened(runbook(severity(tier("alice"), updates={"every": "15m", "owner": "communications"})))
        happens(simulation, 1, Acknowledged(by="Alice"))
        simulation.run_to(at(15))
        text = said(simulation, sends(simulation, "update/channel")[0][1])
        assert "Acknowledged by Alice." in text
        assert "Next update: 09:30 UTC" in text

    def test_update_does_not_pass_off_a_lapsed_acknowledgement_as_an_answer(self) -> None:
        """Its hour is over, and the ladder rings again."""
        strict = severity(tier("alice"), acknowledge={"within": "5m", "expires_after": "60m"})
        simulation = opened(runbook(strict))
        happens(simulation, 1, Acknowledged(by="Alice"))
        assert "Acknowledged by Alice." in said(simulation, post_of("update"))
        simulation.run_to(at(62))
        assert "Acknowledged by Alice, not heard of since 09:01 UTC." in said(simulation, post_of("update"))

    def test_missing_pager_is_shouted(self) -> None:
        simulation = opened(BOOK, no_pager=True)
        assert "THERE IS NO PAGER" in said(simulation, sends(simulation, "declaration")[0][1])


FORMS = {"document", "incident_report", "post_mortem"}
"""Documents, which people fill in."""
UNKNOWN = {"draft", "checklist", "review_due", "update_due", "resolution_summary", "follow_up", "was_open", *FORMS}


def test_a_persons_public_words_go_out_as_they_are() -> None:
    simulation = opened(runbook(severity(tier("alice"))))
    happens(simulation, 1, UpdatePosted(text="{{ 7*7 }} <b>", public=True))
    assert said(simulation, sends(simulation, "publish/")[0][1]) == "{{ 7*7 }} <b>"


class TestGaps:
    """A text for people outside says what somebody has yet to fill in: what it leaves open itself, and nothing else."""

    @staticmethod
    def of(text: str, title: str = "Checkout fails") -> Message:
        book = runbook(severity(tier("alice")), templates={"public_investigating": text})
        simulation = opened(book, title=title)
        effect = Publish(status="investigating", template="public_investigating")
        demand = Demand(duty="publish/investigating", due_at=at(0), reason="owed", effect=effect)
        return words(book, simulation.incident, demand, at(0))

    @pytest.mark.parametrize(
        ("text", "gaps"),
        [
            ("We have a problem with {{ issue }}", ()),
            ("Some users may experience [impact].", ("[impact]",)),
            ("The cause is {{ cause }}", ("[cause?]",)),
            ("{{ cause | default('[what it was]') }}; solved [when?]", ("[what it was]", "[when?]")),
        ],
    )
    def test_are_named(self, text: str, gaps: tuple[str, ...]) -> None:
        assert self.of(text).gaps == gaps

    @pytest.mark.parametrize(
        ("own", "gaps"),
        [("[Update two] We are on it, see [1].", ()), ("Still [impact].", ("[impact]",)), ("For TBD", ("TBD",))],
    )
    def test_of_a_persons_words_are_only_those_that_a_template_left(self, own: str, gaps: tuple[str, ...]) -> None:
        book = runbook(severity(tier("alice")), templates={"public_investigating": "Users see [impact]."})
        effect = Publish(status="investigating", template="public_investigating", words=own)
        demand = Demand(duty="publish/investigating", due_at=at(0), reason="owed", effect=effect)
        assert words(book, opened(book).incident, demand, at(0)).gaps == gaps

    def test_in_a_title_are_none(self) -> None:
        book = runbook(severity(tier("alice")), templates={"public_investigating": "We look into {{ title }}"})
        effect = Publish(status="investigating", template="public_investigating", approved=True)
        demand = Demand(duty="publish/investigating", due_at=at(0), reason="owed", effect=effect)
        said = words(book, opened(book, title="[impact] of {{ x }} TBD").incident, demand, at(0))
        assert (said.gaps, said.text) == ((), "We look into [impact] of {{ x }} TBD")


HOSTILE = "login. Reset your password at https://evil.example (db-17.int.example)"


class TestInPublic:
    """Stands what a human wrote for it, or a name that the runbook lists (rule 21)."""

    @staticmethod
    def said(text: str, service: str, **intake: object) -> Message:
        book = runbook(severity(tier("alice")), templates={"public_investigating": text}, intake=intake)
        simulation = opened(book, title=HOSTILE, service=service, labels={"job": HOSTILE})
        simulation.happen(alerts(alert(name=HOSTILE, summary=HOSTILE)))
        happens(simulation, 1, Resolved(by="Bob", text="rolled back db-17.int.example"))
        effect = Publish(status="investigating", template="public_investigating")
        demand = Demand(duty="publish/investigating", due_at=at(1), reason="owed", effect=effect)
        return words(book, simulation.incident, demand, at(1))

    @pytest.mark.parametrize("value", [*ALWAYS, *SOMETIMES])
    def test_stands_nothing_that_an_alert_said_or_that_was_said_inside(self, value: str) -> None:
        said = self.said(f"About {{{{ {value} | default('it') }}}}.", HOSTILE)
        assert "int.example" not in f"{said.subject} {said.text}"

    def test_a_service_that_the_runbook_names_may_be_named(self) -> None:
        named = self.said("About {{ service }}: {{ issue }}.", "Logging in", services={"login": "Logging in"})
        assert named.text == "About Logging in: a problem with Logging in."

    def test_another_is_some_of_our_services(self) -> None:
        said = self.said("About {{ service | default('our services') }}: {{ issue }}.", HOSTILE)
        assert said.text == "About our services: a problem with some of our services."

    def test_what_somebody_has_read_and_let_out_may_stand_there(self) -> None:
        book = runbook(severity(tier("alice")), templates={"public_investigating": "{{ service }}: {{ cause }}"})
        simulation = opened(book, service="db-17", labels={"job": "db-17"})
        happens(simulation, 1, Resolved(by="Bob", text="rolled back"))
        effect = Publish(status="investigating", template="public_investigating", approved=True)
        demand = Demand(duty="publish/investigating", due_at=at(1), reason="owed", effect=effect)
        said = words(book, simulation.incident, demand, at(1))
        assert (said.subject, said.text) == ("A problem with some of our services", "db-17: rolled back")

    @pytest.mark.parametrize("approved", [False, True])
    def test_an_issue_is_nothing_that_a_person_declared_for_the_house(self, approved: bool) -> None:
        """`db-17 is down` was written for colleagues, and so was the service."""
        book = runbook(severity(tier("alice")), templates={"public_investigating": "We look into {{ issue }}."})
        declared = opened(book, title="iDRAC of db-17 is down", service="db-17.int.example")
        effect = Publish(status="investigating", template="public_investigating", approved=approved)
        demand = Demand(duty="publish/investigating", due_at=at(1), reason="owed", effect=effect)
        said = words(book, declared.incident, demand, at(1))
        assert said.text == "We look into a problem with some of our services."
        assert said.subject == "A problem with some of our services"

    @pytest.mark.parametrize("wrote", ["iOS logins that fail", "eBay PAYMENTS", "slow searches"])
    def test_what_somebody_wrote_for_the_public_stands_there_letter_for_letter(self, wrote: str) -> None:
        book = runbook(severity(tier("alice")), intake={"services": {"db-17": "Logging in"}})
        declared = opened(book, title=HOSTILE, service="Logging in", public=wrote, labels={"job": HOSTILE})
        effect = Publish(status="investigating", template="public_investigating")
        demand = Demand(duty="publish/investigating", due_at=at(1), reason="owed", effect=effect)
        said = words(book, declared.incident, demand, at(1))
        assert (said.subject, said.text.splitlines()[0]) == (wrote, f"We are currently investigating {wrote}.")

    @pytest.mark.parametrize(("named", "subject"), [("Logging in", "Logging in"), ("iOS app", "iOS app")])
    def test_a_listed_name_keeps_its_letters(self, named: str, subject: str) -> None:
        book = runbook(severity(tier("alice")), intake={"services": {"login": named}})
        effect = Publish(status="resolved", template="public_resolved")
        demand = Demand(duty="publish/resolved", due_at=at(1), reason="owed", effect=effect)
        said = words(book, opened(book, service=named).incident, demand, at(1))
        assert said.subject == f"A problem with {subject}"
        assert said.text.startswith(f"A problem with {subject} has been resolved.")

    @pytest.mark.parametrize(("public", "text"), [(True, "It was rolled back."), (False, "It was our fault.")])
    def test_the_words_of_a_resolution_are_a_public_cause_only_if_somebody_says_so(
        self, public: bool, text: str
    ) -> None:
        book = runbook(
            severity(tier("alice")), templates={"public_resolved": "It was {{ cause | default('our fault') }}."}
        )
        simulation = opened(book)
        happens(simulation, 1, Resolved(by="Bob", text="rolled back", public=public))
        effect = Publish(status="resolved", template="public_resolved")
        demand = Demand(duty="publish/resolved", due_at=at(1), reason="owed", effect=effect)
        assert words(book, simulation.incident, demand, at(1)).text == text
        happens(simulation, 2, Reopened())
        happens(simulation, 3, Resolved(by="Bob", text="db-17.int.example"))
        assert words(book, simulation.incident, demand, at(3)).text == "It was our fault."

    def test_words_for_the_public_leave_nothing_to_fill_in(self) -> None:
        book = runbook(severity(tier("alice")), templates={"public_resolved": "It was [cause]."})
        refused = left_open(book, Resolved(text="It was [cause].", public=True))
        assert refused == "fill in [cause] first: people outside would read it as it stands"
        assert left_open(book, Resolved(text="It was [cause].")) is None


class TestMails:
    """A text that begins with `Subject:` brings its subject along."""

    @pytest.mark.parametrize(
        ("template", "own", "subject", "text"),
        [
            ("It is broken", None, "SEV-1: Checkout fails", "It is broken"),
            (
                "Subject: Incident of {{ date }}\n\nDear all,\n..",
                None,
                "Incident of 2026-03-02",
                "Dear all,\n..",
            ),
            ("Subject: Incident of {{ date }}\n\nDear", "We are sorry", "Incident of 2026-03-02", "We are sorry"),
            ("Subject: Incident\n\nDear", "Subject: Sorry\nWe are", "Sorry", "We are"),
            ("Subject:\nDear", None, "SEV-1: Checkout fails", "Dear"),
            ("Subject: {{ title }}", None, "Checkout fails", ""),
        ],
    )
    def test_subject_and_text(self, template: str, own: str | None, subject: str, text: str) -> None:
        book = runbook(severity(tier("alice")), templates={"own": template})
        incident = opened(book).incident
        effect = Email(to="all", template="own", words=own)
        demand = Demand(duty="duty/mail", due_at=at(0), reason="owed", effect=effect)
        assert words(book, incident, demand, at(0)) == Message(subject, text)

    def test_the_subject_for_people_outside_holds_nothing_that_an_alert_said(self) -> None:
        book = runbook(severity(tier("alice")))
        incident = opened(book, title="10.1.2.3 on fire", labels={"instance": "10.1.2.3"}).incident
        effect = Email(to="all", template="email", public=True)
        demand = Demand(duty="duty/mail", due_at=at(0), reason="owed", effect=effect)
        assert words(book, incident, demand, at(0)).subject == "A problem with some of our services"


def test_the_timeline_in_a_message_leaves_out_what_was_only_posted_and_the_middle_of_a_long_one() -> None:
    simulation = opened(BOOK)
    for minute in range(1, 31):
        happens(simulation, minute, Noted(by="Ann", text=f"note {minute}"))
    lines = template_of(simulation, "{% for line in happened %}{{ line }}\n{% endfor %}").splitlines()
    assert lines[0] == "Mon 2 Mar 09:00 declared SEV-1: Checkout fails"
    assert lines[-1] == "09:30 Ann: note 30"
    assert len(lines) == FIRST + 1 + LAST
    assert lines[FIRST].startswith("… ")
    assert not any("posted" in line for line in lines)


def test_the_timeline_in_a_message_names_each_day_once() -> None:
    simulation = opened(ladder(tier("alice")))
    happens(simulation, 1, Acknowledged(by="Alice"))
    for hour in (1, 16, 17):
        happens(simulation, 60 * hour, Noted(by="Ann", text=f"hour {hour}"))
    lines = template_of(simulation, "{% for line in happened %}{{ line }}\n{% endfor %}").splitlines()
    assert [line for line in lines if "hour" in line] == [
        "10:00 Ann: hour 1", "Tue 3 Mar 01:00 Ann: hour 16", "02:00 Ann: hour 17",
    ]  # fmt: skip


def template_of(simulation: Simulation, text: str) -> str:
    simulation.book = simulation.book.model_copy(update={"templates": {"own": text}})
    return said(simulation, post_of("own"))


def test_a_page_promises_no_button_that_its_way_may_not_have() -> None:
    """ntfy, e-mail, a webhook and apprise have none where pages carry no links; a button says what it does."""
    assert "acknowledge this page" not in TEXTS["page"]
    assert "To answer from a terminal: tocsin ack {{ id }}" in TEXTS["page"]
