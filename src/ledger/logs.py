"""Where do log lines go? To stderr: as JSON for machines, readable on a terminal."""

import io
import logging
import logging.config
import sys
import traceback
from types import TracebackType
from typing import Any, BinaryIO, TextIO, cast

import msgspec
import structlog
from structlog.typing import EventDict, ExcInfo, Processor

from ledger.kernel.likeness import without

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def without_persons(_logger: Any, _level: str, event: EventDict) -> EventDict:
    """Takes out of a line what looks like a PESEL, an e-mail address or a telephone number.

    Names cannot be told from other words: nothing is logged that may hold one, so of an error its
    kind and place are told, and not what it says.
    """
    if event.get("logger") == "asyncio":  # it shows what it failed on, after the first line
        event["event"] = str(event["event"]).partition("\n")[0]
    return {name: _without(value) for name, value in event.items()}


def _without(value: Any) -> Any:
    if isinstance(value, str):
        return without(value)
    if isinstance(value, dict):
        return {name: _without(one) for name, one in value.items()}
    return [_without(one) for one in value] if isinstance(value, list | tuple) else value


class _Stderr(io.RawIOBase):
    """Stderr as it is when a line is written: who takes it over later gets the lines as well."""

    def writable(self) -> bool:
        return True

    def write(self, line: Any) -> int:
        return sys.stderr.buffer.write(line)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(level: int = logging.INFO) -> None:
    """Sets up structlog and the standard library's loggers for this process."""
    logging.config.dictConfig(configuration(level))
    structlog.configure(
        processors=[*_SHARED, *_last(), _encoded],
        # Not through the standard library's records: they cost a question a seventh of its time.
        logger_factory=structlog.BytesLoggerFactory(cast(BinaryIO, _Stderr())),
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
        return (
            without_persons,
            structlog.dev.ConsoleRenderer(exception_formatter=_write_error, colors=True),
        )
    told = structlog.processors.ExceptionRenderer(told_error)
    return (told, without_persons, _as_json)


def told_error(exc_info: ExcInfo) -> str:
    """Which error it was and where, with what led to it; what errors say may hold names."""
    lines: list[str] = []
    one: BaseException | None = exc_info[1]
    while one is not None:
        state = getattr(one, "sqlstate", None)
        kind = f"{type(one).__module__}.{type(one).__qualname__}"
        frames = [
            f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
            for frame in _frames(one.__traceback__)
        ]
        lines[:0] = [*frames, kind + (f" ({state})" if state else ""), ""]
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\n".join(lines).rstrip()


def _frames(trace: TracebackType | None) -> traceback.StackSummary:
    return traceback.extract_tb(trace)


def _write_error(out: TextIO, error: ExcInfo) -> None:
    out.write("\n" + told_error(error))


def _as_json(_logger: Any, _level: str, event: EventDict) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()


def _encoded(_logger: Any, _level: str, line: Any) -> bytes:
    return str(line).encode()
