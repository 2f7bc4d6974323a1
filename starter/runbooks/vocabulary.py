"""What monitoring systems mean by the words with which they say how grave an alert is.

One table for all senders. A runbook's `intake.severities` is asked first, then a sender's own scale, where its words
mean something else there than everywhere else (`SentAlert.severity_otherwise`), and this last. A word is `ignore` only
if it says that nothing is wrong: a page too many is the smaller harm.
"""

import re

from workflows.policy.runbook.names import Meaning

_WORDS: dict[Meaning, str] = {
    "sev1": "sev1 sev0 s0 s1 p0 p1 critical crit fatal emergency emerg panic alert page disaster catastrophic "
    "catastrophe blocker urgent highest immediate fatal2 fatal3 fatal4",
    "sev2": "sev2 s2 p2 high error err major severe serious error2 error3 error4",
    "sev3": "sev3 s3 p3 warning warn medium moderate average minor normal warn2 warn3 warn4",
    "sev4": "sev4 sev5 s4 s5 p4 p5 low lowest trivial cosmetic ticket",
    "ignore": "none ok okay info information informational informative debug trace verbose notice success healthy "
    "clear cleared silent info2 info3 info4 debug2 debug3 debug4 trace2 trace3 trace4",
}
"""Of Prometheus' and Kubernetes' rules (critical, warning, info, none, page, ticket), syslog (RFC 5424), log levels,
OpenTelemetry (INFO2, ...), X.733 (critical, major, minor, warning, cleared), Zabbix, and priorities (P1, high, urgent).
"""
MEANINGS: dict[str, Meaning] = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}
_BETWEEN = re.compile(r"[\s_-]+")


def plain(word: str) -> str:
    """Senders differ in `SEV-1`, `sev_1` and `Sev 1`; nobody else need."""
    return _BETWEEN.sub("", word).lower()


def meaning(word: str) -> Meaning | None:
    """None: nobody knows this word."""
    return MEANINGS.get(plain(word))
