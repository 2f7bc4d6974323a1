"""Credentials in addresses are masked before anything of an alert is stored: `https://***@db.example/?token=***`."""

import re
from dataclasses import replace
from typing import Final

from starter.sources.reading import Reading, SentAlert

MASK: Final = "***"
_USER = re.compile(r"""(?<=://)[^\s/?#"'<>]+(?=@)""")
"""As far as the last @ before the path: a password may hold one."""
_PARAMETER = re.compile(
    r"""([?&;#][\w.-]{0,40}(?:token|secret|passw(?:or)?d|pwd|api[-_]?key|access[-_]?key|signature|sig|auth)=)"""
    r"""[^\s&;#"'<>]+""",
    re.IGNORECASE,
)


def without_credentials(reading: Reading) -> Reading:
    """What tells alerts apart (group, fingerprint) stays as it is: it is hashed, and read by nobody."""
    return replace(reading, alerts=tuple(map(_alert, reading.alerts)))


def masked(text: str) -> str:
    if "://" in text and "@" in text:
        text = _USER.sub(MASK, text)
    return _PARAMETER.sub(rf"\1{MASK}", text) if "=" in text else text


def _alert(sent: SentAlert) -> SentAlert:
    if not _may_hold_some(sent):  # most do not
        return sent
    return replace(
        sent,
        name=masked(sent.name),
        summary=masked(sent.summary),
        service=masked(sent.service),
        labels={name: masked(value) for name, value in sent.labels.items()},
        link=masked(sent.link),
        links=tuple((masked(label), masked(url)) for label, url in sent.links),
    )


def _may_hold_some(sent: SentAlert) -> bool:
    links = (url for _, url in sent.links)
    texts = (sent.name, sent.summary, sent.service, sent.link, *sent.labels.values(), *links)
    return any("=" in text or "@" in text for text in texts)
