"""Requests that no sender would send, made of those that senders do send.

The same seed makes the same requests, but for signed times.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from starter.sources.source import Source
from tests.starter.sources import fixture, mutation
from tests.starter.sources.fixture import ALL, JSON, Proof
from tests.starter.sources.mutation import deep, newer, places, reordered, replaced, without

FOREIGN = "d2hzZWNfb2Zfc29tZWJvZHk="
"""A secret of somebody else. It is base64, as that of Standard Webhooks must be."""
UNPROVABLE = ("cloudwatch",)
"""Its proof is a certificate from AWS, which is not asked here."""
VALUES: tuple[JSON, ...] = (*mutation.WRONG, *mutation.HOSTILE, mutation.UNICODE, "\ud800", "resolved", "firing", 0)


@dataclass(frozen=True)
class FuzzRequest:
    """One request, and whether its sender proved itself."""

    source: Source
    content: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]
    proven: bool
    seed: str
    """Makes this one again: `one(seed)`."""


def corpus(seed: int, count: int) -> Iterator[FuzzRequest]:
    return (one(f"{seed}/{number}") for number in range(count))


def one(seed: str) -> FuzzRequest:
    dice = random.Random(seed)
    source = dice.choice(ALL)
    given = fixture.of(source)
    body = dice.choice([each for each in (given.firing, given.repeated, given.resolved, given.other) if each])
    content = _damaged(dice, _written(_mutated(dice, body)))
    proven = source.name not in UNPROVABLE and dice.random() < 0.6
    proof = given.prove(content, dice.choice(given.secrets)) if proven else _no_proof(dice, source, content)
    return FuzzRequest(
        source,
        content,
        {**_noise(dice), **given.headers, **proof.headers},
        {**_query_noise(dice), **proof.query},
        proven,
        seed,
    )


def _mutated(dice: random.Random, body: JSON) -> JSON:
    """Up to four things are wrong with it, none of which makes it grow by more than a hundred times."""
    original = body
    for _ in range(dice.choice((0, 1, 1, 2, 4))):
        found = list(places(body)) if isinstance(body, dict | list) else []
        if not found:
            break
        at = dice.choice(found)
        change: Callable[[], JSON] = dice.choice(
            (
                lambda body=body, at=at: without(body, at),
                lambda body=body, at=at: replaced(body, at, dice.choice(VALUES)),
                lambda body=body, at=at: replaced(body, at, [original] * dice.choice((1, 3, 100))),
                lambda body=body, at=at: replaced(body, at, deep(dice.choice((3, 40)))),
                lambda body=body: newer(body, ()),
                lambda body=body: reordered(body),
                lambda body=body: {**body, **{str(n): n for n in range(300)}} if isinstance(body, dict) else body,
                lambda body=body: [body] * 2,
            )
        )
        body = change()
    return body


def _written(body: JSON) -> bytes:
    return json.dumps(body).encode()


def _damaged(dice: random.Random, content: bytes) -> bytes:
    """Most arrive whole."""
    middle = dice.randrange(len(content) + 1)
    return dice.choice(
        (
            *(lambda: content,) * 9,
            lambda: content[:middle],
            lambda: content[:middle] + dice.randbytes(8) + content[middle:],
            lambda: content.replace(b'"', b"'"),
            lambda: content + content,
            lambda: content[:-1] + b"," + content[1:] if content.startswith(b"{") else content,  # every key twice
            lambda: content[:-1] + b',"deep":' + b"[" * 5000 + b"]" * 5000 + b"}",
            lambda: b"\xef\xbb\xbf" + content,
            lambda: content.decode().encode("utf-16"),
            lambda: content + b" " * 200_000,
            lambda: _filled(dice, content),
            lambda: dice.choice((*mutation.NO_JSON, *mutation.NO_BODY)),
        )
    )()


def _filled(dice: random.Random, content: bytes) -> bytes:
    """Up to the limit and beyond: a list or an object in it is full of small things, most of them wrong."""
    item = dice.choice((b"{}", b"[]", b"1", b'"a"', b'{"a":{}}', b"null", b"[[1]]"))
    many = b",".join([item] * dice.choice((2000, 30_000)))
    opens = [at for at, byte in enumerate(content) if byte == ord("[")]
    if opens and dice.random() < 0.7:
        at = dice.choice(opens) + 1
        return content[:at] + many + (b"," if content[at : at + 1] != b"]" else b"") + content[at:]
    return content[:-1] + b',"many":[' + many + b"]" + content[-1:] if content.endswith(b"}") else content


def _no_proof(dice: random.Random, source: Source, content: bytes) -> Proof:
    """None, that of somebody else, or rubbish in its place."""
    if source.name in UNPROVABLE:
        return Proof()
    secret = f"whsec_{FOREIGN}" if source.name == "generic" else FOREIGN
    foreign = fixture.of(source).prove(content, secret)
    rubbish = dice.choice(
        ("", "x", "Basic !!!", "Basic Og==", "v1=,v1=", "sha256=", "\u00ff" * 300, "0" * 4000, "t=1,v1=a")
    )
    return dice.choice(
        (Proof(), foreign, Proof(dict.fromkeys(foreign.headers, rubbish), dict.fromkeys(foreign.query, rubbish)))
    )


def _noise(dice: random.Random) -> dict[str, str]:
    """Headers that some source may read, or nobody."""
    possible = {
        "Content-Type": dice.choice(
            ("application/json", "text/plain", "multipart/form-data", "application/xml;;;", "")
        ),
        "Content-Encoding": dice.choice(("gzip", "br", "identity")),
        "X-GitHub-Event": dice.choice(("ping", "workflow_run", "\u00e9\u00ff", "x" * 3000)),
        "Sentry-Hook-Resource": dice.choice(("issue", "installation", "metric_alert", "'")),
        "X-Webhook-Id": dice.choice(("", "x" * 5000, "1")),
        "ce-specversion": dice.choice(("1.0", "0.3", "")),
        "ce-source": "%ff%00%zz",
        "x-amz-sns-message-type": dice.choice(("Notification", "SubscriptionConfirmation")),
        "Traceparent": "00-" + "f" * 32 + "-" + "f" * 16 + "-01",
        "X-Forwarded-For": "127.0.0.1," * 50,
    }
    return {name: value for name, value in possible.items() if dice.random() < 0.15}


def _query_noise(dice: random.Random) -> dict[str, str]:
    possible = {
        "runbook": dice.choice(("company", "no-such-runbook", "../../etc/passwd", "\u202e", "x" * 3000)),
        "severity": dice.choice(("sev1", "critical", "", "\x00", mutation.HOSTILE[2])),
        "installation": dice.choice(("berlin", "\ud83d", "/" * 500)).encode("utf-8", "replace").decode(),
    }
    return {name: value for name, value in possible.items() if dice.random() < 0.1}
