"""Texts of strangers, made fit to keep."""

from hypothesis import given
from hypothesis import strategies as st

from starter.sources import text

texts = st.text(alphabet="ab |\t\u200b\n", max_size=6) | st.text(alphabet="a", min_size=90, max_size=210)


@given(st.dictionaries(texts, texts, max_size=5))
def test_labels_that_are_kept_as_they_are_are_what_cutting_each_of_them_would_leave(
    given_labels: dict[str, str],
) -> None:
    assert text.labels(given_labels) == {
        text.line(name, text.LONGEST_WORD): text.line(value, text.LONGEST_VALUE) for name, value in given_labels.items()
    }
