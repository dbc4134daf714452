"""The link to the hub: birth, reports, pictures, acks; nothing is forgotten before the ack."""

from __future__ import annotations

import secrets
import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

import structlog

from edge.adapters.clock import Clock
from edge.adapters.link import keep_connected
from edge.adapters.mqtt import Arrival, Broker, Connection, Will
from edge.adapters.outbox import Outbox
from edge.reporting.backlog import Backlog, Unanswered
from wire.codec import decode, decode_command, encode
from wire.errors import WireError
from wire.messages import Ack, Birth, Death, Envelope, Report
from wire.topics import Channel, GatewayTopic

GOODBYE_TIMEOUT_S: Final = 2.0
PICTURES_AHEAD: Final = 32
_LOOK_S: Final = 0.5
_BUSY_LOOK_S: Final = 0.05

log = structlog.get_logger()


class HubLink:
    """Sends what the outbox holds until the hub has acknowledged it.

    `run` is for a thread of its own; `wake` and `stop` may be called from any thread, the figures
    read from any.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        compound: str,
        gateway: str,
        outbox: Outbox,
        birth: Callable[[int], Birth],
        clock: Clock,
    ) -> None:
        """Prepare the link; `birth` makes the first message of the session of that number."""
        self.refused = Counter[str]()
        """What came from the hub's broker and was not taken, by kind."""
        self.sent = Counter[str]()
        """What was handed to the network, repeats included, by channel."""
        self._broker = broker
        self._compound = compound
        self._gateway = gateway
        self._outbox = outbox
        self._birth = birth
        self._clock = clock
        self._backlog = Backlog()
        self._pictures: Unanswered[str] = Unanswered()
        self._acks: deque[Ack] = deque()
        self._session = 0
        self._connection: Connection | None = None
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._dice = secrets.SystemRandom()

    @property
    def is_connected(self) -> bool:
        """Whether the hub's broker is there now."""
        connection = self._connection
        return connection is not None and not connection.lost.is_set()

    def run(self) -> None:
        """Stay connected and send until `stop`.

        Raises:
            OutboxError: The outbox cannot be used.
        """
        keep_connected(self._make, self._serve, self._stopping)

    def stop(self) -> None:
        """Say goodbye and let `run` return."""
        self._stopping.set()
        self._woken.set()

    def wake(self) -> None:
        """Look at the outbox now: something was committed."""
        self._woken.set()

    def _make(self) -> Connection:
        self._session = self._outbox.next_session()
        return Connection(
            self._broker,
            f"zhian-{self._compound}-{self._gateway}",
            subscriptions={self._topic(Channel.ACK): 1, self._topic(Channel.COMMAND): 1},
            on_arrival=self._take,
            will=Will(self._topic(Channel.DEATH), encode(self._death())),
        )

    def _serve(self, connection: Connection) -> None:
        self._connection = connection
        self._backlog.restart()
        self._pictures.restart()
        epoch = self._outbox.epoch
        self._publish(connection, Channel.BIRTH, encode(self._birth(self._session)), retain=True)
        while not (self._stopping.is_set() or connection.lost.is_set()):
            self._woken.clear()
            self._take_acks()
            if self._outbox.epoch != epoch:
                log.error("outbox_was_put_back", epoch=self._outbox.epoch)
                return  # and be born again
            self._send_reports(connection)
            is_busy = self._send_picture(connection)
            self._woken.wait(_BUSY_LOOK_S if is_busy else _LOOK_S)
            connection.wait(0)
        if not connection.lost.is_set():
            self._publish(connection, Channel.DEATH, encode(self._death()), retain=True)
            connection.flush(GOODBYE_TIMEOUT_S)

    def _send_reports(self, connection: Connection) -> None:
        waiting = self._outbox.waiting(self._backlog.window, self._backlog.ahead)
        now_s = self._clock.monotonic_s()
        while (run := self._backlog.next_run(waiting, now_s)) is not None:
            report = Report(
                gateway=self._gateway,
                epoch=self._outbox.epoch,
                first=run.first,
                sent_at=self._clock.now(),
                records=self._outbox.read(run),
            )
            if not self._publish(connection, Channel.REPORT, encode(report)):
                break
            self._backlog.sent(run, now_s, self._dice.random())

    def _send_picture(self, connection: Connection) -> bool:
        """Send one picture if nothing else is on its way; say whether any is due."""
        now_s = self._clock.monotonic_s()
        due = self._pictures.due(self._outbox.waiting_evidence(PICTURES_AHEAD), now_s)
        if due and connection.is_idle:
            payload = self._outbox.read_evidence(due[0])
            if payload is not None and self._publish(connection, Channel.EVIDENCE, payload):
                self._pictures.sent(due[:1], now_s, self._dice.random())
        return bool(due)

    def _take_acks(self) -> None:
        while self._acks:
            ack = self._acks.popleft()
            self._outbox.acknowledge(ack)
            if ack.evidence:
                self._pictures.progressed(self._clock.monotonic_s())

    def _take(self, arrival: Arrival) -> None:
        """Take what the hub says; in paho's thread, so only decoded and queued."""
        arrival.acknowledge()
        try:
            if arrival.topic == self._topic(Channel.ACK):
                self._acks.append(decode(Ack, arrival.payload))
                self._woken.set()
            else:
                command = decode_command(arrival.payload)
                self._refuse(type(command).__name__, "not supported by this version")
        except WireError as error:
            self._refuse("unreadable", str(error))

    def _refuse(self, kind: str, why: str) -> None:
        self.refused[kind] += 1
        log.warning("message_refused", kind=kind, why=why)

    def _publish(
        self, connection: Connection, channel: Channel, payload: bytes, *, retain: bool = False
    ) -> bool:
        is_taken = connection.publish(self._topic(channel), payload, qos=1, retain=retain)
        self.sent[channel] += is_taken
        return is_taken

    def _death(self) -> Envelope:
        return Death(gateway=self._gateway, session=self._session)

    def _topic(self, channel: Channel) -> str:
        return str(GatewayTopic(self._compound, self._gateway, channel))
