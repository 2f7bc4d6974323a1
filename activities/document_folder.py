"""Documents in a folder of this machine, or one that is mounted there."""

import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from activities.documents import Stored, WrittenMeanwhile
from activities.errors import Rejected, Unavailable

FINAL_ERRORS = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.ENAMETOOLONG}
)
"""What no waiting mends. A symbolic link where a document should be is one of them: it could lead anywhere."""


class DocumentFolder:
    """One folder for each incident. All work is done relative to open folders, so that a link put there in between
    leads nowhere."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def address(self, folder: str, name: str) -> str:
        return str(self._root / folder / name)

    def read(self, folder: str, name: str) -> Stored | None:
        with self._opened(folder) as at:
            return _read(at, name)

    def write(self, folder: str, name: str, content: bytes, over: Stored | None) -> None:
        """An editor takes no locks: between the last look and the rename there are microseconds in which a person's
        writing would be lost, and none in which half a document is to be seen."""
        with self._opened(folder) as at:
            temporary = f".{name}.{secrets.token_hex(8)}"
            try:
                _create(at, temporary, content)
                if _read(at, name) != over:
                    raise WrittenMeanwhile(name)
                os.rename(temporary, name, src_dir_fd=at, dst_dir_fd=at)
                os.fsync(at)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(temporary, dir_fd=at)

    @contextlib.contextmanager
    def _opened(self, folder: str) -> Iterator[int]:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            root = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
            try:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(folder, dir_fd=root)
                at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=root)
            finally:
                os.close(root)
            try:
                yield at
            finally:
                os.close(at)
        except OSError as error:
            said = f"documents in {self._root}: {os.strerror(error.errno) if error.errno else error}"
            raise (Rejected(said) if error.errno in FINAL_ERRORS else Unavailable(said)) from None


def _read(at: int, name: str) -> Stored | None:
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    except FileNotFoundError:
        return None
    with os.fdopen(file, "rb") as opened:
        content = opened.read()
    return Stored(content, hashlib.sha256(content).hexdigest())


def _create(at: int, name: str, content: bytes) -> None:
    file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644, dir_fd=at)
    with os.fdopen(file, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
