"""Two servers on one database corrupt it: the folder belongs to one `up`, and to whatever it left behind."""

import contextlib
import errno
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tocsin.processes import eventually, is_alive
from tocsin.failure import Failure
from tocsin.up.folder import Folder, FolderInUse, LastUp

HOLDER = textwrap.dedent(
    """
    import subprocess, sys
    from pathlib import Path
    from tocsin.up.folder import Folder

    with Folder(Path(sys.argv[1])).locked() as lock:
        command = (sys.executable, "-S", "-c", "import time; time.sleep(600)")
        print(subprocess.Popen(command, pass_fds=(lock,), stdout=subprocess.DEVNULL).pid, flush=True)
        sys.stdin.read()
    """
)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process holds the folder, and has started a server that inherited the lock."""
    command = (sys.executable, "-c", HOLDER, str(folder))
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        server = int(process.stdout.readline())
        try:
            yield process, server
        finally:
            process.kill()
            with contextlib.suppress(ProcessLookupError):
                os.kill(server, signal.SIGKILL)


def test_a_second_up_is_refused_and_told_who_holds_the_folder(tmp_path: Path) -> None:
    with (
        held(tmp_path) as (holder, _),
        pytest.raises(FolderInUse, match=rf"`tocsin up` \(process {holder.pid}\) runs on it since"),
        Folder(tmp_path).locked(patience_s=0),
    ):
        pass


def test_a_server_that_outlived_its_up_keeps_the_folder_locked(tmp_path: Path) -> None:
    with held(tmp_path) as (holder, server):
        holder.kill()
        holder.wait()
        gone = re.escape(f"(process {holder.pid}) has gone, but its Temporal server still runs")
        with pytest.raises(FolderInUse, match=gone), Folder(tmp_path).locked(patience_s=0):
            pass
        os.kill(server, signal.SIGKILL)
        assert eventually(lambda: not is_alive(server))
        with Folder(tmp_path).locked():
            pass


def test_a_folder_is_in_use_only_while_somebody_holds_it(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "new")
    assert not folder.in_use()
    with folder.locked():
        assert folder.in_use()
    assert not folder.in_use()


def test_only_its_owner_can_read_the_folder(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "new")
    with folder.locked():
        assert folder.path.stat().st_mode & 0o077 == 0


def test_a_folder_that_an_older_version_left_open_is_closed_with_all_that_is_in_it(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir(mode=0o755)
    tmp_path.chmod(0o755)
    names = ("temporal.db", "temporal.db-wal", "temporal.db-shm", "addresses.json", "lock", "token")
    files = [tmp_path / name for name in names]
    for file in files:
        file.write_text("")
        file.chmod(0o644)
    folder = Folder(tmp_path)
    with folder.locked():
        folder.remember(LastUp(temporal="127.0.0.1:7233", gateway="http://127.0.0.1:8080"))
        assert [each.stat().st_mode & 0o777 for each in (tmp_path, documents)] == [0o700, 0o700]
        assert {file.name: oct(file.stat().st_mode & 0o777) for file in files} == {file.name: "0o600" for file in files}


def test_a_folder_that_everybody_shares_is_not_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    with Folder(tmp_path).locked():
        assert tmp_path.stat().st_mode & 0o1777 == 0o1777
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(Failure, match="cannot be the state folder"),
        Folder(tmp_path / "file").locked(),
    ):
        pass


def test_the_token_of_the_one_that_runs_is_its_users_alone_and_the_newest(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.token() == ""
    (tmp_path / "target").write_text("of somebody else's")
    (tmp_path / "token").symlink_to(tmp_path / "target")
    for token in ("first", "second"):
        folder.keep_token(token)
        assert folder.token() == token
        assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "target").read_text() == "of somebody else's"


def test_addresses_are_remembered(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.last() is None
    addresses = LastUp(temporal="127.0.0.1:7233", gateway="http://127.0.0.1:8080")
    folder.remember(addresses)
    assert folder.last() == addresses


def test_addresses_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    (tmp_path / "addresses.json").write_text('{"temporal": ')
    assert Folder(tmp_path).last() is None


KEPT: dict[str, Callable[[Folder], object]] = {
    "answer-secret": lambda folder: folder.answer_secret(),
    "token": lambda folder: folder.keep_token("the newest"),
    "addresses.json": lambda folder: folder.remember(LastUp(temporal="127.0.0.1:2", gateway="http://127.0.0.1:2")),
}
"""What the folder keeps, and how it is written."""


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A disk on which a file can be made, and nothing be written."""

    def no_space(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", no_space)
        yield patched


@pytest.mark.parametrize("name", KEPT)
def test_on_a_full_disk_nothing_is_half_written_and_that_is_one_clear_line(
    tmp_path: Path, full: pytest.MonkeyPatch, name: str
) -> None:
    with pytest.raises(Failure, match="No space left on device"):
        KEPT[name](Folder(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["token", "addresses.json"])
def test_on_a_full_disk_what_was_kept_before_stays(tmp_path: Path, full: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / name).write_text("before")
    with pytest.raises(Failure):
        KEPT[name](Folder(tmp_path))
    assert (tmp_path / name).read_text() == "before"


def test_what_signs_the_links_of_pages_is_made_once_and_never_empty(tmp_path: Path) -> None:
    """An empty one signs nothing: pages would carry no link, and nobody would say so."""
    (tmp_path / "answer-secret").touch()
    secret = Folder(tmp_path).answer_secret()
    assert len(secret) > 40
    assert Folder(tmp_path).answer_secret() == secret
    assert (tmp_path / "answer-secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", KEPT)
def test_what_the_folder_keeps_is_its_users_alone(tmp_path: Path, name: str) -> None:
    KEPT[name](Folder(tmp_path))
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()} == {name: "0o600"}
