"""`tocsin doctor apprise`: does apprise know each address? It sends nothing: that is `tocsin page-test`."""

from collections.abc import Iterator

from chat.doctor import Examined
from settings import Settings
from worker.pager import apprise_misses


def addresses(settings: Settings) -> Iterator[Examined]:
    """A line for each person."""
    if not settings.apprise_urls:
        remedy = "set TOCSIN_APPRISE_URLS (docs/reach.md)"
        yield Examined(what="addresses", well=False, said="nobody has one", remedy=remedy)
    for name in settings.apprise_urls:
        if missing := apprise_misses(settings, name):
            remedy = "https://appriseit.com/services says how each is written"
            yield Examined(what=name, well=False, said=missing, remedy=remedy)
        else:
            yield Examined(what=name, well=True, said=f"tocsin page-test {name} tries it")
