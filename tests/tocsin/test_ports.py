"""Where the parts of `up` listen."""

from tocsin.up import ports


def test_no_two_parts_are_given_the_same_free_port() -> None:
    """A port that nobody listens on yet is free, and the system may well name it twice."""
    given = [ports.choose(0, ()) for _ in range(2_000)]
    assert len(set(given)) == len(given)
