from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edge.reporting.backlog import (
    FIRST_SILENCE_S,
    LONGEST_SILENCE_S,
    Backlog,
    Run,
    Unanswered,
    Waiting,
)
from wire.codec import MAX_JSON_BYTES
from wire.messages import MAX_RECORDS

CHANCE = 0.5


def waiting(*numbers: int, urgent: tuple[int, ...] = (), size_bytes: int = 200) -> list[Waiting]:
    return [Waiting(number, number in urgent, size_bytes) for number in numbers]


def send_all(backlog: Backlog, records: list[Waiting], now_s: float) -> list[Run]:
    runs = []
    while (run := backlog.next_run(records, now_s)) is not None:
        backlog.sent(run, now_s, CHANCE)
        runs.append(run)
    return runs


def test_nothing_waits_and_nothing_is_sent() -> None:
    assert Backlog().next_run([], 0.0) is None


def test_live_records_go_in_their_order_alerts_among_them() -> None:
    records = waiting(1, 2, 3, urgent=(3,))

    assert send_all(Backlog(), records, 0.0) == [Run(1, 3)]


def test_with_a_backlog_alerts_overtake_windows() -> None:
    numbers = range(1, 600)
    records = waiting(*numbers, urgent=(400, 401, 500))

    runs = send_all(Backlog(), records, 0.0)

    assert runs[:2] == [Run(400, 401), Run(500, 500)]
    assert sorted(number for run in runs for number in range(run.first, run.last + 1)) == [*numbers]


def test_only_alerts_go_ahead_of_the_window() -> None:
    records = waiting(*range(1, 11), urgent=(8, 9, 10))

    runs = send_all(Backlog(window=5, ahead=2), records, 0.0)

    assert runs == [Run(1, 5), Run(8, 9)]


def test_a_report_holds_no_more_records_than_the_wire_allows() -> None:
    runs = send_all(Backlog(), waiting(*range(1, 301), size_bytes=10), 0.0)

    assert runs == [Run(1, MAX_RECORDS), Run(MAX_RECORDS + 1, 300)]


def test_a_report_holds_no_more_bytes_than_the_wire_allows() -> None:
    runs = send_all(Backlog(), waiting(*range(1, 101), size_bytes=1000), 0.0)

    assert all((run.last - run.first + 1) * 1001 < MAX_JSON_BYTES for run in runs)
    assert runs[0].last >= 60


def test_what_was_sent_is_not_sent_again_before_a_silence() -> None:
    backlog = Backlog()
    send_all(backlog, waiting(1, 2), 0.0)

    assert backlog.next_run(waiting(1, 2), FIRST_SILENCE_S / 2) is None
    assert backlog.next_run(waiting(1, 2), FIRST_SILENCE_S * 1.3) == Run(1, 2)


def test_silences_grow_to_a_limit() -> None:
    unanswered: Unanswered[int] = Unanswered()
    sent_at_s: list[float] = []
    now_s = 0.0
    while len(sent_at_s) < 8:
        if unanswered.due([1], now_s):
            unanswered.sent([1], now_s, CHANCE)
            sent_at_s.append(now_s)
        now_s += 0.5
    silences_s = [after - before for before, after in pairwise(sent_at_s)]

    assert silences_s == sorted(silences_s)
    assert silences_s[0] == FIRST_SILENCE_S
    assert silences_s[-1] == LONGEST_SILENCE_S


def test_while_the_hub_gets_further_nothing_is_repeated() -> None:
    backlog = Backlog()
    send_all(backlog, waiting(1, 2, 3), 0.0)

    assert backlog.next_run(waiting(2, 3), 4.0) is None
    assert backlog.next_run(waiting(3), 8.0) is None
    assert backlog.next_run(waiting(3), 8.0 + FIRST_SILENCE_S * 1.3) == Run(3, 3)


def test_a_gap_is_filled_although_what_follows_arrives() -> None:
    backlog = Backlog()
    now_s, number = 0.0, 2
    send_all(backlog, waiting(1, 2), now_s)
    repeated = False
    while now_s < 2 * FIRST_SILENCE_S:  # 1 was lost; each later number is acknowledged at once
        now_s, number = now_s + 1.0, number + 1
        repeated |= Run(1, 1) in send_all(backlog, waiting(1, number), now_s)

    assert repeated


def test_a_new_connection_sends_at_once_what_waits() -> None:
    backlog = Backlog()
    send_all(backlog, waiting(1, 2), 0.0)
    backlog.restart()

    assert backlog.next_run(waiting(1, 2), 0.1) == Run(1, 2)


@dataclass
class LossyHub:
    """A network that loses, doubles and reorders, and a hub with a ledger of ranges."""

    stored: list[int] = field(default_factory=list)
    on_its_way: list[Run] = field(default_factory=list)

    def take(self, run: Run, fate: str) -> None:
        copies = {"lose": 0, "deliver": 1, "double": 2, "delay": 1}[fate]
        place = 0 if fate == "delay" else len(self.on_its_way)
        self.on_its_way[place:place] = [run] * copies

    def work(self, count: int) -> None:
        for _ in range(min(count, len(self.on_its_way))):
            run = self.on_its_way.pop()
            self.stored += [
                number for number in range(run.first, run.last + 1) if number not in self.stored
            ]


fates = st.lists(st.sampled_from(["lose", "deliver", "double", "delay"]), max_size=30)


@given(
    fates=fates,
    urgent=st.frozensets(st.integers(1, 90), max_size=8),
    total=st.integers(1, 90),
    acks_lost=st.frozensets(st.integers(0, 30)),
)
def test_over_any_network_everything_arrives_once_in_the_ledger(
    fates: list[str], urgent: frozenset[int], total: int, acks_lost: frozenset[int]
) -> None:
    backlog, hub = Backlog(window=20, ahead=4), LossyHub()
    outbox = dict.fromkeys(range(1, total + 1), 0)
    remaining_fates = iter(fates)

    for step in range(400):
        if not outbox:
            break
        now_s = float(step)
        records = waiting(*outbox, urgent=tuple(urgent), size_bytes=9000)
        for run in send_all(backlog, records, now_s):
            hub.take(run, next(remaining_fates, "deliver"))
        hub.work(3)
        if step not in acks_lost:
            outbox = {number: 0 for number in outbox if number not in hub.stored}

    assert not outbox
    assert sorted(hub.stored) == list(range(1, total + 1))
