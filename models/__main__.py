"""`zhian models list | install | evaluate`: the networks, on the command line."""

from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.progress import Progress, TaskID

from models import screen
from models.config import default_directory
from models.detections import CLASS_NAMES, ClassName
from models.evaluate import (
    DataSet,
    Evaluation,
    NoPicturesError,
    annotated_clip,
    evaluate,
    labelled_images,
)
from models.install import InstallError, install
from models.manifest import ManifestError, load_manifest
from models.site import SiteModelError, add_site_model
from models.store import InstalledModel, NoModelError, installed, named
from models.truth import TruthError

app = typer.Typer(
    help="检测模型：查看、安装、评测 Detection networks: list, install, evaluate",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)

ModelsDir = Annotated[
    Path,
    typer.Option(
        envvar="ZHIAN_MODELS_DIR",
        help="模型目录 the models directory",
        file_okay=False,
        default_factory=default_directory,
        show_default="~/.local/share/zhian/models",
    ),
]


@app.command("list")
def list_networks(models_dir: ModelsDir) -> None:
    """列出已知和已安装的模型 Show the networks that are known, and which are installed."""
    try:
        usable = {model.name for model in installed(models_dir)}
        screen.show_networks(load_manifest(models_dir), models_dir, usable)
    except (ManifestError, OSError) as error:
        screen.fail(f"无法列出 cannot list: {error}")


@app.command("install")
def install_network(
    *,
    models_dir: ModelsDir,
    name: Annotated[
        str | None, typer.Argument(help="模型名；不给则取最优可得者 without it: the best to be had")
    ] = None,
    from_path: Annotated[
        Path | None, typer.Option("--from", help="取自文件或目录 from a file or directory of yours")
    ] = None,
    as_name: Annotated[
        str | None,
        typer.Option("--as", help="把 --from 的文件作为本站自有模型 add the file as your own"),
    ] = None,
    like: Annotated[
        str | None, typer.Option(help="自有模型的输入和解码同哪个模型 whose input and head it has")
    ] = None,
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", help="自有模型的类别，如 0=person；可重复 repeatable"),
    ] = None,
) -> None:
    """安装模型 Install a network from its sources, or from a file or directory of yours."""
    if as_name is None:
        model = _install(models_dir, name, from_path)
    elif from_path is None or like is None:
        raise typer.BadParameter("--as 需要 --from 文件和 --like 模型 needs --from FILE and --like")
    else:
        model = _add_own(models_dir, from_path, as_name, like, _class_map(classes or []))
    screen.show_installed(model, chosen_as_best=name is None and as_name is None)


@app.command("evaluate")
def evaluate_networks(
    *,
    models_dir: ModelsDir,
    names: Annotated[
        list[str] | None,
        typer.Argument(help="模型名；不给则全部已安装者 without it: all installed"),
    ] = None,
    images: Annotated[
        list[Path] | None,
        typer.Option(help="含 images/ 和 labels/（YOLO 格式）的目录 pictures with YOLO labels"),
    ] = None,
    clip: Annotated[
        list[Path] | None, typer.Option(help="视频，与 --truth 成对 a clip, with its --truth")
    ] = None,
    truth: Annotated[
        list[Path] | None, typer.Option(help="MOT 格式的 gt.txt, one for each clip, in order")
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="每几帧取一帧 take every n-th frame")] = 1,
    threads: Annotated[int, typer.Option(min=1, max=64)] = 1,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="结果另存为 JSON write the results there too")
    ] = None,
) -> None:
    """评测精度和速度 Measure average precision at IoU 0.5, and the time for one picture."""
    clips, truths = clip or [], truth or []
    if len(clips) != len(truths) or not (clips or images):
        raise typer.BadParameter("需要 --images，或成对的 --clip 与 --truth; data is missing")
    try:
        models = [named(models_dir, name) for name in names or []] or installed(models_dir)
        data = [labelled_images(directory) for directory in images or []]
        data += [annotated_clip(*pair, every) for pair in zip(clips, truths, strict=True)]
        results = _evaluate_all(models, data, threads)
    except (NoModelError, NoPicturesError, ManifestError, TruthError, OSError) as error:
        screen.fail(f"无法评测 cannot measure: {error}")
    if not results:
        screen.fail(f"{models_dir} 中没有模型 holds no network")
    screen.show_results(results)
    if json_file is not None:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(results)))


def _install(models_dir: Path, name: str | None, from_path: Path | None) -> InstalledModel:
    with screen.DownloadBars() as bars:
        try:
            return install(
                name, from_path, models_dir, progress=bars.show, failed=screen.show_failure
            )
        except (InstallError, ManifestError, OSError) as error:
            screen.fail(f"未安装 nothing was installed: {error}")


def _add_own(
    models_dir: Path, file: Path, name: str, like: str, classes: dict[int, ClassName]
) -> InstalledModel:
    try:
        known = load_manifest(models_dir).named(like)
        return add_site_model(file, name, known, models_dir, classes)
    except KeyError:
        screen.fail(f"没有名为 {like} 的模型 no network is named {like}")
    except (SiteModelError, ManifestError, OSError) as error:
        screen.fail(f"未加入 not added: {error}")


def _class_map(classes: list[str]) -> dict[int, ClassName]:
    """Read `0=person` into a mapping."""
    mapping: dict[int, ClassName] = {}
    for text in classes:
        index, _, found = text.partition("=")
        name = next((known for known in CLASS_NAMES if known == found), None)
        if name is None or not index.isdecimal():
            raise typer.BadParameter(f"{text}: INDEX={'|'.join(CLASS_NAMES)} expected")
        mapping[int(index)] = name
    return mapping


def _evaluate_all(
    models: list[InstalledModel], data: list[DataSet], threads: int
) -> list[Evaluation]:
    results = []
    with screen.picture_bars() as bars:
        for model in models:
            for pictures in data:
                task = bars.add_task(f"{model.name} — {pictures.name}", total=None)
                moved = partial(_show_count, bars, task)
                results.append(evaluate(model, pictures, threads=threads, progress=moved))
    return results


def _show_count(bars: Progress, task: TaskID, count: int) -> None:
    bars.update(task, completed=count)


if __name__ == "__main__":
    app()
