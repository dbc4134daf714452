"""The gateway's command line: `zhian edge run | camera | check`."""

from __future__ import annotations

import json
import signal
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from edge.adapters.broadcast import Tally
from edge.adapters.capture import CaptureError
from edge.adapters.logs import start_logs
from edge.adapters.outbox import OutboxError
from edge.app.brokers import AuthorityError
from edge.app.camera import Play, UnknownCameraError, run_camera
from edge.app.plan import check_size
from edge.config.errors import SecretError, SiteError
from edge.config.secrets import environment
from edge.config.site import Site, load_site
from edge.gateway import CheckpointError
from models.manifest import ManifestError
from models.store import NoModelError
from wire.errors import OversizedError

CannotStart = (SecretError, OutboxError, CheckpointError, NoModelError, ManifestError, OSError)

app = typer.Typer(
    name="edge",
    help="智安网关 the gateway of one compound",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # they may hold a password
)

SiteFile = Annotated[
    Path, typer.Option("--site", help="站点文件 the site's TOML file", show_default=False)
]


@app.command(help="检查站点文件 tell every mistake in a site file")
def check(file: Annotated[Path, typer.Argument(help="站点文件 the site's TOML file")]) -> None:
    """Tell every mistake in a site file at once; exit code 1 if there is one."""
    site = _load(file)
    Console().print(
        f"[green]正确[/] 网关 {site.site.gateway}：大门 {len(site.gates)}，"
        f"摄像机 {len(site.cameras)}，计数线 {len(site.lines)}，区域 {len(site.zones)}，"
        f"门禁点 {len(site.points)}\n"
        f"[green]good[/] gateway {site.site.gateway}: {len(site.gates)} gates, "
        f"{len(site.cameras)} cameras, {len(site.lines)} lines, {len(site.zones)} zones, "
        f"{len(site.points)} access points"
    )


@app.command(help="运行网关 run the gateway until it is told to stop")
def run(site_file: SiteFile) -> None:
    """Count, fuse and report; exit code 1 if something ends it that nobody asked for."""
    from edge.app.gateway import run_gateway  # noqa: PLC0415 - loads the detector's libraries

    start_logs()
    site = _load(site_file)
    try:
        crash = run_gateway(site, environment(), _stopping_on_signals())
    except CannotStart as error:
        typer.secho(f"网关无法启动 the gateway cannot start: {error}", fg="red", err=True)
        raise typer.Exit(1) from None
    if crash is not None:
        raise typer.Exit(1)


@app.command(help="播送一台摄像机的画面 send one camera's pictures to the gateway's broker")
def camera(
    site_file: SiteFile,
    camera_id: Annotated[str, typer.Option("--camera", help="摄像机标识 the camera's id")],
    source: Annotated[
        str | None,
        typer.Option(help="代替站点文件中的来源 instead of the site file's source"),
    ] = None,
    loop: Annotated[
        bool | None,
        typer.Option("--loop/--once", help="文件循环或只播一次 play a file over and over, or once"),
    ] = None,
    epoch_file: Annotated[
        Path | None,
        typer.Option(help="每次播放的起点写入此文件，用于评测 where each play's start is written"),
    ] = None,
) -> None:
    """Publish pictures until told to stop, or until a file that is played once has ended."""
    start_logs()
    site = _load(site_file)
    try:
        tally = run_camera(
            site,
            camera_id,
            environment(),
            _stopping_on_signals(),
            Play(source=source, loop=loop, epoch_file=epoch_file),
        )
    except (CaptureError, SecretError, UnknownCameraError, AuthorityError) as error:
        typer.secho(f"无法播送 cannot send pictures: {error}", fg="red", err=True)
        raise typer.Exit(1) from None
    typer.echo(_summary(tally))


def _load(file: Path) -> Site:
    try:
        site = load_site(file)
        check_size(site)
    except SiteError as error:
        _show_mistakes(file, error)
    except OversizedError as error:
        typer.secho(f"一个网关容纳不下 too much for one gateway: {error}", fg="red", err=True)
    else:
        return site
    raise typer.Exit(1)


def _show_mistakes(file: Path, error: SiteError) -> None:
    table = Table(title=f"{file}：{len(error.mistakes)} 处错误 mistakes", title_style="bold red")
    table.add_column("行 line", justify="right")
    for heading in ("位置 where", "写的是 found", "应为 expected"):
        table.add_column(heading, overflow="fold")
    for mistake in error.mistakes:
        expected = f"{mistake.expected.zh}\n{mistake.expected.en}"
        table.add_row(
            str(mistake.line), _plain(mistake.where), _plain(mistake.found), _plain(expected)
        )
    Console(stderr=True).print(table)


def _plain(text: str) -> str:
    """Keep rich from reading `[0]` as markup."""
    return text.replace("[", r"\[")


def _summary(tally: Tally) -> str:
    found = asdict(tally)
    return json.dumps(
        {
            "frames": found.pop("published"),
            **{
                name: value.isoformat() if hasattr(value, "isoformat") else value
                for name, value in found.items()
            },
        }
    )


def _stopping_on_signals() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


if __name__ == "__main__":
    app()
