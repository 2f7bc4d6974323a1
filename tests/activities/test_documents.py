"""Documents in a folder and in a bucket: kept up to date, and never over what people wrote."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from activities.bucket import Bucket
from activities.document_bucket import DocumentBucket
from activities.document_folder import DocumentFolder
from activities.documents import BESIDE, DocumentWriter, Store, Stored
from activities.errors import Rejected, Unavailable
from tests.activities import sends
from workflows.policy.effects.effects import Receipt, Send, WriteDocument
from workflows.texts.documents import BEGIN_MARK, END_MARK

HEAD = "# Incident document\n\nNotes:\n\n"


@dataclass(frozen=True)
class Shelf:
    """A store, and what a person can do with it."""

    store: Store
    read: Callable[[str], bytes]
    edit: Callable[[str, bytes], None]
    names: Callable[[], list[str]]

    async def write(self, record: str = "it burns", **fields: str) -> Receipt:
        return await DocumentWriter(self.store).write_document(document(record, **fields))


def document(record: str = "it burns", name: str = "incident-document", **fields: str) -> Send:
    text = f"{HEAD}{BEGIN_MARK}\n{record}\n{END_MARK}\n"
    return sends.send(WriteDocument(name=name, template="document"), **({"text": text} | fields))


@pytest.fixture
def folder(tmp_path: Path) -> Shelf:
    root = tmp_path / "documents"
    mine = root / sends.INCIDENT

    def edit(name: str, content: bytes) -> None:
        mine.mkdir(parents=True, exist_ok=True)
        (mine / name).write_bytes(content)

    return Shelf(
        DocumentFolder(root),
        lambda name: (mine / name).read_bytes(),
        edit,
        lambda: sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()),
    )


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, request: pytest.FixtureRequest) -> Shelf:
    name = f"shelf-{abs(hash(request.node.nodeid))}"
    client = boto3.client(
        "s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="hunter2"
    )
    client.create_bucket(Bucket=name)

    def key(document: str) -> str:
        return f"incidents/{sends.INCIDENT}/{document}"

    def edit(document: str, content: bytes) -> None:
        client.put_object(Bucket=name, Key=key(document), Body=content)

    return Shelf(
        DocumentBucket(Bucket(name, "/incidents/", s3, "key", "hunter2")),
        lambda document: client.get_object(Bucket=name, Key=key(document))["Body"].read(),
        edit,
        lambda: [
            found["Key"].removeprefix("incidents/") for found in client.list_objects_v2(Bucket=name).get("Contents", [])
        ],
    )


@pytest.fixture(params=["folder", "bucket"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    found: Shelf = request.getfixturevalue(request.param)
    return found


NAME = "incident-document.md"


async def test_a_document_is_written_once_and_kept_up_to_date(shelf: Shelf) -> None:
    first = await shelf.write("it burns")
    assert shelf.read(NAME).startswith(HEAD.encode() + b"<!-- tocsin:begin sha256=")
    again = await shelf.write("it burned")
    assert b"it burned" in shelf.read(NAME)
    assert b"it burns" not in shelf.read(NAME)
    assert shelf.names() == [f"{sends.INCIDENT}/{NAME}"]
    assert first == again
    assert (first.reference or "").endswith(f"{sends.INCIDENT}/{NAME}")
    assert (first.note, first.warns) == (None, False)


async def test_what_people_write_outside_the_marks_is_kept_byte_for_byte(shelf: Shelf) -> None:
    await shelf.write("it burns")
    before, after = b"\xef\xbb\xbfOur own words, \xff\r\n\n", b"\r\n\n## Lessons\n- none \t\n\n\n"
    found = shelf.read(NAME)
    shelf.edit(NAME, before + found[found.index(b"<!--") :] + after)
    await shelf.write("it burned")
    written = shelf.read(NAME)
    assert written.startswith(before)
    assert written.endswith(b"tocsin:end -->\n" + after)
    assert b"it burned" in written


async def test_an_editor_that_changes_line_ends_has_not_written_in_the_generated_part(shelf: Shelf) -> None:
    await shelf.write("a line \nanother")
    shelf.edit(NAME, shelf.read(NAME).replace(b"a line ", b"a line").replace(b"\n", b"\r\n"))
    await shelf.write("it burned")
    assert b"it burned" in shelf.read(NAME)
    assert shelf.read(NAME).startswith(HEAD.replace("\n", "\r\n").encode())


TAKEN_OVER: dict[str, Callable[[bytes], bytes]] = {
    "wrote in the generated part": lambda found: found.replace(b"it burns", b"it was Bob"),
    "took the marks away": lambda found: found.replace(b"<!-- tocsin:", b"<!-- "),
    "took one mark away": lambda found: found.replace(b"<!-- tocsin:end -->", b""),
    "took the hash away": lambda found: found[: found.index(b" sha256=")] + found[found.index(b" -->") :],
    "doubled the generated part": lambda found: found + found,
    "threw everything away": lambda found: b"",
}


@pytest.mark.parametrize("edited", TAKEN_OVER.values(), ids=TAKEN_OVER)
async def test_what_people_have_taken_over_is_left_alone_and_what_is_new_stands_beside(
    shelf: Shelf, edited: Callable[[bytes], bytes]
) -> None:
    await shelf.write("it burns")
    theirs = edited(shelf.read(NAME))
    shelf.edit(NAME, theirs)
    for record in ("it burned", "it is over"):
        receipt = await shelf.write(record)
        assert shelf.read(NAME) == theirs
        assert record.encode() in shelf.read("incident-document.2.md")
        assert receipt.note == (
            "somebody has written in the part that Tocsin keeps; what is new is in incident-document.2.md"
        )
        assert receipt.warns
        assert (receipt.reference or "").endswith(NAME)


async def test_it_does_not_write_one_document_after_another_for_ever(shelf: Shelf) -> None:
    for number in range(1, BESIDE + 2):
        name = NAME if number == 1 else f"incident-document.{number}.md"
        shelf.edit(name, b"mine")
    receipt = await shelf.write()
    assert receipt.note == "it has been taken over by people, and was left alone"
    assert len(shelf.names()) == BESIDE + 1


async def test_somebody_who_saves_in_the_same_moment_loses_nothing(shelf: Shelf) -> None:
    await shelf.write("it burns")
    in_between = Intruder(shelf)
    await DocumentWriter(in_between).write_document(document("it burned"))
    assert in_between.intruded
    assert shelf.read(NAME).startswith(b"Saved just now.\n" + HEAD.encode())
    assert b"it burned" in shelf.read(NAME)


async def test_somebody_who_makes_the_document_first_loses_nothing(shelf: Shelf) -> None:
    receipt = await DocumentWriter(Intruder(shelf)).write_document(document())
    assert shelf.read(NAME) == b"Saved just now.\n"
    assert receipt.warns


class Intruder:
    """Somebody who saves between our look and our write, once."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.intruded = False

    def read(self, folder: str, name: str) -> Stored | None:
        return self._shelf.store.read(folder, name)

    def write(self, folder: str, name: str, content: bytes, over: Stored | None) -> None:
        if not self.intruded:
            self.intruded = True
            self._shelf.edit(name, b"Saved just now.\n" + (over.content if over else b""))
        self._shelf.store.write(folder, name, content, over)

    def address(self, folder: str, name: str) -> str:
        return self._shelf.store.address(folder, name)


HOSTILE = [
    "../../etc/passwd", "/etc/passwd", "..", ".", "", "a/b", "a\\b", "a\x00b", "x" * 300, "..%2f", ".md", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_name_is_never_a_path(shelf: Shelf, name: str) -> None:
    await shelf.write(name=name)
    await shelf.write(incident=name)
    for written in shelf.names():
        folder, _, file = written.rpartition("/")
        assert folder
        assert "/" not in folder
        assert file.endswith(".md")
        assert not {folder, file} & {".", ".."}


async def test_two_names_never_become_one(shelf: Shelf) -> None:
    for name in ("a/b", "a\\b", "a-b"):
        await shelf.write(name=name)
    assert len(shelf.names()) == 3


async def test_a_mark_in_a_text_is_no_mark(shelf: Shelf) -> None:
    hostile = f"{END_MARK}\n{BEGIN_MARK}\n<!-- tocsin:begin sha256={'0' * 64} -->"
    await shelf.write(f"an alert says\n{hostile}\n", text=f"{hostile}\n{BEGIN_MARK}\nit burns\n{END_MARK}\n")
    await shelf.write("it burned")
    assert sum(b"it burned" in shelf.read(name.rpartition("/")[2]) for name in shelf.names()) == 1


class TestFolder:
    async def test_a_link_is_not_followed(self, folder: Shelf, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("mine")
        folder.edit("other.md", b"")
        (tmp_path / "documents" / sends.INCIDENT / NAME).symlink_to(secret)
        with pytest.raises(Rejected, match="symbolic links"):
            await folder.write()
        assert secret.read_text() == "mine"

    async def test_nor_is_a_folder_that_is_a_link(self, folder: Shelf, tmp_path: Path) -> None:
        (tmp_path / "documents").mkdir()
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "documents" / sends.INCIDENT).symlink_to(tmp_path / "elsewhere")
        with pytest.raises(Rejected):
            await folder.write()
        assert list((tmp_path / "elsewhere").iterdir()) == []

    async def test_nobody_ever_sees_half_a_document(self, folder: Shelf) -> None:
        await folder.write("0" * 100_000)
        seen, stop = set(), threading.Event()

        def read() -> None:
            while not stop.is_set():
                seen.add(len(folder.read(NAME)))

        reader = threading.Thread(target=read)
        reader.start()
        for number in range(1, 20):
            await folder.write(str(number % 10) * 100_000)
        stop.set()
        reader.join()
        assert len(seen) == 1
        assert folder.names() == [f"{sends.INCIDENT}/{NAME}"]

    async def test_a_folder_that_may_not_be_written_is_rejected(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(Rejected, match="Not a directory"):
            await DocumentWriter(DocumentFolder(tmp_path / "file" / "documents")).write_document(document())

    async def test_a_full_disk_is_unavailable_and_leaves_nothing_behind(
        self, folder: Shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(file: int) -> None:
            raise OSError(28, os.strerror(28))

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(Unavailable, match="No space left"):
            await folder.write()
        assert folder.names() == []


class TestBucket:
    async def test_a_bucket_that_is_not_there_is_rejected(self, s3: str) -> None:
        store = DocumentBucket(Bucket("nowhere", "", s3, "key", "hunter2"))
        with pytest.raises(Rejected, match="the bucket nowhere answered 404: NoSuchBucket"):
            await DocumentWriter(store).write_document(document())

    async def test_one_that_cannot_be_reached_is_unavailable(self) -> None:
        store = DocumentBucket(Bucket("shelf", "", "http://127.0.0.1:1", "key", "hunter2"))
        with pytest.raises(Unavailable, match="could not be reached: EndpointConnectionError"):
            await DocumentWriter(store).write_document(document())

    @pytest.mark.parametrize(
        ("status", "failure"), [(403, Rejected), (500, Unavailable), (503, Unavailable), (429, Unavailable)]
    )
    async def test_what_it_answers_is_said_without_the_secret(self, status: int, failure: type[Exception]) -> None:
        async with answering(status) as url:
            store = DocumentBucket(Bucket("shelf", "", url, "key", "hunter2"))
            with pytest.raises(failure, match=f"answered {status}") as failed:
                await DocumentWriter(store).write_document(document())
        assert "hunter2" not in str(failed.value)


class answering:  # noqa: N801 (reads as what it is)
    """An S3 that always answers so, and repeats what it should not know."""

    def __init__(self, status: int) -> None:
        self._status = status

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b"<Error><Code>No</Code><Message>hunter2</Message></Error>"
        head = f"HTTP/1.1 {self._status} No\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()
