"""The outbox: records, pictures and the gateway's checkpoint on one disk, in one transaction.

SQLite, WAL, synchronous=FULL: what `commit` returned from survives kill -9 and power loss, and
waits until the hub has acknowledged it. Nothing is refused or dropped for want of room; how much
waits is in the heartbeat, and a full disk is an error that ends the process.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from edge.reporting.backlog import Run, Waiting, is_urgent
from wire.codec import encode
from wire.messages import Ack, Evidence
from wire.records import AnyRecord

_APPLICATION_ID: Final = 0x5A484F42  # "ZHOB"
_VERSION: Final = 1
_LOCK_TIMEOUT_S: Final = 2.0
_TABLES: Final = (
    """CREATE TABLE outbox (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        epoch TEXT NOT NULL,
        last_number INTEGER NOT NULL DEFAULT 0,
        session INTEGER NOT NULL DEFAULT 0,
        checkpoint BLOB
    ) STRICT""",
    """CREATE TABLE records (
        number INTEGER PRIMARY KEY,
        urgent INTEGER NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX urgent_records ON records (number) WHERE urgent",
    """CREATE TABLE evidence (
        place INTEGER PRIMARY KEY,
        evidence_id TEXT NOT NULL UNIQUE,
        content BLOB NOT NULL
    ) STRICT""",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_VERSION}",
)

_encoder: Final = msgspec.json.Encoder(order="deterministic")
_decoder: Final[msgspec.json.Decoder[AnyRecord]] = msgspec.json.Decoder(AnyRecord)


class OutboxError(Exception):
    """The outbox cannot be used: locked by another process, damaged, of another kind, disk full.

    Attributes:
        path: The file.
        why: What was found.
    """

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: found {why}, expected an outbox of our own")
        self.path = path
        self.why = why


class Outbox:
    """Numbered records until the hub has them.

    May be used from any thread: one connection, one lock. One process at a time holds the file.
    """

    def __init__(self, path: Path, new_epoch: str) -> None:
        """Open the outbox, or create it.

        Args:
            path: The file; its directory exists.
            new_epoch: A random id, used if numbers have to start again.

        Raises:
            OutboxError: It is locked, damaged or not an outbox.
        """
        self._path = path
        self._new_epoch = new_epoch
        self._lock = threading.RLock()
        try:
            self._database = sqlite3.connect(
                path, timeout=_LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise OutboxError(path, str(error)) from error
        try:
            self._prepare()
        except BaseException:
            self._database.close()
            raise

    @property
    def epoch(self) -> str:
        """Within which the numbers count."""
        epoch: str = self._value("SELECT epoch FROM outbox")
        return epoch

    @property
    def last_number(self) -> int:
        """The highest number given, 0 if none."""
        number: int = self._value("SELECT last_number FROM outbox")
        return number

    @property
    def pending_count(self) -> int:
        """How many records wait for the hub's acknowledgement."""
        count: int = self._value("SELECT count(*) FROM records")
        return count

    @property
    def pending_evidence_count(self) -> int:
        """How many pictures wait for the hub's acknowledgement."""
        count: int = self._value("SELECT count(*) FROM evidence")
        return count

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._database.close()

    def commit(
        self,
        records: Sequence[AnyRecord],
        evidence: Sequence[Evidence] = (),
        checkpoint: bytes | None = None,
    ) -> None:
        """Store, all or nothing: records with the next numbers, pictures, the state behind them.

        A picture whose id is there already is not stored again; None keeps the last checkpoint.

        Raises:
            OutboxError: The disk is full or damaged.
            OversizedError: A picture is too large to be sent.
        """
        pictures = [(each.evidence_id, encode(each)) for each in evidence]
        contents = [(is_urgent(each), _encoder.encode(each)) for each in records]
        with self._transaction() as database:
            first = self.last_number + 1
            database.executemany(
                "INSERT INTO records (number, urgent, content) VALUES (?, ?, ?)",
                [(first + place, *content) for place, content in enumerate(contents)],
            )
            database.executemany(
                "INSERT OR IGNORE INTO evidence (evidence_id, content) VALUES (?, ?)", pictures
            )
            database.execute(
                "UPDATE outbox SET last_number = ?, checkpoint = coalesce(?, checkpoint)",
                (first + len(contents) - 1, checkpoint),
            )

    def checkpoint(self) -> bytes | None:
        """Return the state that was committed last, None on the first start."""
        state: bytes | None = self._value("SELECT checkpoint FROM outbox")
        return state

    def next_session(self) -> int:
        """Return a session number that was never used before."""
        with self._transaction() as database:
            database.execute("UPDATE outbox SET session = session + 1")
            session: int = self._value("SELECT session FROM outbox")
        return session

    def waiting(self, window: int, ahead: int) -> list[Waiting]:
        """Return what waits, by number: `window` numbers from the lowest, then urgent ones."""
        with self._transaction() as database:
            end = self._value("SELECT coalesce(min(number), 0) FROM records") + window
            columns = "SELECT number, urgent, length(content) FROM records"
            rows = database.execute(f"{columns} WHERE number < ? ORDER BY number", (end,))
            found = rows.fetchall()
            rows = database.execute(
                f"{columns} WHERE urgent AND number >= ? ORDER BY number LIMIT ?", (end, ahead)
            )
            found += rows.fetchall()
        return [Waiting(number, bool(urgent), size) for number, urgent, size in found]

    def read(self, run: Run) -> tuple[AnyRecord, ...]:
        """Return the records of `run`; fewer if some were acknowledged meanwhile."""
        with self._transaction() as database:
            rows = database.execute(
                "SELECT content FROM records WHERE number BETWEEN ? AND ? ORDER BY number",
                (run.first, run.last),
            ).fetchall()
        return tuple(_decoder.decode(content) for (content,) in rows)

    def waiting_evidence(self, limit: int) -> list[str]:
        """Return the ids of the pictures that wait, oldest first."""
        with self._transaction() as database:
            rows = database.execute(
                "SELECT evidence_id FROM evidence ORDER BY place LIMIT ?", (limit,)
            ).fetchall()
        return [evidence_id for (evidence_id,) in rows]

    def read_evidence(self, evidence_id: str) -> bytes | None:
        """Return a picture's payload as it goes on the wire; None if it waits no more."""
        with self._transaction() as database:
            row = database.execute(
                "SELECT content FROM evidence WHERE evidence_id = ?", (evidence_id,)
            ).fetchone()
        return None if row is None else row[0]

    def acknowledge(self, ack: Ack) -> None:
        """Forget what the hub has committed; an ack of another epoch changes nothing.

        An ack of numbers that were never given means that this disk was put back to an earlier
        state: what waits is numbered anew in `new_epoch`, or the hub would take it for repeats.
        """
        with self._transaction() as database:
            if ack.epoch != self.epoch:
                return
            ranges = [(0, ack.up_to), *ack.beyond]
            if max(last for _, last in ranges) > self.last_number:
                self._start_epoch(database)
                return
            database.executemany("DELETE FROM records WHERE number BETWEEN ? AND ?", ranges)
            database.executemany(
                "DELETE FROM evidence WHERE evidence_id = ?", [(each,) for each in ack.evidence]
            )

    def _start_epoch(self, database: sqlite3.Connection) -> None:
        rows = database.execute("SELECT urgent, content FROM records ORDER BY number").fetchall()
        database.execute("DELETE FROM records")
        database.executemany(
            "INSERT INTO records (number, urgent, content) VALUES (?, ?, ?)",
            [(number, *row) for number, row in enumerate(rows, start=1)],
        )
        database.execute(
            "UPDATE outbox SET epoch = ?, last_number = ?", (self._new_epoch, len(rows))
        )

    def _prepare(self) -> None:
        try:
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error as error:
            raise OutboxError(self._path, str(error)) from error
        with self._transaction() as database:
            version = self._value("PRAGMA user_version")
            if version == 0 and self._value("SELECT count(*) FROM sqlite_schema") == 0:
                for statement in _TABLES:
                    database.execute(statement)
                database.execute(
                    "INSERT INTO outbox (only, epoch) VALUES (1, ?)", (self._new_epoch,)
                )
            elif self._value("PRAGMA application_id") != _APPLICATION_ID or version != _VERSION:
                raise OutboxError(self._path, f"another kind of database (version {version})")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock and a transaction; a nested one is part of the outer."""
        with self._lock:
            if self._database.in_transaction:
                yield self._database
                return
            try:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
                self._database.execute("COMMIT")
            except sqlite3.Error as error:
                raise OutboxError(self._path, str(error)) from error
            finally:
                if self._database.in_transaction:  # something went wrong: nothing has changed
                    self._database.execute("ROLLBACK")

    def _value(self, query: str) -> Any:  # noqa: ANN401 - of any column
        with self._transaction() as database:
            return database.execute(query).fetchone()[0]
