"""Access events of our own format, and the fact each becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from edge.access.pseudonyms import Pseudonyms
from edge.facts import Access
from wire.codec import decode
from wire.errors import PayloadError
from wire.messages import AccessEvent


@dataclass(frozen=True)
class Horizon:
    """How far from the gateway's clock a reader's time may be and still be believed.

    Readers that were offline hand in what they kept, so the past is long; a time ahead can only be
    a wrong clock, and would make everything after it look late.
    """

    ahead: timedelta = timedelta(minutes=5)
    behind: timedelta = timedelta(days=7)

    def check(self, field: str, occurred_at: datetime, now: datetime) -> datetime:
        """Return `occurred_at` if it can be believed at `now`.

        Raises:
            PayloadError: It cannot.
        """
        if now - self.behind <= occurred_at <= now + self.ahead:
            return occurred_at
        span = f"at most {self.ahead} ahead of and {self.behind} behind {now.isoformat()}"
        raise PayloadError(field, occurred_at.isoformat(), span)


DEFAULT_HORIZON: Final = Horizon()
HIDDEN: Final = "something that is not shown"
"""Stands in errors where a credential stood: errors are logged, credentials never."""
_CREDENTIAL: Final = "$.credential"


def parse_access(payload: bytes, now: datetime, horizon: Horizon = DEFAULT_HORIZON) -> AccessEvent:
    """Return the event of our own JSON format that `payload` holds.

    Raises:
        PayloadError: It cannot be read, or its time cannot be believed.
    """
    try:
        event = decode(AccessEvent, payload)
    except PayloadError as error:
        if error.field != _CREDENTIAL:
            raise
        raise PayloadError(error.field, HIDDEN, error.expected) from None
    horizon.check("$.occurred_at", event.occurred_at, now)
    return event


def to_fact(point: str, event: AccessEvent, pseudonyms: Pseudonyms | None = None) -> Access:
    """Return what the rules and windows may know of `event`.

    The credential itself ends here: it becomes a pseudonym if some rule needs one, else nothing.
    """
    credential = None
    if pseudonyms is not None and event.credential is not None:
        credential = pseudonyms.of(event.credential, event.occurred_at)
    return Access(
        occurred_at=event.occurred_at,
        point=point,
        event_id=event.event_id,
        outcome=event.outcome,
        direction=event.direction,
        credential=credential,
    )
