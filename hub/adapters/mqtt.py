"""MQTT 3.1.1 on the hub's side: a connection that is used from CONNECT to its loss, then made anew.

The session is persistent and every message is acknowledged by hand, so the broker keeps what was
not acknowledged and sends it again. What is left of an old connection goes with it: an
acknowledgement that comes too late can never hit a message of the next one.
"""

from __future__ import annotations

import queue
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

KEEPALIVE_S: Final = 30
CONNECT_TIMEOUT_S: Final = 10.0
MAX_WAITING: Final = 256
_LOOK_S: Final = 0.5


class ConnectError(Exception):
    """A broker that cannot be reached, or would not have us.

    Attributes:
        host: The broker's name or address.
        port: Its port.
        why: What was found, without any secret.
    """

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"broker {host}:{port}: found {why}, expected an open MQTT session")
        self.host = host
        self.port = port
        self.why = why


@dataclass(frozen=True)
class Broker:
    """Where a broker is and who we are there; TLS when `ca_file` is given."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None


@dataclass(frozen=True)
class Arrival:
    """A message that came; the broker keeps it until it is acknowledged."""

    topic: str
    payload: bytes = field(repr=False)
    retained: bool
    mid: int
    qos: int


class Connection:
    """One connection, from CONNECT to its loss.

    Messages wait in a queue of `MAX_WAITING`; when it is full the network is not read any further,
    and the rest waits at the broker. The owner's thread takes, acknowledges and publishes.
    """

    def __init__(self, broker: Broker, client_id: str, subscriptions: Sequence[str]) -> None:
        self.lost = threading.Event()
        self._broker = broker
        self._subscriptions = [(topic, 1) for topic in subscriptions]
        self._arrivals: queue.Queue[Arrival] = queue.Queue(MAX_WAITING)
        self._answered = threading.Event()
        self._refusal: str | None = None
        self._client = self._make_client(client_id)

    def open(self) -> None:
        """Connect and subscribe.

        Raises:
            ConnectError: The broker cannot be reached, or refuses us or a subscription.
        """
        try:
            self._client.connect(self._broker.host, self._broker.port, KEEPALIVE_S)
        except OSError as error:
            raise self._error(str(error) or type(error).__name__) from error
        self._client.loop_start()
        if not self._answered.wait(CONNECT_TIMEOUT_S):
            self._refusal = f"no answer for {CONNECT_TIMEOUT_S:g} s"
        if self._refusal is not None:
            self.close()
            raise self._error(self._refusal)

    def take(self, limit: int, timeout_s: float) -> list[Arrival]:
        """Return what has come, at most `limit`; wait for the first one at most `timeout_s`."""
        taken: list[Arrival] = []
        try:
            taken.append(self._arrivals.get(timeout=timeout_s))
            while len(taken) < limit:
                taken.append(self._arrivals.get_nowait())
        except queue.Empty:
            pass
        return taken

    def acknowledge(self, arrival: Arrival) -> None:
        """Let the broker forget a message; without effect once the connection is lost."""
        if not self.lost.is_set():
            self._client.ack(arrival.mid, arrival.qos)

    def publish(self, topic: str, payload: bytes) -> None:
        """Hand a message to the network with QoS 1; without effect once the connection is lost."""
        if not self.lost.is_set():
            self._client.publish(topic, payload, qos=1)

    def close(self) -> None:
        """End the connection in good order, as far as it still stands."""
        self._client.disconnect()
        self.lost.set()  # frees the network's thread if it waits for room in the queue
        self._client.loop_stop()

    def _make_client(self, client_id: str) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=False,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        if self._broker.username is not None:
            client.username_pw_set(self._broker.username, self._broker.password)
        if self._broker.ca_file is not None:
            client.tls_set_context(ssl.create_default_context(cafile=str(self._broker.ca_file)))
        return client

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._refuse(str(reason))
        elif client.subscribe(self._subscriptions)[0] != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._refuse("the connection broke")

    def _on_subscribe(
        self,
        _client: Client,
        _userdata: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        topics = [topic for topic, _ in self._subscriptions]
        refused = [
            topic for topic, reason in zip(topics, reasons, strict=False) if reason.is_failure
        ]
        if refused:
            self._refuse(f"no permission to subscribe {', '.join(refused)}")
        self._answered.set()

    def _on_disconnect(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if not self._answered.is_set():
            self._refuse(str(reason))
        self.lost.set()

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        arrival = Arrival(
            message.topic, bytes(message.payload), message.retain, message.mid, message.qos
        )
        is_waiting = True
        while is_waiting and not self.lost.is_set():
            try:
                self._arrivals.put(arrival, timeout=_LOOK_S)
                is_waiting = False
            except queue.Full:
                continue

    def _refuse(self, why: str) -> None:
        self._refusal = self._refusal or why
        self._answered.set()

    def _error(self, why: str) -> ConnectError:
        return ConnectError(self._broker.host, self._broker.port, why)
