"""Cursors: an alert's place in the list, as text that only we make sense of."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.domain.alerts import Alert
from hub.services.errors import BadCursorError
from hub.services.ports import AlertPlace

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_CURSOR: Final = re.compile(r"(?P<micros>\d{1,16})\.(?P<id>[0-9a-f-]{36})")


def to_cursor(alert: Alert) -> str:
    """Return the cursor of an alert that was raised."""
    if alert.head is None:
        raise ValueError(f"alert {alert.id}: found no raising record, expected one")
    return f"{(alert.head.raised_at - _EPOCH) // _MICROSECOND}.{alert.id}"


def place_of(cursor: str) -> AlertPlace:
    """Return the place that a cursor stands for.

    Raises:
        BadCursorError: It is not one of ours.
    """
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise BadCursorError(cursor)
    raised_at = _EPOCH + int(match["micros"]) * _MICROSECOND
    return AlertPlace(raised_at, match["id"])
