"""`make bench`: accuracy of every installed detector on every clip, then one gate under load.

Prints tables and writes the figures as JSON to tests/bench/results.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.bench import accuracy, gate

RESULTS: Final = Path(__file__).parent / "results"
CLIP: Final = Path(__file__).resolve().parents[3] / "shared" / "data" / "clips" / "vtest.avi"


def main() -> None:
    """Run all benches."""
    RESULTS.mkdir(exist_ok=True)
    accuracy.main()
    figures = gate.measure(str(CLIP) if CLIP.exists() else None, None)
    (RESULTS / "gate.json").write_text(json.dumps(figures.as_dict(), indent=2))
    _show(figures)


def _show(figures: gate.GateFigures) -> None:
    table = Table(title="一个门口 one gate: 768 x 576 px, 7 frames/s")
    for heading in ("", "测得 measured", "目标 goal"):
        table.add_column(heading)
    table.add_row("网关 CPU, 单核占比 share of one core", f"{figures.cpu_share:.1%}", "< 30 %")
    table.add_row("网关内存 peak memory", f"{figures.peak_memory_mib:.0f} MiB", "< 300 MB")
    table.add_row(
        "越线到屏幕 event to screen, median", f"{figures.latency_median_s:.2f} s", "< 1 s"
    )
    table.add_row("越线到屏幕 event to screen, 90 %", f"{figures.latency_p90_s:.2f} s", "")
    table.add_row("告警数 alerts", str(figures.alerts), "")
    Console().print(table)


if __name__ == "__main__":
    main()
