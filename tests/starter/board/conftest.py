"""A gateway with its board, in front of an installation that runs, and a browser as far as HTTP goes."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import httpx
import pytest_asyncio

from tests.starter.api import conftest as api
from tests.starter.api.conftest import ALICE
from tests.starter.conftest import GatewayUnderTest

tokens = api.tokens
installation = api.installation
working = api.working
ORIGIN = {"Origin": "http://127.0.0.1:8080"}


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    """Those that are sent as they stand."""


class PageSeen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(known.get("action", "")))
        if tag == "input" and self.forms and known.get("type") == "hidden":
            self.forms[-1].fields[known["name"]] = known.get("value", "")

    def handle_data(self, data: str) -> None:
        self.text += data

    def form(self, action: str) -> Form:
        found = [form for form in self.forms if form.action.endswith(action)]
        assert found, f"no form leads to {action}: {[form.action for form in self.forms]}"
        return found[0]

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", self.text)


async def seen(http: httpx.AsyncClient, path: str) -> PageSeen:
    answer = await http.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:2000])
    return PageSeen(answer.text)


async def pressed(http: httpx.AsyncClient, page: PageSeen, action: str, **said: str) -> httpx.Response:
    """As a browser sends that form of the page."""
    form = page.form(action)
    return await http.post(form.action, data={**form.fields, **said}, headers=ORIGIN)


@asynccontextmanager
async def logged_in(gate: GatewayUnderTest, token: str = ALICE) -> AsyncIterator[httpx.AsyncClient]:
    async with replace(gate, headers={}).open() as http:
        answer = await http.post("/login", data={"token": token}, headers=ORIGIN)
        assert answer.status_code == 303, answer.text
        yield http


@pytest_asyncio.fixture
async def alice(tokens: GatewayUnderTest) -> AsyncIterator[httpx.AsyncClient]:
    """Her browser, logged in."""
    async with logged_in(tokens) as http:
        yield http
