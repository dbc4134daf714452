"""What goes wrong with a time series that is a server of its own."""

from __future__ import annotations


class SeriesError(Exception):
    """The time series could not be written or read.

    Attributes:
        what: What was tried.
        why: What was found; never a token.
    """

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"time series, {what}: found {why}, expected success")
        self.what = what
        self.why = why
