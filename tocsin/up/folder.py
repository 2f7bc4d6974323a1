"""The state folder: Temporal's database, the addresses that were used, and the lock that keeps two servers apart.

Two servers on one SQLite file corrupt each other. The lock (flock(2)) belongs to an open file, not to a process: the
server inherits it, so even one that outlived its `tocsin up` keeps everybody else out of its database.
"""

import contextlib
import fcntl
import os
import secrets
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from pydantic import BaseModel, ConfigDict, ValidationError

from tocsin.failure import Failure

LOCK_WITHIN_S = 3.0
"""A killed `up` takes its children along, but not in the same instant."""


class FolderInUse(Failure):
    """Another Tocsin runs on this folder; the message says which."""


class LastUp(BaseModel):
    """What other commands, and the next `up`, have to know of the one that runs or ran last."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    temporal: str
    gateway: str
    ui: str | None = None
    sandbox: str | None = None


class _Holder(BaseModel):
    pid: int
    since: datetime


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "temporal.db"
        self._lock = path / "lock"
        self._addresses = path / "addresses.json"
        self._token = path / "token"
        self._documents = path / "documents"
        self._answer_secret = path / "answer-secret"

    @contextlib.contextmanager
    def locked(self, patience_s: float = LOCK_WITHIN_S) -> Iterator[int]:
        """Hold the folder. Yields what holds it, for the server to inherit. Raises FolderInUse, Failure."""
        with self._open() as file:
            deadline = time.monotonic() + patience_s
            while not _try_lock(file, fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    raise FolderInUse(self._who_holds_it())
                time.sleep(0.05)
            with self._in_words():
                os.ftruncate(file.fileno(), 0)
                os.write(file.fileno(), _Holder(pid=os.getpid(), since=datetime.now(UTC)).model_dump_json().encode())
            yield file.fileno()

    def in_use(self) -> bool:
        """Does an `up` run on it?"""
        try:
            with self._lock.open() as file:
                return not _try_lock(file, fcntl.LOCK_SH)
        except OSError:
            return False

    def _open(self) -> TextIO:
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock.touch()
            self._keep_private()
            return self._lock.open("a+")
        except OSError as error:
            reason = f"{self.path} cannot be the state folder: {error.strerror}"
            raise Failure(f"{reason}. Choose another --state-dir") from None

    def _keep_private(self) -> None:
        """Nobody else reads what incidents say, nor what an older version left open. A folder that everybody shares,
        such as /tmp, stays as it is: it is not ours to close."""
        found = self.path.stat()
        if found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX:
            self.path.chmod(0o700)
        for file in (
            self._lock,
            self._addresses,
            self._token,
            self._answer_secret,
            *self.path.glob(f"{self.database.name}*"),
        ):
            if file.exists():
                file.chmod(0o600)
        if self._documents.is_dir() and self._documents.stat().st_uid == os.geteuid():
            self._documents.chmod(0o700)

    def last(self) -> LastUp | None:
        """None if there was none, or none that can be read."""
        try:
            return LastUp.model_validate_json(self._addresses.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def running(self) -> LastUp | None:
        return self.last() if self.in_use() else None

    def remember(self, up: LastUp) -> None:
        self._write(self._addresses, up.model_dump_json(indent=2) + "\n")

    def keep_token(self, token: str) -> None:
        """For commands of the same user."""
        self._write(self._token, token)

    def token(self) -> str:
        """Empty: there is none that we may read."""
        try:
            return self._token.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def answer_secret(self) -> str:
        """What signs the links of pages: made once, so that a link on a phone outlives a restart."""
        with self._in_words():
            kept = self._answer_secret.read_text(encoding="utf-8").strip() if self._answer_secret.exists() else ""
        if not kept:  # an older version left it empty where the disk was full
            kept = secrets.token_urlsafe(32)
            self._write(self._answer_secret, kept)
        return kept

    def _write(self, file: Path, text: str) -> None:
        """Whole or not at all, for nobody else at any moment, and there after a power cut. Raises Failure."""
        new = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
        with self._in_words():
            try:
                with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
                    opened.write(text)
                    opened.flush()
                    os.fsync(opened.fileno())
                new.replace(file)
            finally:
                new.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _in_words(self) -> Iterator[None]:
        """Raises Failure."""
        try:
            yield
        except OSError as error:
            raise Failure(f"the state folder {self.path} cannot be used: {error.strerror}") from None

    def _who_holds_it(self) -> str:
        try:
            holder = _Holder.model_validate_json(self._lock.read_bytes())
        except ValidationError:
            return f"{self.path} is in use by another process"
        if _is_alive(holder.pid):
            return (
                f"{self.path} is in use: `tocsin up` (process {holder.pid}) runs on it since {holder.since:%F %T} UTC. "
                "Use that one, or another --state-dir"
            )
        return (
            f"{self.path} is in use: `tocsin up` (process {holder.pid}) has gone, but its Temporal server still runs. "
            f"Find it with `pgrep -f {self.database}` and end it"
        )


def _try_lock(file: TextIO, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
