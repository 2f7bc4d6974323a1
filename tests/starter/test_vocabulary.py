"""What the words of monitoring systems mean to everybody."""

import pytest

from starter.intake import interpreting
from starter.runbooks.vocabulary import MEANINGS, meaning
from starter.sources.reading import SentAlert
from workflows.policy.runbook.intake import Intake

LADDERS = {
    "kube-prometheus": {"critical": "sev1", "warning": "sev3", "info": "ignore", "none": "ignore"},
    "site reliability": {"page": "sev1", "ticket": "sev4"},
    "syslog": {
        "emerg": "sev1", "alert": "sev1", "crit": "sev1", "err": "sev2",
        "warning": "sev3", "notice": "ignore", "info": "ignore", "debug": "ignore",
    },
    "syslog, long": {"emergency": "sev1", "critical": "sev1", "error": "sev2", "informational": "ignore"},
    "logs": {"fatal": "sev1", "panic": "sev1", "error": "sev2", "warn": "sev3", "trace": "ignore", "verbose": "ignore"},
    "OpenTelemetry": {"FATAL4": "sev1", "ERROR2": "sev2", "WARN3": "sev3", "INFO2": "ignore", "DEBUG4": "ignore"},
    "Zabbix": {"Disaster": "sev1", "High": "sev2", "Average": "sev3", "Information": "ignore"},
    "Opsgenie": {"P1": "sev1", "P2": "sev2", "P3": "sev3", "P4": "sev4", "P5": "sev4"},
    "PagerDuty": {"critical": "sev1", "error": "sev2", "warning": "sev3", "info": "ignore"},
    "New Relic": {"CRITICAL": "sev1", "HIGH": "sev2", "MEDIUM": "sev3", "LOW": "sev4"},
    "X.733": {"critical": "sev1", "major": "sev2", "minor": "sev3", "warning": "sev3", "cleared": "ignore"},
    "trackers": {"Blocker": "sev1", "Urgent": "sev1", "Highest": "sev1", "Normal": "sev3", "Lowest": "sev4"},
    "states": {"ok": "ignore", "OK": "ignore", "Success": "ignore", "healthy": "ignore"},
    "our own": {"SEV-1": "sev1", "sev_2": "sev2", "Sev 3": "sev3", " sev4 ": "sev4", "sev0": "sev1", "SEV5": "sev4"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("word", "means"), [(word, means) for ladder in LADDERS.values() for word, means in ladder.items()]
)
def test_a_word_in_use_means_what_its_users_mean(word: str, means: str) -> None:
    assert meaning(word) == means


@pytest.mark.parametrize(
    "word", ["", "odd", "unknown", "1", "5", "down", "problem", "no data", "not critical", "notok"]
)
def test_a_doubtful_word_means_nothing_so_the_runbook_decides(word: str) -> None:
    assert meaning(word) is None


@pytest.mark.parametrize("word", sorted(MEANINGS))
def test_the_runbook_has_the_last_word_on_each(word: str) -> None:
    intake = Intake.model_validate({"severities": {word.upper(): "sev4" if MEANINGS[word] != "sev4" else "ignore"}})
    said = SentAlert(group="g", fingerprint="f", name="Down", severity=word)
    assert interpreting.meaning(intake, said) == ("sev4" if MEANINGS[word] != "sev4" else "ignore")
