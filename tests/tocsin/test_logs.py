"""Log lines: no secret gets into one, no text from outside is read as anything but text."""

import json
import subprocess
import sys
import textwrap

import pytest

SCRIPT = textwrap.dedent(
    """
    import logging, sys
    import structlog
    from temporalio.exceptions import ApplicationError
    from tocsin import logs

    logs.configure(sys.argv[1])
    log = structlog.get_logger("test")

    log.info("alert received", summary="100%s {0} %(name)s full")

    try:
        secret = "-".join(("top", "secret"))
        raise RuntimeError(f"{len(secret)} characters did not help")
    except RuntimeError:
        log.exception("it broke")

    for error in (ApplicationError("no such key", type="Rejected"), ValueError("a bug")):
        logging.getLogger("temporalio.activity").warning("Completing activity as failed", exc_info=error)
    """
)


@pytest.fixture(scope="module", params=["console", "json"])
def logged(request: pytest.FixtureRequest) -> str:
    """What a process of its own logs: logging belongs to the whole process."""
    command = [sys.executable, "-c", SCRIPT, request.param]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


def test_a_text_from_outside_is_never_a_format(logged: str) -> None:
    assert "100%s {0} %(name)s full" in logged


def test_a_traceback_shows_no_local_variables(logged: str) -> None:
    assert "RuntimeError: 10 characters did not help" in logged
    assert "top-secret" not in logged


def test_a_failed_send_is_not_told_a_second_time_by_the_sdk_but_a_bug_is(logged: str) -> None:
    assert "no such key" not in logged
    assert "ValueError: a bug" in logged


@pytest.mark.parametrize("logged", ["json"], indirect=True)
def test_json_is_one_document_a_line(logged: str) -> None:
    assert [json.loads(line)["event"] for line in logged.splitlines()] == [
        "alert received",
        "it broke",
        "Completing activity as failed",
    ]
