"""Where do log lines go? To stderr: as JSON for machines, readable on a terminal."""

import logging
import logging.config
import sys
from typing import Any

import msgspec
import structlog
from structlog.typing import EventDict, Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(level: int = logging.INFO) -> None:
    """Sets up structlog and the standard library's loggers for this process."""
    logging.config.dictConfig(configuration(level))
    structlog.configure(
        processors=[*_SHARED, *_last(), _encoded],
        # Not through the standard library's records: they cost a question a seventh of its time.
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def configuration(level: int = logging.INFO) -> dict[str, Any]:
    """The standard library's part, as plain data: it also goes to the processes of a server."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "ledger.logs.formatter"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "lines",
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {},
    }


def formatter() -> logging.Formatter:
    """Writes the lines of other libraries like ours."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last()],
    )


def _last() -> tuple[Processor, ...]:
    if sys.stderr.isatty():
        # Plain: the richer tracebacks show local variables, and so tokens and names.
        plain = structlog.dev.plain_traceback
        return (structlog.dev.ConsoleRenderer(exception_formatter=plain),)
    return (structlog.processors.format_exc_info, _as_json)


def _as_json(_logger: Any, _level: str, event: EventDict) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()


def _encoded(_logger: Any, _level: str, line: Any) -> bytes:
    return str(line).encode()
