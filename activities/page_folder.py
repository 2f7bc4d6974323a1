"""The status page in a folder, from which any web server shows it."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from activities.document_folder import FINAL_ERRORS
from activities.errors import Rejected, Unavailable
from activities.public_page import WrittenFile


class PageFolder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, files: Mapping[str, WrittenFile]) -> None:
        """Nobody ever sees half a file. What is there already is left alone, so that caches know it."""
        try:
            for path, file in files.items():
                _replace(self._root / path, file.body)
        except OSError as error:
            said = f"the status page in {self._root}: {os.strerror(error.errno) if error.errno else error}"
            raise (Rejected(said) if error.errno in FINAL_ERRORS else Unavailable(said)) from None


def _replace(path: Path, body: bytes) -> None:
    if path.is_file() and path.read_bytes() == body:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with temporary.open("xb") as file:
            os.fchmod(file.fileno(), 0o644)  # a web server reads it, whoever that is
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
