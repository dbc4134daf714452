"""Staying connected: connection after connection to one broker, until told to stop."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Final

import structlog

from edge.adapters.mqtt import Broker, ConnectError, Connection, OnArrival, ignore

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0

log = structlog.get_logger()


class Link:
    """Keeps one client connected to one broker: what devices' messages come through.

    Owned by the thread that calls `run`; `publish` and `stop` may be called from any thread.
    """

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        *,
        subscriptions: Mapping[str, int] | None = None,
        on_arrival: OnArrival = ignore,
        max_unsent: int = 32,
    ) -> None:
        self.connects = 0
        self._broker = broker
        self._client_id = client_id
        self._subscriptions = subscriptions
        self._on_arrival = on_arrival
        self._max_unsent = max_unsent
        self._stopping = threading.Event()
        self._connection: Connection | None = None

    @property
    def is_connected(self) -> bool:
        """Whether the last connection made is still up."""
        connection = self._connection
        return connection is not None and not connection.lost.is_set()

    def run(self) -> None:
        """Stay connected until `stop`; raises what `on_arrival` raises."""
        keep_connected(self._make, self._serve, self._stopping)

    def stop(self) -> None:
        """Disconnect and let `run` return."""
        self._stopping.set()
        connection = self._connection
        if connection is not None:
            connection.lost.set()

    def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> bool:
        """Hand a message to the network, if connected and not congested; say whether it was."""
        connection = self._connection
        return connection is not None and connection.publish(topic, payload, qos=qos, retain=retain)

    def _make(self) -> Connection:
        return Connection(
            self._broker,
            self._client_id,
            subscriptions=self._subscriptions,
            on_arrival=self._on_arrival,
            max_unsent=self._max_unsent,
        )

    def _serve(self, connection: Connection) -> None:
        self.connects += 1
        self._connection = connection
        if not self._stopping.is_set():
            connection.wait()


def keep_connected(
    make: Callable[[], Connection],
    serve: Callable[[Connection], None],
    stopping: threading.Event,
) -> None:
    """Make connection after connection until `stopping`, with random, capped waits between.

    `serve` has the connection until it is lost or `stopping` is set. What it or an arrival raises
    is raised here.
    """
    waits = _waits_s()
    while not stopping.is_set():
        connection = make()
        try:
            connection.open()
        except ConnectError as error:
            wait_s = next(waits)
            log.warning(
                "broker_unreachable",
                host=error.host,
                port=error.port,
                why=error.why,
                wait_s=round(wait_s, 1),
            )
            stopping.wait(wait_s)
            continue
        waits = _waits_s()
        log.info("broker_connected")
        is_orderly = False
        try:
            serve(connection)
            connection.check()
            is_orderly = True
        finally:
            connection.close(is_orderly=is_orderly)
        if not stopping.is_set():
            log.warning("broker_lost")
            stopping.wait(next(waits))


def _waits_s() -> Iterator[float]:
    """Yield growing random waits, so that gateways do not come back all at once."""
    dice = secrets.SystemRandom()
    for attempt in count():
        longest_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(attempt, 16))
        yield dice.uniform(longest_s / 2, longest_s)
