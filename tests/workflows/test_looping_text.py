"""A page whose text never ends is sent at once all the same, in Tocsin's own words."""

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from tests.workflows.incidents import Vendors, company, incident, opening

LOOPS = "".join(f"{{% for v{n} in title %}}" for n in range(7)) + "x" + "{% endfor %}" * 7


async def test_an_incident_pages_although_its_text_would_loop_for_ever(temporal: WorkflowEnvironment) -> None:
    book = company().model_copy(update={"templates": {**company().templates, "page": LOOPS, "declaration": LOOPS}})
    vendors = Vendors()
    async with incident(temporal, vendors, opening("sev1", book).model_copy(update={"title": "t" * 140})) as live:
        await live.at(timedelta(minutes=6))
        timeline = (await live.status()).incident.timeline
    pages = [send for send in vendors.arrived if send.key.startswith("escalate/1/on-call/1")]
    assert pages
    assert "To answer from a terminal: tocsin ack" in pages[0].text
    said = sorted(entry.text for entry in timeline if "could not be used" in entry.text and entry.loud)
    assert said == [
        f"the runbook's text {name!r} could not be used, and Tocsin's own stood in: it takes more than 20,000 steps"
        for name in ("declaration", "page")
    ]
