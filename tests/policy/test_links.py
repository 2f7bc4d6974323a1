"""An address is a link if whoever checks addresses takes it."""

import pytest

from workflows.policy.runbook.links import LONGEST_LINK, is_link

GOOD = [
    "https://grafana.example.com", "https://grafana.example.com/", "http://prometheus:9090/graph?g0.expr=up%7Bjob%3D1%7D&x",
    "https://10.1.2.3:8443/a/b#c", "http://[2001:db8::1]:80/x", "https://my_host.internal/x?y=[1]".replace("[1]", "1"),
    "https://a.b/?q=a/b?c#d?e", "https://xn--bcher-kva.example/", "https://x.example/" + "y" * (LONGEST_LINK - 18),
]  # fmt: skip
BAD = [
    "", "see the wiki", "grafana.example.com", "//grafana.example.com", "javascript:alert(1)", "ftp://x.example",
    "https://", "https:///x", "https://dashboard.${DEFAULT_URL}", "https://x.example/${A}", "https://x.example/{{ x }}",
    "https://x.example/a b", "https://x.example/a\nb", "https://x.example/a\n", " https://x.example", "http://[",
    "http://[::1", "http://[nope]/", "http://[1.2.3.4]/", "https://x.example:99999/", "https://x.example:0/",
    "https://x.example:port/", "https://user:password@x.example/", "https://bücher.example/", "https://x.example/ü",
    "https://x.example/%zz", "https://x.example/%", 'https://x.example/"', "https://x.example/<b>", "https://x.example/a|b",
    "https://x.example/a\\b", "https://x.example/a^b", "https://x.example/`", "https://-x.example/", "https://x-.example/",
    "https://x..example/", "https://" + "a" * 64 + ".example", "https://1.2.3.999/", "https://1.2.3/", "https://x.example#a#b",
    "https://x.example/\x00", "https://x.example/\u202e", "https://x.example/" + "y" * LONGEST_LINK,
]  # fmt: skip


@pytest.mark.parametrize("url", GOOD)
def test_this_is_a_link(url: str) -> None:
    assert is_link(url)


@pytest.mark.parametrize("url", BAD)
def test_this_is_none(url: str) -> None:
    assert not is_link(url)
