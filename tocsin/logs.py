"""Logging, configured in this one place: for people on a terminal, or JSON for machines.

A line is an event's name and its fields. Texts from outside are only ever fields: no formatter reads them (rule 9).
Tracebacks come without local variables, which may be secrets (rule 10): structlog would print them by default.
"""

import logging
import sys

import structlog
from structlog.typing import Processor
from temporalio.exceptions import ApplicationError

SHARED: tuple[Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
CHATTY = ("httpx", "slack_sdk", "temporalio", "urllib3", "uvicorn")


def configure(log_format: str) -> None:
    """`console` or `json`, on standard error, for our own lines and for those of the libraries."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_is_news)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=SHARED, processors=_rendering(log_format))
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for library in CHATTY:
        logging.getLogger(library).setLevel(logging.WARNING)


def _is_news(record: logging.LogRecord) -> bool:
    """The SDK logs each failed send with a traceback; `activities.perform` has said it in one line already."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, ApplicationError) and error.type in ("Unavailable", "Rejected"))


def _rendering(log_format: str) -> tuple[Processor, ...]:
    drop = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if log_format == "json":
        return (drop, structlog.processors.format_exc_info, structlog.processors.JSONRenderer())
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
    )
    return (drop, console)
