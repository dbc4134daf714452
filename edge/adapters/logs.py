"""Logs for the operator, on standard error: lines to read on a terminal, JSON elsewhere."""

from __future__ import annotations

import sys

import structlog


def start_logs() -> None:
    """Set up logs for the whole process; called once, by the program's entry."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *rendering(is_terminal=sys.stderr.isatty()),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def rendering(*, is_terminal: bool) -> list[structlog.typing.Processor]:
    """Return what writes a log line; tracebacks show no variables, which may hold a secret."""
    if is_terminal:
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


class Sparingly:
    """Says when something that may happen many times a second may be logged again."""

    def __init__(self, every_s: float = 10.0) -> None:
        self._every_s = every_s
        self._told_s: dict[str, float] = {}

    def is_due(self, subject: str, now_s: float) -> bool:
        """Say whether `subject` was not told of within the last `every_s`."""
        told_s = self._told_s.get(subject)
        if told_s is not None and now_s - told_s < self._every_s:
            return False
        self._told_s[subject] = now_s
        return True
