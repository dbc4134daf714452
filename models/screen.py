"""What the `zhian models` commands show: Chinese first, then English."""

from pathlib import Path
from typing import Final, NoReturn

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
)
from rich.table import Table

from models.detections import CLASS_NAMES, ClassName
from models.evaluate import Evaluation
from models.install import SourceFailure
from models.manifest import Manifest, Network
from models.store import InstalledModel

_CLASS_TITLES: Final[dict[ClassName, str]] = {
    "person": "人 person",
    "vehicle": "机动车 vehicle",
    "non-motor": "非机动车 non-motor",
}
_CAPTION: Final = "ms：单线程每帧毫秒 milliseconds a picture on one thread"
_screen = Console()
_errors = Console(stderr=True)


class DownloadBars(Progress):
    """Shows each file that is fetched as a bar of its own."""

    def __init__(self) -> None:
        super().__init__(
            TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=_errors
        )
        self._task_by_file: dict[str, TaskID] = {}

    def show(self, file: str, done: int, expected: int) -> None:
        """Move a file's bar."""
        if file not in self._task_by_file:
            self._task_by_file[file] = self.add_task(file, total=expected)
        self.update(self._task_by_file[file], completed=done)


def picture_bars() -> Progress:
    """Return bars that count pictures."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=_errors)


def show_networks(manifest: Manifest, models_dir: Path, usable: set[str]) -> None:
    """Show all networks, and which of them are here and may be loaded."""
    table = Table(title=f"检测模型 Networks — {models_dir}", caption=_CAPTION, show_lines=True)
    for heading in ("模型 network", "状态 state", "精度 person AP50", "ms", "许可 licence"):
        table.add_column(heading)
    for network in manifest.networks:
        table.add_row(
            f"[bold]{network.name}[/]\n{network.title_zh}\n{network.title}",
            _state(network, models_dir, usable),
            _accuracy(network),
            "-" if network.inference_ms is None else f"{network.inference_ms:.1f}",
            network.licence,
        )
    _screen.print(table)


def show_results(results: list[Evaluation]) -> None:
    """Show what was measured."""
    table = Table(title="评测 Evaluation: AP50", caption=_CAPTION, show_lines=True)
    for heading in ("模型 network", "数据 data", "图片 pictures", *_CLASS_TITLES.values(), "ms"):
        table.add_column(heading, overflow="fold")
    for result in results:
        precisions = (
            f"{result.ap50[name]:.3f}" if name in result.ap50 else "-" for name in CLASS_NAMES
        )
        pictures, milliseconds = str(result.pictures), f"{result.median_ms:.1f}"
        table.add_row(result.network, result.data, pictures, *precisions, milliseconds)
    _screen.print(table)


def show_installed(model: InstalledModel, *, chosen_as_best: bool) -> None:
    """Say which network was installed, why that one, and what accuracy that means."""
    lines = [f"[green]✓[/] 已安装 installed: {model.name}"]
    if chosen_as_best:
        rank = model.network.rank
        lines.append(f"  原因 why: 可得者中最优（第 {rank} 位）the best to be had (rank {rank})")
    accuracy = _accuracy(model.network).replace("\n", ", ")
    lines.append(f"  精度 accuracy (person AP50): {accuracy}")
    lines.append(f"  文件 file: {model.path}")
    for line in lines:
        _screen.print(line, soft_wrap=True, highlight=False)


def show_failure(failure: SourceFailure) -> None:
    """Say in one line why a source gave nothing."""
    _errors.print(f"[yellow]×[/] {failure}", soft_wrap=True, highlight=False)


def fail(message: str) -> NoReturn:
    """Say why the command ends without success."""
    _errors.print(f"[red]✗[/] {message}", soft_wrap=True, highlight=False)
    raise typer.Exit(1)


def _state(network: Network, models_dir: Path, usable: set[str]) -> str:
    if network.name in usable:
        return "[green]已安装 installed"
    if (models_dir / network.file_name).is_file():
        return "[red]哈希不符，拒用 wrong hash, refused"
    return "未安装 not installed"


def _accuracy(network: Network) -> str:
    people = [item for item in network.accuracy if item.class_name == "person"]
    return "\n".join(f"{item.ap50:.3f} {item.data}" for item in people) or "未测 not measured"
