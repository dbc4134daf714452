"""The programs of the demo: started in order, watched, stopped in the opposite order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

STOP_TIMEOUT_S: Final = 15.0


class ProgramError(Exception):
    """A program of the demo did not start, or ended by itself."""


class Program:
    """One child process with its log file; it does not see the terminal's Ctrl-C."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._environment = environment
        self.process = self._spawn()

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL, no word of warning."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        """Start it again after it was killed, as systemd would."""
        self.process = self._spawn()

    def check(self) -> None:
        """Raise `ProgramError` if the program has ended."""
        code = self.process.poll()
        if code is not None:
            raise ProgramError(
                f"{self.name} ended with {code}; see {self.log}\n{self._last_words()}"
            )

    def stop(self) -> None:
        """End it: politely, then for certain."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as out:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])


class Programs:
    """All children, in the order of their start."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[Program] = []

    def start(
        self, name: str, command: Sequence[str], secrets: Mapping[str, str] | None = None
    ) -> Program:
        """Start a program; `secrets` go into its environment and nowhere else."""
        self._logs.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, **(secrets or {})}
        program = Program(name, command, environment, self._logs / f"{name}.log")
        self._running.append(program)
        return program

    def check(self) -> None:
        """Raise `ProgramError` if any program has ended."""
        for program in self._running:
            program.check()

    def stop(self, program: Program) -> None:
        """Stop one of them."""
        self._running.remove(program)
        program.stop()

    def stop_all(self) -> None:
        """Stop the last started first."""
        while self._running:
            self._running.pop().stop()


def python(*arguments: str) -> list[str]:
    """Return a command for this very Python."""
    return [sys.executable, *arguments]


def wait_for_port(program: Program, port: int, timeout_s: float = 60.0) -> None:
    """Return when something listens on a loopback port.

    Raises:
        ProgramError: The program ended first, or `timeout_s` went by.
    """
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        program.check()
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise ProgramError(
        f"{program.name} does not listen on {port} after {timeout_s:.0f} s; see {program.log}"
    )


def free_port(preferred: int) -> int:
    """Return `preferred` if it is free on loopback, else any free port."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ProgramError("found no free port on 127.0.0.1")
