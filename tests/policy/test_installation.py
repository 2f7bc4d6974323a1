"""What a worker publishes, and how two publications differ."""

from tests.policy.builders import T0, ladder, opening, tier
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.installation import Installation, content_hash, differences

BOOK = ladder(tier("alice"))
OTHER = ladder(tier("bob"))


def installation(*books: Runbook, **more: object) -> Installation:
    known = {book.runbook: book for book in books}
    given = {"runbooks": known, "default": next(iter(known)), "version": "1", "published_at": T0}
    return Installation.model_validate(given | more)


def test_it_comes_back_from_the_wire_as_it_was_with_the_same_hashes() -> None:
    sent = installation(BOOK, speed=60)
    assert Installation.model_validate_json(sent.model_dump_json()) == sent
    assert sent.publication.runbooks == {BOOK.runbook: content_hash(BOOK)}


def test_what_differs_is_named_with_both_hashes() -> None:
    renamed = BOOK.model_copy(update={"runbook": "second"})
    before, after = installation(BOOK), installation(OTHER, renamed, speed=60, no_pager=True, version="2")
    assert [str(each) for each in differences(before.publication, after.publication)] == [
        f"runbook {BOOK.runbook}: {content_hash(BOOK)}, now {content_hash(OTHER)}",
        f"runbook second: not loaded, now {content_hash(renamed)}",
        "speed: 1, now 60",
        "pager: connected, now none",
        "Tocsin: 1, now 2",
    ]
    assert list(differences(before.publication, before.publication)) == []


def test_an_opening_that_was_kept_opens_by_what_is_loaded_now() -> None:
    kept = opening(BOOK, speed=7.0)
    now = installation(OTHER, no_pager=True).now(kept)
    assert (now.runbook, now.speed, now.no_pager) == (OTHER, 1.0, True)
    assert (now.title, now.severity) == (kept.title, kept.severity)


def test_an_opening_whose_runbook_is_no_longer_loaded_keeps_it() -> None:
    gone = BOOK.model_copy(update={"runbook": "gone"})
    assert installation(OTHER).now(opening(gone)).runbook == gone
