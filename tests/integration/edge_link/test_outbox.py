from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.adapters.outbox import Outbox, OutboxError
from edge.reporting.backlog import Run, Waiting
from wire.codec import decode_evidence
from wire.errors import OversizedError
from wire.messages import MAX_PICTURE_BYTES, Ack, Evidence
from wire.records import AlertCleared, AnyRecord, CameraCondition, CameraState

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def state(second: int) -> AnyRecord:
    at = NOON + timedelta(seconds=second)
    return CameraState(camera="north", state=CameraCondition.ONLINE, occurred_at=at)


def alert(second: int) -> AnyRecord:
    return AlertCleared(alert_id="alert", occurred_at=NOON + timedelta(seconds=second))


def picture(evidence_id: str, size_bytes: int = 10) -> Evidence:
    return Evidence(
        gateway="gate-1",
        evidence_id=evidence_id,
        alert_id="alert",
        camera="north",
        captured_at=NOON,
        picture=bytes(size_bytes),
    )


def ack(up_to: int, *beyond: tuple[int, int], epoch: str = "first", evidence: str = "") -> Ack:
    return Ack(
        gateway="gate-1",
        epoch=epoch,
        up_to=up_to,
        beyond=beyond,
        evidence=tuple(evidence.split()),
    )


def numbers(outbox: Outbox) -> list[int]:
    return [each.number for each in outbox.waiting(1000, 32)]


Reopen = Callable[[], Outbox]


@pytest.fixture
def reopen(tmp_path: Path) -> Iterator[Reopen]:
    """Opens the outbox, each time as a new process would."""
    opened: list[Outbox] = []

    def open_again() -> Outbox:
        for before in opened:
            before.close()
        epochs = ["first", "second", "third"]
        opened.append(Outbox(tmp_path / "outbox.db", epochs[len(opened)]))
        return opened[-1]

    yield open_again
    for outbox in opened:
        outbox.close()


def test_numbers_begin_at_one_and_follow_each_other(reopen: Reopen) -> None:
    outbox = reopen()

    outbox.commit([state(1), state(2)])
    outbox.commit([])
    outbox.commit([state(3)])

    assert numbers(outbox) == [1, 2, 3]
    assert outbox.read(Run(2, 3)) == (state(2), state(3))


def test_everything_survives_a_restart(reopen: Reopen) -> None:
    reopen().commit([state(1)], [picture("p-1")], b"checkpoint")
    reopen().commit([state(2)])

    outbox = reopen()

    assert outbox.epoch == "first"
    assert numbers(outbox) == [1, 2]
    assert outbox.checkpoint() == b"checkpoint"
    assert outbox.waiting_evidence(8) == ["p-1"]


def test_numbers_go_on_after_all_was_acknowledged(reopen: Reopen) -> None:
    outbox = reopen()
    outbox.commit([state(1), state(2)])
    outbox.acknowledge(ack(2))

    outbox = reopen()
    outbox.commit([state(3)])

    assert numbers(outbox) == [3]
    assert outbox.last_number == 3


def test_an_ack_removes_what_it_names_and_leaves_the_gap(reopen: Reopen) -> None:
    outbox = reopen()
    outbox.commit([state(n) for n in range(1, 9)], [picture("p-1"), picture("p-2")])

    outbox.acknowledge(ack(2, (4, 5), (8, 8), evidence="p-1"))

    assert numbers(outbox) == [3, 6, 7]
    assert outbox.waiting_evidence(8) == ["p-2"]
    assert outbox.read_evidence("p-1") is None


def test_an_ack_of_another_epoch_changes_nothing(reopen: Reopen) -> None:
    outbox = reopen()
    outbox.commit([state(1)])

    outbox.acknowledge(ack(1, epoch="older"))

    assert numbers(outbox) == [1]


def test_a_disk_put_back_to_an_earlier_state_starts_a_new_epoch(reopen: Reopen) -> None:
    reopen().commit([state(1), state(2)])
    outbox = reopen()

    outbox.acknowledge(ack(7))

    assert outbox.epoch == "second"
    assert numbers(outbox) == [1, 2]
    assert outbox.last_number == 2


def test_sessions_are_never_repeated(reopen: Reopen) -> None:
    outbox = reopen()
    first = [outbox.next_session(), outbox.next_session()]

    assert [*first, reopen().next_session()] == [1, 2, 3]


def test_urgent_records_are_seen_beyond_the_window(reopen: Reopen) -> None:
    outbox = reopen()
    outbox.commit([state(1), state(2), state(3), alert(4), state(5), alert(6), alert(7)])

    found = outbox.waiting(window=2, ahead=2)

    assert [each.number for each in found] == [1, 2, 4, 6]
    assert [each.is_urgent for each in found] == [False, False, True, True]
    assert isinstance(found[0], Waiting)
    assert found[0].size_bytes > 50


def test_a_picture_is_kept_once_and_as_it_goes_on_the_wire(reopen: Reopen) -> None:
    outbox = reopen()
    outbox.commit([], [picture("p-1", 5)])
    outbox.commit([], [picture("p-1", 9)])

    payload = outbox.read_evidence("p-1")

    assert payload is not None
    assert decode_evidence(payload) == picture("p-1", 5)


def test_a_commit_that_fails_changes_nothing(reopen: Reopen) -> None:
    outbox = reopen()
    outbox.commit([state(1)], (), b"before")

    with pytest.raises(OversizedError):
        outbox.commit([state(2)], [picture("p-1", MAX_PICTURE_BYTES + 5000)], b"after")

    assert numbers(outbox) == [1]
    assert outbox.checkpoint() == b"before"


def test_a_full_disk_is_an_error_and_changes_nothing(reopen: Reopen) -> None:
    outbox = reopen()
    outbox.commit([state(1)])
    outbox._database.execute("PRAGMA max_page_count = 1")

    with pytest.raises(OutboxError, match="full"):
        outbox.commit([], [picture("p-1", 1_000_000)], b"after")

    assert numbers(outbox) == [1]
    assert outbox.checkpoint() is None


def test_two_processes_cannot_hold_one_outbox(reopen: Reopen, tmp_path: Path) -> None:
    reopen()

    with pytest.raises(OutboxError, match="locked"):
        Outbox(tmp_path / "outbox.db", "other")


def test_a_file_that_is_no_outbox_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database at all, but long enough for a header" * 20)
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE strangers (id)")
    other.close()

    with pytest.raises(OutboxError, match="not a database"):
        Outbox(tmp_path / "text", "first")
    with pytest.raises(OutboxError, match="another kind"):
        Outbox(tmp_path / "other.db", "first")


COMMITTER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from edge.adapters.outbox import Outbox
from wire.records import CameraCondition, CameraState
outbox = Outbox(Path(sys.argv[1]), "first")
at = datetime(2026, 3, 1, tzinfo=UTC)
record = CameraState(camera="north", state=CameraCondition.ONLINE, occurred_at=at)
while True:
    outbox.commit([record, record], (), str(outbox.last_number + 2).encode())
    sys.stdout.write(f"{outbox.last_number}\\n")
    sys.stdout.flush()
"""


def test_what_was_committed_survives_kill_9_with_its_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    process = subprocess.Popen([sys.executable, "-c", COMMITTER, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(30)]
    os.kill(process.pid, signal.SIGKILL)
    told += [int(line) for line in process.stdout.read().splitlines()]
    process.stdout.close()
    process.wait()

    outbox = Outbox(path, "second")
    found, checkpoint = numbers(outbox), outbox.checkpoint()
    outbox.close()

    assert found == list(range(1, len(found) + 1))
    assert len(found) >= told[-1]
    assert checkpoint == str(found[-1]).encode()
