"""On the way to its incident an alert is converted once, whatever the runbook and the silences ask about it."""

from collections.abc import Iterator, KeysView, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from starter.intake.explain import route
from starter.sources.reading import Reading, SentAlert, Webhook
from starter.sources.table import SOURCES
from tests.starter.sources.webhooks import NOW
from workflows.policy.runbook.intake import Intake
from workflows.policy.runbook.matchers import Matcher
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.silence import SilenceSummary


@dataclass
class CountingLabels(Mapping[str, str]):
    """Counts how often all of them are copied, as a conversion does."""

    content: Mapping[str, str]
    copies: int = 0

    def __getitem__(self, key: str) -> str:
        return self.content[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.content)

    def __len__(self) -> int:
        return len(self.content)

    def keys(self) -> KeysView[str]:
        self.copies += 1
        return self.content.keys()


def test_an_alert_is_converted_once_by_whatever_it_is_ignored_silenced_and_grouped(book: Runbook) -> None:
    intake = Intake(group_by=("region",), ignore=((Matcher.parse("region=moon"),),))
    silence = SilenceSummary(
        id="s",
        matchers=(Matcher.parse("region=eu"),),
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=1),
        by="Alice",
        reason="disks",
    )
    labels = [CountingLabels({"region": region}) for region in ("eu", "us", "moon")]
    sent = Reading(tuple(SentAlert("g", f"f{n}", f"Down {n}", labels=each) for n, each in enumerate(labels)))
    source = replace(SOURCES["generic"], translate=lambda _: sent)
    routed = route(
        source, Webhook(b"", NOW), book.model_copy(update={"intake": intake}), "it is the default", [silence]
    )
    assert [(each.labels, each.opens) for each in routed.routes] == [
        ({"region": "eu"}, True),
        ({"region": "us"}, True),
        ({"region": "moon"}, False),
    ]
    assert [each.alerts for each in routed.silences or ()] == [["Down 0"]]
    assert [each.copies for each in labels] == [1, 1, 1]
