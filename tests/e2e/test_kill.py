"""Programs are killed at random moments while a clip plays: nothing is lost, nothing doubled."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from sim.demo import Demo, Options
from sim.processes import wait_for_port
from sim.trial import RAISED, Span, settle
from wire.records import AlertRaised

pytestmark = pytest.mark.e2e

PLAY_S = 60.0
KILLS = 6


def test_killed_programs_lose_nothing_and_double_nothing(
    shared_data: Path, models_dir: Path, tmp_path: Path
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # shown when the test fails
    options = Options(tmp_path, str(shared_data / "clips" / "vtest.avi"), models_dir)

    with Demo(options, print) as demo:
        began = demo.wait_for_clip()
        kill_at_random(demo, random.Random(seed))
        verdict = settle(demo, Span(began, demo.stop_devices()), edge_counts=False)
        heard = demo.witness.records().values()
        received = demo.platform.alerts(RAISED)

    raised = [record.alert_id for record in heard if isinstance(record, AlertRaised)]
    assert verdict.faults == ()
    assert raised, "the clip has tailgaters"
    assert Counter(received) == Counter(set(raised))
    assert len(raised) == len(set(raised))


def kill_at_random(demo: Demo, dice: random.Random) -> None:
    """Kill and restart the gateway, the hub and the broker, each at least once, in any order."""
    ports = {
        demo.gateway: demo.ports.gateway,
        demo.hub: demo.ports.web,
        demo.broker: demo.ports.mqtt,
    }
    victims = [*ports, *dice.choices(list(ports), k=KILLS - len(ports))]
    dice.shuffle(victims)
    for victim in victims:
        time.sleep(dice.uniform(0.5, 1.5) * PLAY_S / (KILLS + 1))
        victim.kill()
        print(f"killed {victim.name}")
        time.sleep(dice.uniform(0.0, 2.0))
        victim.restart()
    time.sleep(PLAY_S / (KILLS + 1))
    for program, port in ports.items():
        wait_for_port(program, port)
