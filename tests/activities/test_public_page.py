"""Tocsin's own status page as a way out of the house: in a folder and in a bucket, kept by a real Temporal."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
import pytest_asyncio
from moto.server import ThreadedMotoServer
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import ActivityEnvironment, WorkflowEnvironment

from activities.bucket import Bucket
from activities.errors import Rejected, Unavailable
from activities.page_bucket import PageBucket
from activities.page_folder import PageFolder
from activities.public_page import OwnStatusPage, PagePlace
from activities.temporal import RecordInTemporal
from starter.public_page.site import PageFile, drawing
from starter.public_page.standing import PageIdentity
from tests.activities import sends
from tests.starter.conftest import register
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.watches.public_page import MaintenanceAnnounced

DRAWN = drawing(PageIdentity("Acme", "https://status.acme.example"))


@dataclass(frozen=True)
class Place:
    place: PagePlace
    read: Callable[[str], bytes]


@pytest.fixture
def folder(tmp_path: Path) -> Place:
    root = tmp_path / "status"
    return Place(PageFolder(root), lambda path: (root / path).read_bytes())


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str) -> Place:
    name = f"status-{uuid4().hex[:8]}"
    client = boto3.client(
        "s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="hunter2"
    )
    client.create_bucket(Bucket=name)

    def read(path: str) -> bytes:
        found = client.get_object(Bucket=name, Key=f"page/{path}")
        assert found["CacheControl"] == "public, max-age=30"
        return found["Body"].read()

    return Place(PageBucket(Bucket(name, "/page/", s3, "key", "hunter2")), read)


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest_asyncio.fixture
async def client(temporal: WorkflowEnvironment) -> Client:
    """Nothing was said there yet; no worker runs."""
    namespace = f"status-{uuid4().hex[:8]}"
    await register(temporal.client, namespace)
    address = temporal.client.service_client.config.target_host
    return await Client.connect(address, namespace=namespace, data_converter=pydantic_data_converter)


@dataclass(frozen=True)
class InActivity:
    """The adapter as an activity calls it."""

    page: OwnStatusPage
    client: Client

    async def publish(self, send: Send, again: bool = False) -> Receipt:
        return await ActivityEnvironment(self.client).run(self.page.publish, send, again)

    async def announce(self, maintenance: MaintenanceAnnounced) -> None:
        await ActivityEnvironment(self.client).run(self.page.announce, maintenance)


@pytest.fixture
def page(place: Place, client: Client) -> InActivity:
    return InActivity(OwnStatusPage(RecordInTemporal(), place.place, DRAWN), client)


def incidents(place: Place) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(place.read("api/v2/summary.json"))["incidents"]
    return found


async def test_an_incident_lives_on_the_page_from_investigating_to_resolved(page: InActivity, place: Place) -> None:
    first = await page.publish(sends.publish(subject="Checkout fails", text="looking", vendor_key="k1"))
    second = await page.publish(sends.publish("identified", first.reference, text="found", vendor_key="k2"))
    assert first.reference == second.reference
    (incident,) = incidents(place)
    assert (incident["id"], incident["name"], incident["status"]) == (first.reference, "Checkout fails", "identified")
    assert [update["body"] for update in incident["incident_updates"]] == ["found", "looking"]
    await page.publish(sends.publish("resolved", first.reference, text="over", vendor_key="k3"))
    assert incidents(place) == []
    assert b"over" in place.read("index.html")


async def test_what_may_have_been_sent_is_there_once(page: InActivity, place: Place) -> None:
    for again in (False, True, True):
        await page.publish(sends.publish(text="looking", vendor_key="k1"), again)
    (incident,) = incidents(place)
    assert len(incident["incident_updates"]) == 1


async def test_words_are_changed_where_they_stand_and_marked_and_once(page: InActivity, place: Place) -> None:
    first = await page.publish(sends.publish(text="All data is lost.", vendor_key="k1" * 30))
    await page.publish(sends.publish("identified", first.reference, text="found", vendor_key="k2"))
    change = sends.correction("k1" * 30, "All data is lost.", first.reference, text="Some is late.", vendor_key="c1")
    assert (await page.publish(change)).reference == first.reference
    (incident,) = incidents(place)
    before = incident["incident_updates"]
    assert [each["body"] for each in before] == ["found", "Some is late."]
    assert before[0]["updated_at"] == before[0]["created_at"]
    assert before[1]["updated_at"] > before[1]["created_at"]
    assert b"corrected at" in place.read("index.html")
    assert b"All data is lost" not in place.read("history.html") + place.read("feed.atom")
    await page.publish(change, again=True)
    assert incidents(place)[0]["incident_updates"] == before


async def test_what_does_not_stand_there_cannot_be_changed(page: InActivity, place: Place) -> None:
    await page.publish(sends.publish(text="looking", vendor_key="k1"))
    for incident, key in (("another", "k1"), (sends.INCIDENT, "k9")):
        with pytest.raises(Rejected, match="does not stand on the status page"):
            await page.publish(sends.correction(key, "x", text="y", incident=incident))
    assert [each["body"] for each in incidents(place)[0]["incident_updates"]] == ["looking"]


async def test_incidents_that_publish_at_once_lose_nothing(page: InActivity, place: Place) -> None:
    names = [f"i{number}" for number in range(8)]
    await asyncio.gather(*(page.publish(sends.publish(incident=name, subject=name, vendor_key=name)) for name in names))
    assert sorted(incident["name"] for incident in incidents(place)) == names


async def test_who_is_slow_does_not_have_the_last_word(client: Client, folder: Place) -> None:
    """Another says something between the moment at which a page is made and the one at which it is written."""

    class Slow:
        def __init__(self) -> None:
            self.meanwhile: list[Callable[[], Any]] = []

        def write(self, files: Any) -> None:
            if self.meanwhile:
                self.meanwhile.pop()()
            folder.place.write(files)

    slow, loop = Slow(), asyncio.get_running_loop()
    late = InActivity(OwnStatusPage(RecordInTemporal(), slow, DRAWN), client)
    quick = InActivity(OwnStatusPage(RecordInTemporal(), folder.place, DRAWN), client)

    def another() -> None:
        sent = quick.publish(sends.publish(incident="quick", subject="quick", vendor_key="q"))
        asyncio.run_coroutine_threadsafe(sent, loop).result()

    slow.meanwhile.append(another)
    await late.publish(sends.publish(incident="slow", subject="slow", vendor_key="s"))
    assert sorted(incident["name"] for incident in incidents(folder)) == ["quick", "slow"]


async def test_the_page_knows_neither_our_names_nor_alerts(page: InActivity, place: Place) -> None:
    """Of all that an effect carries, only the words, the listed services and the impact go out."""
    sent = sends.publish(
        incident="incident-alertmanager-payroll-f5d9",
        text="looking",
        vendor_key="payroll/publish/1",
        labels={"host": "db-7.internal"},
        links=(("Grafana", "https://grafana.internal"),),
        names={"carol": "Carol Jones"},
        severity="sev1",
    )
    await page.publish(sent)
    for path in ("index.html", "history.html", "feed.atom", "api/v2/summary.json"):
        written = place.read(path).decode()
        assert not [secret for secret in ("payroll", "internal", "Carol", "sev1") if secret in written], path


async def test_in_a_folder_nobody_sees_half_a_file(folder: Place, tmp_path: Path) -> None:
    root = tmp_path / "status"
    folder.place.write({"index.html": PageFile(b"old", "text/html")})
    with (root / "index.html").open("rb") as opened:
        folder.place.write({"index.html": PageFile(b"new and longer", "text/html")})
        assert opened.read() == b"old"
    assert folder.read("index.html") == b"new and longer"
    assert [path.name for path in root.iterdir()] == ["index.html"]
    assert (root / "index.html").stat().st_mode & 0o777 == 0o644
    before = (root / "index.html").stat().st_ino
    folder.place.write({"index.html": PageFile(b"new and longer", "text/html")})
    assert (root / "index.html").stat().st_ino == before


async def test_a_place_that_cannot_be_written_is_said_and_the_words_are_kept(client: Client, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    page = InActivity(OwnStatusPage(RecordInTemporal(), PageFolder(tmp_path / "file"), DRAWN), client)
    with pytest.raises((Rejected, Unavailable), match="the status page in"):
        await page.publish(sends.publish(text="looking"))
    record, _ = await ActivityEnvironment(client).run(RecordInTemporal().known)
    assert [incident.updates[0].text for incident in record.incidents] == ["looking"]


async def test_a_bucket_that_is_not_there_is_said(client: Client, s3: str) -> None:
    page = InActivity(
        OwnStatusPage(RecordInTemporal(), PageBucket(Bucket("nowhere", "", s3, "key", "hunter2")), DRAWN), client
    )
    with pytest.raises(Rejected, match="the bucket nowhere answered 404"):
        await page.publish(sends.publish(text="looking"))
