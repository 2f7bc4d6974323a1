"""A password that stands in an address is nobody's business: it is masked before anything is stored or shown."""

import pytest

from starter.sources.credentials import masked, without_credentials
from starter.sources.reading import Reading, SentAlert

TEXTS = {
    "a login": ("see https://bob:hunter2@db.example/x", "see https://***@db.example/x"),
    "an @ in it": ("postgres://bob:p@ss@db.example:5432/shop", "postgres://***@db.example:5432/shop"),
    "a token as the user": ("git clone https://ghp_abc@git.example/x", "git clone https://***@git.example/x"),
    "two in a line": ("redis://:a@x and redis://:b@y", "redis://***@x and redis://***@y"),
    "a token": ("https://x.example/?token=abc&page=2", "https://x.example/?token=***&page=2"),
    "its siblings": (
        "https://x/?a=1&access_token=b&X-Amz-Signature=c&api-key=d&client_secret=e&PASSWORD=f#g",
        "https://x/?a=1&access_token=***&X-Amz-Signature=***&api-key=***&client_secret=***&PASSWORD=***#g",
    ),
    "after the hash": ("https://x/#access_token=abc", "https://x/#access_token=***"),
    "a person's address": ("mail bob@acme.example, ratio=2", "mail bob@acme.example, ratio=2"),
    "an @ in a path": ("https://x.example/@bob/a@b", "https://x.example/@bob/a@b"),
    "harmless names": ("https://x/?author=bob&page=2&tokens=7", "https://x/?author=bob&page=2&tokens=7"),
}


@pytest.mark.parametrize(("text", "left"), TEXTS.values(), ids=TEXTS.keys())
def test_credentials_in_an_address_are_masked(text: str, left: str) -> None:
    assert masked(text) == left


def test_in_every_text_of_an_alert() -> None:
    bad, good = "https://bob:hunter2@x.example/?token=abc", "https://***@x.example/?token=***"
    alert = SentAlert(
        group=bad,
        fingerprint="f",
        name=bad,
        summary=bad,
        service=bad,
        labels={"url": bad, bad: "b"},
        link=bad,
        links=(("Run", bad), (bad, "l")),
    )
    [left] = without_credentials(Reading((alert,))).alerts
    assert (left.name, left.summary, left.service, left.link) == (good,) * 4
    assert (left.labels, left.links) == ({"url": good, good: "b"}, (("Run", good), (good, "l")))
    assert (left.group, left.fingerprint) == (bad, "f")  # what tells them apart is hashed, and stays what it was


@pytest.mark.parametrize("place", ["group", "name", "summary", "service", "link", "label", "value", "title", "address"])
def test_in_each_text_where_no_other_holds_one(place: str) -> None:
    bad, good = "https://x.example/?token=abc", "https://x.example/?token=***"
    texts = dict.fromkeys(("group", "name", "summary", "service", "link", "label", "value", "title", "address"), "x")
    given = texts | {place: bad}
    alert = SentAlert(
        group=given["group"],
        fingerprint="f",
        name=given["name"],
        summary=given["summary"],
        service=given["service"],
        labels={given["label"]: given["value"]},
        link=given["link"],
        links=((given["title"], given["address"]),),
    )
    [left] = without_credentials(Reading((alert,))).alerts
    [label], [value], [(title, address)] = left.labels, left.labels.values(), left.links
    group = left.group if left.shown_group is None else left.shown_group
    shown = (group, left.name, left.summary, left.service, left.link, label, value, title, address)
    assert dict(zip(texts, shown, strict=True)) == texts | {place: good}


def test_a_long_text_is_looked_at_once() -> None:
    """Each letter belongs to one address at most, however hostile the text."""
    hostile = "://" + "a" * 50_000 + "://" + "@" * 50_000 + "?" * 50_000
    assert masked(hostile).count("***") == 1
