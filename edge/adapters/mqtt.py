"""MQTT: one connection.

A `Connection` lives from CONNECT to its loss and is never used again, so nothing of an old session
lingers in memory: what must not be lost stands in the outbox, or is not acknowledged yet and comes
again from the broker. `edge.adapters.link` makes the next one. MQTT 3.1.1, persistent session,
every acknowledgement by hand.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, cast

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from wire.codec import MAX_EVIDENCE_BYTES

KEEPALIVE_S: Final = 30
CONNECT_TIMEOUT_S: Final = 10.0
CLOSE_TIMEOUT_S: Final = 3.0
_LOOK_S: Final = 5.0  # how often to see whether paho's thread still lives


class ConnectError(Exception):
    """A broker could not be reached, or would not have us.

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
class Will:
    """What the broker publishes, retained and with QoS 1, when the connection breaks."""

    topic: str
    payload: bytes


@dataclass(frozen=True)
class Arrival:
    """One message that came.

    The broker keeps it until `acknowledge` is called, from any thread; a call after the connection
    was lost does nothing, and the message comes again.
    """

    topic: str
    payload: bytes = field(repr=False)
    retained: bool
    acknowledge: Callable[[], object] = field(repr=False)


OnArrival = Callable[[Arrival], None]


def ignore(arrival: Arrival) -> None:
    """Drop a message that came without being asked for."""
    arrival.acknowledge()


class Connection:
    """One connection, from CONNECT to its loss.

    `on_arrival` is called in paho's network thread and must not block; what it raises ends the
    connection and is raised again by `check`. `publish` may be called from any thread.
    """

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        *,
        subscriptions: Mapping[str, int] | None = None,
        on_arrival: OnArrival = ignore,
        will: Will | None = None,
        max_unsent: int = 32,
        max_payload_bytes: int = MAX_EVIDENCE_BYTES,
    ) -> None:
        """Prepare a connection; nothing is sent before `open`.

        Args:
            broker: The broker to connect to.
            client_id: Fixed, so that the broker recognises the session.
            subscriptions: QoS by topic filter.
            on_arrival: Takes each message.
            will: The last will, if any.
            max_unsent: So many messages may wait for the socket or, with QoS 1, for the broker's
                acknowledgement; more are not taken.
            max_payload_bytes: A larger message is acknowledged and dropped; see `oversized`.
        """
        self.oversized = 0
        self.lost = threading.Event()
        self._broker = broker
        self._subscriptions = list((subscriptions or {}).items())
        self._on_arrival = on_arrival
        self._max_payload_bytes = max_payload_bytes
        self._max_unsent = max_unsent
        self._unsent: deque[MQTTMessageInfo] = deque()
        self._publishing = threading.Lock()
        self._answered = threading.Event()
        self._disconnected = threading.Event()
        self._network: threading.Thread | None = None
        self._refusal: str | None = None
        self._crash: Exception | None = None
        self._client = self._make_client(client_id, will)

    def open(self) -> None:
        """Connect and subscribe.

        Raises:
            ConnectError: The broker cannot be reached, or refuses us or a subscription.
        """
        try:
            self._client.connect(self._broker.host, self._broker.port, KEEPALIVE_S)
        except OSError as error:
            raise self._connect_error(str(error) or type(error).__name__) from error
        self._client.loop_start()
        if not self._answered.wait(CONNECT_TIMEOUT_S):
            self._refusal = f"no answer for {CONNECT_TIMEOUT_S:g} s"
        if self._refusal is not None:
            self.close()
            raise self._connect_error(self._refusal)

    def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> bool:
        """Hand a message to the network and say whether it was taken.

        It is not when the connection is lost or `max_unsent` messages wait already.
        """
        with self._publishing:
            self._forget_sent()
            if self.lost.is_set() or len(self._unsent) >= self._max_unsent:
                return False
            sent = self._client.publish(topic, payload, qos, retain)
            if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return False
            self._unsent.append(sent)
            return True

    @property
    def is_idle(self) -> bool:
        """Whether all that was published has gone out, and was acknowledged where that is due."""
        with self._publishing:
            self._forget_sent()
            return not self._unsent

    def flush(self, timeout_s: float) -> None:
        """Wait until the last published message has gone out, if it does within `timeout_s`."""
        with self._publishing:
            last = self._unsent[-1] if self._unsent else None
        if last is not None:
            with suppress(ValueError, RuntimeError):  # the connection was lost meanwhile
                last.wait_for_publish(timeout_s)

    def close(self, *, is_orderly: bool = True) -> None:
        """End the connection and paho's thread; the broker forgets the will if it is orderly."""
        self.lost.set()
        if is_orderly:
            self._client.disconnect()
        else:
            self._cut()
        if not self._disconnected.wait(CLOSE_TIMEOUT_S):
            self._cut()
        self._client.loop_stop()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the loss of the connection, and say whether it is lost."""
        slice_s = _LOOK_S if timeout_s is None else min(timeout_s, _LOOK_S)
        while not self.lost.wait(slice_s):
            if self._network is not None and not self._network.is_alive():
                self.lost.set()  # a packet that paho could not read ended its thread
            elif timeout_s is not None:
                break
        return self.lost.is_set()

    def check(self) -> None:
        """Raise what `on_arrival` raised, if anything."""
        if self._crash is not None:
            raise self._crash

    def _make_client(self, client_id: str, will: Will | None) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=False,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.on_socket_open = _send_at_once
        client.max_inflight_messages_set(self._max_unsent)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        if self._broker.username is not None:
            client.username_pw_set(self._broker.username, self._broker.password)
        if self._broker.ca_file is not None:
            client.tls_set_context(ssl.create_default_context(cafile=str(self._broker.ca_file)))
        if will is not None:
            client.will_set(will.topic, will.payload, qos=1, retain=True)
        return client

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._network = threading.current_thread()
        if reason.is_failure:
            self._refuse(str(reason))
        elif self._subscriptions:
            client.subscribe(self._subscriptions)
        else:
            self._answered.set()

    def _on_subscribe(
        self,
        _client: Client,
        _userdata: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        refused = [
            topic
            for (topic, _), reason in zip(self._subscriptions, reasons, strict=False)
            if reason.is_failure
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
        self._disconnected.set()
        self.lost.set()

    def _on_message(self, client: Client, _userdata: object, message: MQTTMessage) -> None:
        acknowledge = partial(client.ack, message.mid, message.qos)
        if self._crash is not None:
            return
        if len(message.payload) > self._max_payload_bytes:
            self.oversized += 1
            acknowledge()
            return
        try:
            arrival = Arrival(message.topic, bytes(message.payload), message.retain, acknowledge)
            self._on_arrival(arrival)
        except Exception as error:  # noqa: BLE001 - raised again in the owner's thread by check()
            self._crash = error
            self.lost.set()

    def _forget_sent(self) -> None:
        while self._unsent and _is_done(self._unsent[0]):
            self._unsent.popleft()

    def _refuse(self, why: str) -> None:
        self._refusal = self._refusal or why
        self._answered.set()

    def _connect_error(self, why: str) -> ConnectError:
        return ConnectError(self._broker.host, self._broker.port, why)

    def _cut(self) -> None:
        open_socket = cast("socket.socket | None", self._client.socket())
        if open_socket is not None:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)


def _send_at_once(_client: Client, _userdata: object, opened: object) -> None:
    """Turn Nagle's algorithm off: small messages would wait for the peer's delayed TCP ACK."""
    cast("socket.socket", opened).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _is_done(sent: MQTTMessageInfo) -> bool:
    try:
        return sent.is_published()
    except (ValueError, RuntimeError):  # paho's way to say that it never will be
        return True
