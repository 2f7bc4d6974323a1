"""The sandbox's page: one document that needs nothing from elsewhere, put together from its parts."""

import re
from importlib.resources import files

_PART = re.compile(r"^\s*\{\{ ([\w.]+) \}\}$", re.MULTILINE)


def page() -> str:
    folder = files(__package__)

    def part(found: re.Match[str]) -> str:
        return folder.joinpath(found[1]).read_text(encoding="utf-8")

    return _PART.sub(part, folder.joinpath("page.html").read_text(encoding="utf-8"))
