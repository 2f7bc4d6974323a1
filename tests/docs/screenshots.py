"""The pictures of docs/slack.md: an incident from declaration to follow-up, by somebody who has only Slack.

`python -m tests.docs.screenshots` plays it on a real installation and takes them anew. A Chromium must be there, and a
font with emoji (Debian: `fonts-noto-color-emoji`), or boxes stand in their place.
"""

import asyncio
import contextlib
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.async_api import Locator, Page, async_playwright, expect
from playwright.async_api import TimeoutError as PatienceEnded

from tests.browser import CHROMIUM, NO_BROWSER
from tests.docs.markdown import ROOT
from tests.patience import HANGS_AFTER_S

PICTURES = ROOT / "docs/slack"
LARGEST = 160_000
"""Bytes of a picture."""
WIDTH, HEIGHT = 1100, 740
LEFT_TO_DO = "Alert on the pool before it is full"
OPENS_WITHIN_MS = 15_000
SCALE = 0.85
SPEED = 10
"""A quarter of an hour in which it is watched takes 90 s."""


@dataclass(frozen=True)
class Story:
    """One person at the sandbox's page."""

    page: Page

    async def type(self, text: str) -> None:
        await self.page.get_by_label("Message or command").fill(text)
        await self.page.get_by_role("button", name="Send").click()

    async def press(self, label: str | re.Pattern[str]) -> None:
        """The newest button that says so; a question before it is done is answered with yes."""
        exact = isinstance(label, str)
        await self.page.locator("#messages").get_by_role("button", name=label, exact=exact).last.click()
        question = self.page.locator("#confirm[open]")
        with contextlib.suppress(AssertionError):
            await expect(question).to_be_visible(timeout=500)
            await question.locator("footer button").last.click()

    async def opens(self, form: Callable[[], Awaitable[None]], submit: str) -> None:
        """Until the form is there: a busy machine is late. Slack then shows that it failed, or whoever pressed is told,
        or the form says so; and people try again."""
        there = self.form.get_by_role("button", name=re.compile(f"^(Close|{submit})$"))
        while True:
            await form()
            with contextlib.suppress(PatienceEnded):
                await there.wait_for(timeout=OPENS_WITHIN_MS)
                await expect(self.form.get_by_text("Just a moment")).to_have_count(0)
                if await self.form.get_by_role("button", name=submit).count():
                    return
                await self.done()

    async def from_message(self, text: str, entry: str) -> None:
        """An entry of the menu of the message that says so."""
        message = self.page.locator("#messages .message", has_text=text).last
        await message.hover()
        await message.get_by_role("button", name=entry).click()

    async def fill(self, label: str, text: str) -> None:
        await self.form.get_by_label(label).fill(text)

    async def choose(self, label: str, option: str) -> None:
        await self.form.get_by_label(label).select_option(option)

    async def submit(self, name: str) -> None:
        await self.form.get_by_role("button", name=name).click()

    async def done(self) -> None:
        """What was submitted is done: the form says so, and is closed."""
        await self.form.get_by_role("button", name="Close").click()
        await expect(self.form).not_to_be_visible()

    async def sees(self, text: str | re.Pattern[str]) -> None:
        await expect(self.page.get_by_text(text).last).to_be_visible()

    async def go_to(self, channel: str) -> None:
        await self.page.locator("#channels button", has_text=channel).last.click()

    async def picture(self, name: str, look_at: str | None = None) -> None:
        if look_at:
            # At once: the page is drawn anew at each change, and an element that has to be still may be gone.
            await self.page.get_by_text(look_at).last.evaluate("node => node.scrollIntoView({block: 'center'})")
        await self.page.wait_for_timeout(1_200)  # until the page has looked once more
        file = PICTURES / f"{name}.png"
        file.write_bytes(squeezed(await self.page.screenshot()))
        assert file.stat().st_size < LARGEST, f"{file} is too large for a document"

    @property
    def form(self) -> Locator:
        return self.page.get_by_role("dialog", name="Modal")


async def play(story: Story) -> None:
    await _declare(story)
    await _take_it(story)
    await _raise_it(story)
    await _end_it(story)
    await _review_it(story)


async def _declare(story: Story) -> None:
    await story.opens(lambda: story.type("/incident start"), "See what happens")
    await story.fill("What is wrong", "Checkout is down")
    await story.choose("Severity", "SEV-2")
    await story.fill("Service", "checkout")
    await story.fill("What customers notice", "Nobody can pay.")
    await story.submit("See what happens")
    await story.sees("What happens by itself")
    await story.picture("1-declare", "What happens by itself")
    await story.submit("Declare")
    await story.sees("is declared")
    await story.done()


async def _take_it(story: Story) -> None:
    await story.sees("INCIDENT DECLARED")
    await expect(story.page.get_by_text("ringing", exact=True)).to_be_visible()
    await story.picture("2-paged", "INCIDENT DECLARED")
    await story.press("Acknowledge")
    await story.sees(re.compile("acknowledged through slack|Recorded"))  # where the worker is late
    await story.press("Take Technical Lead")
    await story.sees(re.compile("is Technical Lead|Recorded"))
    await story.opens(lambda: story.press("Post update"), "Do it")
    await story.fill("In your words", "The connection pool is exhausted; we are raising its limit.")
    await story.picture("3-update")
    await story.submit("Do it")
    await story.done()


async def _raise_it(story: Story) -> None:
    await story.opens(lambda: story.press("Change severity"), "See what changes")
    await story.choose("Severity", "SEV-1")
    await story.submit("See what changes")
    await story.sees("What this changes")
    await story.picture("4-severity", "What this changes")
    await story.submit("Do it")
    await story.done()
    await story.go_to("incident-20")  # its name begins with the year; others have the word in theirs
    await story.press("Take command")
    await story.sees(re.compile("is Incident Commander|Recorded"))
    await story.picture("5-command", "Only visible to you")


async def _end_it(story: Story) -> None:
    await story.type(LEFT_TO_DO)
    await story.opens(lambda: story.from_message(LEFT_TO_DO, "Follow-up from this message"), "Do it")
    await story.submit("Do it")
    await story.done()
    await story.press("Mitigated")
    await story.sees("Draft to approve")
    await story.picture("6-draft", "Draft to approve")
    await story.press("Approve")
    await story.sees(re.compile("approved the status page update|Recorded"))
    await story.picture("7-approved", "Only visible to you")
    await story.opens(lambda: story.press("Resolve"), "See what changes")
    await story.fill("In your words", "The pool's new limit was never deployed; it is now.")
    await story.submit("See what changes")
    await story.sees("What this changes")
    await story.picture("8-resolve", "What this changes")
    await story.submit("Do it")
    await story.done()


async def _review_it(story: Story) -> None:
    await story.sees("What its review owes")
    await story.picture("9-resolved", "Done: share learnings")
    await story.press("Done: share learnings")
    await story.sees("submitted share learnings")
    await story.picture("10-review", "submitted share learnings")
    await story.press(re.compile("^Done: .*pool"))
    await story.sees("did follow-up 1")
    await story.picture("11-follow-up", "did follow-up 1")


def squeezed(png: bytes) -> bytes:
    """The same picture: Chromium compresses quickly, and we well."""
    chunks, at, pixels = [], 8, b""
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind == b"IDAT":
            pixels += png[at + 8 : at + 8 + size]
        elif kind != b"IEND":
            chunks.append((kind, png[at + 8 : at + 8 + size]))
        at += 12 + size
    chunks += [(b"IDAT", zlib.compress(zlib.decompress(pixels), 9)), (b"IEND", b"")]
    return png[:8] + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


@contextlib.asynccontextmanager
async def installation(folder: Path) -> AsyncIterator[str]:
    """`tocsin up`, as a person starts it. Yields its sandbox's address."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TOCSIN_", "TEMPORAL_"))}
    ports = [word for part in ("gateway", "ui", "temporal", "sandbox") for word in (f"--{part}-port", "0")]
    command = [sys.executable, "-m", "tocsin", "up", "--speed", str(SPEED), *ports]
    with (folder / "up.log").open("wb") as log:
        up = subprocess.Popen(command, env={**kept, "TOCSIN_STATE_DIR": str(folder)}, stdout=log, stderr=log)
        try:
            yield await _connected(up, folder)
        finally:
            up.terminate()
            up.wait(timeout=60)


async def _connected(up: subprocess.Popen[bytes], folder: Path) -> str:
    """Once what is pressed in Slack would arrive."""
    async with asyncio.timeout(5 * HANGS_AFTER_S), httpx.AsyncClient(trust_env=False) as http:
        while True:
            assert up.poll() is None, (folder / "up.log").read_text()
            with contextlib.suppress(httpx.TransportError, OSError, ValueError):
                sandbox = str(httpx.Response(200, content=(folder / "addresses.json").read_bytes()).json()["sandbox"])
                state = (await http.get(f"{sandbox}/control/state")).json()
                if state["slack_calls"] == "socket" and "Tocsin is running" in (folder / "up.log").read_text():
                    await http.post(f"{sandbox}/control/slack/app", json={"patience": 20})
                    return sandbox
            await asyncio.sleep(0.2)


async def main() -> None:
    assert CHROMIUM, NO_BROWSER
    expect.set_options(timeout=HANGS_AFTER_S * 1_000)
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with installation(Path(folder)) as sandbox, async_playwright() as playwright:
            arguments = ["--no-sandbox", "--disable-lcd-text"]
            chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
            page = await chromium.new_page(
                viewport={"width": WIDTH, "height": HEIGHT},
                device_scale_factor=SCALE,
                color_scheme="light",
                locale="en-GB",
                timezone_id="UTC",
            )
            page.set_default_timeout(HANGS_AFTER_S * 1_000)
            await page.goto(sandbox)
            await page.get_by_label("Whose hands press here").select_option("On-call Engineer")
            await play(Story(page))
            await chromium.close()


if __name__ == "__main__":
    asyncio.run(main())
