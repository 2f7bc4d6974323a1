"""What the preview says of each runbook, severity and course, as it was looked at once and found right."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.runbooks.courses import MONDAY, NAMES, SATURDAY, book, foreseen
from workflows.policy.runbook.names import SeverityName
from workflows.policy.simulation.preview import PreviewLine

FOLDER = Path(__file__).parent / "golden"
LONG_ENOUGH = 130
"""Minutes that are seen of a course that nobody ends: every tier of the five is called within 125."""


@dataclass(frozen=True)
class Golden:
    name: str
    severity: SeverityName
    scenario: str

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}-{self.severity}-{self.scenario}.json"

    def lines(self) -> tuple[PreviewLine, ...]:
        if self.scenario == "ack7-resolve95":
            return foreseen(self.name, self.severity, at=MONDAY, ack=7, resolve=95)
        at = SATURDAY if self.scenario == "off-hours" else MONDAY
        flags = (self.scenario,) if self.scenario in book(self.name).flags else ()
        return foreseen(self.name, self.severity, *flags, at=at, until=LONG_ENOUGH)


def goldens() -> Iterator[Golden]:
    for name in NAMES:
        for severity in book(name).severities:
            for scenario in ("nobody", "ack7-resolve95", "off-hours", *book(name).flags):
                yield Golden(name, severity, scenario)


def as_json(lines: tuple[PreviewLine, ...]) -> str:
    """The preview's JSON, an entry a line, so that a difference can be read."""
    entries = (json.dumps(line.model_dump(mode="json"), ensure_ascii=False) for line in lines)
    return "[\n" + ",\n".join(entries) + "\n]\n"
