"""`zhian demo`: the whole line on this machine."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from sim.clip import ClipError
from sim.demo import Demo, Options, default_folder
from sim.processes import ProgramError
from sim.trial import run_trial
from sim.verdict import Verdict

INTERRUPTED: Final = 130
"""A shell's code for a program that was interrupted: the timed run has not come to its verdict."""

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
_screen = Console(highlight=False)


@app.command()
def demo(
    seconds: Annotated[
        float | None,
        typer.Option(min=5, help="玩多久后对账并退出 play so long, print the table, exit"),
    ] = None,
    clip: Annotated[
        str | None,
        typer.Option(help="短片文件或 rtsp:// a clip of your own, or an rtsp:// address"),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="演示数据目录 where the demo keeps its data")
    ] = None,
) -> None:
    """演示:一个有已知真值的小区 a compound with a known truth, from camera to command platform."""
    signal.signal(signal.SIGTERM, _interrupt)
    options = Options(folder or default_folder(), _source(clip))
    try:
        with Demo(options, _say) as running:
            _greet(running, options)
            if seconds is None:
                _run_until_interrupted(running)
            else:
                verdict = run_trial(running, seconds, _say)
                _show(verdict)
                raise typer.Exit(1 if verdict.faults else 0)
    except (ProgramError, ClipError, FileNotFoundError) as error:
        _screen.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        _say("再见 goodbye")
        if seconds is not None:
            raise typer.Exit(INTERRUPTED) from None


def _source(clip: str | None) -> str | None:
    """Return an absolute path, or the address as it was given."""
    if clip is None or "://" in clip or clip.startswith("/dev/"):
        return clip
    path = Path(clip).resolve()
    if not path.is_file():
        raise typer.BadParameter(f"found no file {path}, expected a clip or rtsp://...")
    return str(path)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _greet(running: Demo, options: Options) -> None:
    _say("")
    _say(f"控制台 console   {running.address}")
    if running.login:
        user, password = running.login
        _say(f"登录 sign in     {user} / {password}")
    else:
        _say("登录 sign in     密码已改过 with the password you have set")
    _say(f"数据 data        {options.folder}")
    _say("")


def _run_until_interrupted(running: Demo) -> None:
    _say("按 Ctrl-C 结束 press Ctrl-C to end")
    told: set[str] = set()
    while True:
        running.programs.check()
        for alert in running.witness.alerts():
            if alert.alert_id not in told:
                told.add(alert.alert_id)
                at = f"{alert.occurred_at.astimezone():%H:%M:%S}"
                _say(f"{at} 告警 alert: {alert.rule} {alert.subject.id}")
        time.sleep(0.5)


def _show(verdict: Verdict) -> None:
    table = Table(title="真值与各环节 truth and every stage")
    table.add_column("")
    for heading in (
        "真值\ntruth",
        "边缘计数\nedge",
        "上报\nreported",
        "入库\nstored",
        "平台收到\nreceived",
    ):
        table.add_column(heading, justify="right")
    for row in verdict.rows:
        figures = (row.truth, row.edge, row.reported, row.stored, row.received)
        table.add_row(f"{row.zh} {row.en}", *("-" if f is None else str(f) for f in figures))
    _screen.print(table)
    for fault in verdict.faults:
        _screen.print(f"✗ {fault}", style="red", markup=False)
    if not verdict.faults:
        _screen.print("✓ 不丢不重 nothing lost, nothing twice", style="green")


def _say(line: str) -> None:
    _screen.print(line, markup=False)


if __name__ == "__main__":
    app()
