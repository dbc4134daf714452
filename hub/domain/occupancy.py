"""How many people are believed inside a compound: an interval, from what the lines counted.

Occupancy is never measured. It is carried forward from what somebody last counted (a correction),
or from an unknown opening taken as 0, by in minus out over quarters of an hour:

* expected: what was counted, nothing added for what was not seen.
* At each quarter's end no bound stays below 0. If more people left than were believed inside, they
  had been inside before anybody counted; so the opening corrects itself within a day or two.
* Unobserved time widens the interval. While a line could not be seen, people went on passing it as
  they use to at that hour of the day; at most all of those who use to come in did and none went
  out (high), or the reverse (low). What a line uses to do is its own mean rate in the same hour of
  the day, in the time it was observed until then; before that is known, in all hours; before
  anything is known, `UNKNOWN_RATE`.
* Detectors miss crossings even when they see. `MISCOUNT_SHARE` of them, independently of each
  other, adds twice the standard deviation of the net, 2 * sqrt(share * crossings), on both sides.

All this depends on what happened when, and not on when the hub heard of it: the fold runs in event
time. A correction is the one thing that makes the interval narrow again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor, sqrt
from typing import Final

from msgspec import Struct, structs

MISCOUNT_SHARE: Final = 0.1  # the bar for counting: totals within 10 % on the reference clip
UNKNOWN_RATE: Final = 1 / 60  # one person a minute each way, until a line has been observed
_HOURS: Final = 24


@dataclass(frozen=True)
class Flow:
    """What one line counted in a span of time, and for how many seconds of it it could see."""

    count_in: int = 0
    count_out: int = 0
    observed_s: float = 0.0

    def plus(self, other: Flow) -> Flow:
        """Return both together."""
        return Flow(
            self.count_in + other.count_in,
            self.count_out + other.count_out,
            self.observed_s + other.observed_s,
        )


NO_FLOW: Final = Flow()


@dataclass(frozen=True)
class Interval:
    """People believed inside: surely `low`, as counted `expected`, at most `high`."""

    low: int
    expected: int
    high: int


class Habit(Struct):
    """What a line was seen to do: by hour of the day in UTC, people in and out and seconds."""

    people_in: list[int]
    people_out: list[int]
    observed_s: list[float]

    @classmethod
    def unknown(cls) -> Habit:
        """Return the habit of a line that was never observed."""
        return cls([0] * _HOURS, [0] * _HOURS, [0.0] * _HOURS)

    def learn(self, hour: int, flow: Flow) -> None:
        """Remember what the line did in that hour of the day."""
        self.people_in[hour] += flow.count_in
        self.people_out[hour] += flow.count_out
        self.observed_s[hour] += flow.observed_s

    def rates(self, hour: int) -> tuple[float, float]:
        """Return the people a second who use to come in, and go out, at that hour of the day."""
        if self.observed_s[hour] > 0:
            seconds = self.observed_s[hour]
            return self.people_in[hour] / seconds, self.people_out[hour] / seconds
        seconds = sum(self.observed_s)
        if seconds > 0:
            return sum(self.people_in) / seconds, sum(self.people_out) / seconds
        return UNKNOWN_RATE, UNKNOWN_RATE


class Balance(Struct):
    """Where the fold stands: the bounds, what they rest on, and the habits of the lines.

    A line belongs to it from the first span in which it said anything.
    """

    expected: int = 0
    low: float = 0.0
    high: float = 0.0
    crossings: int = 0
    corrected_at: datetime | None = None
    habits: dict[str, Habit] = {}

    def correct(self, people: int, at: datetime) -> None:
        """Begin anew with what somebody counted."""
        self.expected, self.low, self.high = people, float(people), float(people)
        self.crossings = 0
        self.corrected_at = at

    def advance(self, start: datetime, span_s: float, flows: Mapping[str, Flow]) -> None:
        """Carry the balance over a span that begins at `start` and lies within one quarter.

        `flows` holds what each line said of the span; a line that is known and not there saw
        nothing of it. Of the span in which a line first speaks, it is not held to have missed
        anything: it may have been put up in the middle of it.
        """
        known = frozenset(self.habits)
        for line in flows:
            self.habits.setdefault(line, Habit.unknown())
        net, missed_in, missed_out = 0, 0.0, 0.0
        for line, habit in self.habits.items():
            flow = flows.get(line, NO_FLOW)
            habit.learn(start.hour, flow)
            rate_in, rate_out = habit.rates(start.hour)
            unseen_s = max(0.0, span_s - flow.observed_s) if line in known else 0.0
            net += flow.count_in - flow.count_out
            missed_in += rate_in * unseen_s
            missed_out += rate_out * unseen_s
            self.crossings += flow.count_in + flow.count_out
        self.expected = max(0, self.expected + net)
        self.low = max(0.0, self.low + net - missed_out)
        self.high = max(0.0, self.high + net + missed_in)

    def interval(self) -> Interval:
        """Return the bounds in whole people, with the miscount on both sides."""
        miscount = 2 * sqrt(MISCOUNT_SHARE * self.crossings)
        return Interval(
            low=max(0, floor(self.low - miscount)),
            expected=self.expected,
            high=ceil(self.high + miscount),
        )

    def copy(self) -> Balance:
        """Return a balance that can be carried on without touching this one."""
        habits = {
            line: Habit(habit.people_in[:], habit.people_out[:], habit.observed_s[:])
            for line, habit in self.habits.items()
        }
        return structs.replace(self, habits=habits)


def coverage(span_s: float, lines: Collection[str], flows: Mapping[str, Flow]) -> float:
    """Return the share, 0..1, of a span in which the lines could see; 0 if there are none."""
    if not lines or span_s <= 0:
        return 0.0
    observed_s = sum(flows.get(line, NO_FLOW).observed_s for line in lines)
    return min(1.0, observed_s / (span_s * len(lines)))
