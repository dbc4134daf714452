"""Installing: every source that fails says why, and nothing half-done stays behind."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from models.install import Installer, InstallError, SourceFailure, install
from models.manifest import load_manifest
from models.sources import open_client
from models.store import InstalledModel, NoModelError, installed, named, preferred, put

pytestmark = pytest.mark.integration

PREFERRED = "person-vehicle-bike-detection-2004"
IR = Path("models/openvino-ir/2004-FP16")


def client_to(answer: Callable[[httpx.Request], httpx.Response]) -> Callable[[], httpx.Client]:
    """Return what opens our client, with a server in memory at its far end."""

    def opened() -> httpx.Client:
        client = open_client()
        return httpx.Client(
            transport=httpx.MockTransport(answer),
            follow_redirects=client.follow_redirects,
            max_redirects=client.max_redirects,
            event_hooks=client.event_hooks,
        )

    return opened


def serving(directory: Path) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        return httpx.Response(200, content=(directory / name).read_bytes())

    return answer


@pytest.fixture
def failures() -> list[SourceFailure]:
    return []


@pytest.fixture
def installer(
    tmp_path: Path, failures: list[SourceFailure]
) -> Callable[[Callable[[httpx.Request], httpx.Response]], Installer]:
    def made(answer: Callable[[httpx.Request], httpx.Response]) -> Installer:
        return Installer(tmp_path / "models", failed=failures.append, client=client_to(answer))

    return made


def test_a_network_is_downloaded_converted_and_found_again(
    installer: Callable[..., Installer], shared_data: Path, tmp_path: Path
) -> None:
    model = installer(serving(shared_data / IR)).install(PREFERRED)

    assert model.path == tmp_path / "models" / f"{PREFERRED}.onnx"
    assert [found.name for found in installed(tmp_path / "models")] == [PREFERRED]
    assert preferred(tmp_path / "models") == named(tmp_path / "models", PREFERRED) == model
    assert [path.name for path in (tmp_path / "models").iterdir()] == [model.path.name]


def test_what_is_installed_is_not_fetched_again(
    installer: Callable[..., Installer], shared_data: Path
) -> None:
    first = installer(serving(shared_data / IR)).install(PREFERRED)

    def out_of_order(_request: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing needs to be fetched")

    assert installer(out_of_order).install(PREFERRED) == first


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda _: httpx.Response(404), "HTTP status 404"),
        (lambda _: httpx.Response(200, content=b"x" * 1_227_251), "sha256"),
        (lambda _: httpx.Response(200, content=b"half"), "4 bytes, 1227251 expected"),
        (lambda _: httpx.Response(200, content=b"x" * 2_000_000), "more than 1227251 bytes"),
        (
            lambda _: httpx.Response(302, headers={"location": "http://example.org/x"}),
            "redirected to http, https expected",
        ),
        (
            lambda request: httpx.Response(302, headers={"location": str(request.url)}),
            "maximum allowed redirects",
        ),
    ],
)
def test_a_source_that_gives_something_else_is_told_in_one_line_and_leaves_nothing(
    installer: Callable[..., Installer],
    failures: list[SourceFailure],
    tmp_path: Path,
    answer: Callable[[httpx.Request], httpx.Response],
    reason: str,
) -> None:
    with pytest.raises(InstallError, match=f"no source gave {PREFERRED}"):
        installer(answer).install(PREFERRED)

    (failure,) = failures
    assert reason.lower() in str(failure).lower()
    assert "\n" not in str(failure)
    assert not (tmp_path / "models").exists()


def test_a_file_with_an_unknown_hash_is_removed_though_no_source_can_be_had(
    installer: Callable[..., Installer],
    failures: list[SourceFailure],
    tmp_path: Path,
) -> None:
    wrong = tmp_path / "models" / f"{PREFERRED}.onnx"
    wrong.parent.mkdir()
    wrong.write_bytes(b"something else")

    with pytest.raises(InstallError) as refused:
        installer(lambda _: httpx.Response(404)).install(PREFERRED)

    assert not wrong.exists()
    assert hashlib.sha256(b"something else").hexdigest() in failures[0].reason
    assert refused.value.failures[0] == failures[0]


def test_a_file_with_an_unknown_hash_is_replaced_by_the_network(
    installer: Callable[..., Installer], shared_data: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "models" / f"{PREFERRED}.onnx"
    wrong.parent.mkdir()
    wrong.write_bytes(b"something else")

    model = installer(serving(shared_data / IR)).install(PREFERRED)

    assert model.path == wrong
    assert named(tmp_path / "models", PREFERRED) == model


def test_a_file_with_an_unknown_hash_is_removed_though_what_is_brought_is_no_network(
    tmp_path: Path,
) -> None:
    wrong = tmp_path / "models" / f"{PREFERRED}.onnx"
    brought = tmp_path / "brought" / "model.onnx"
    for file in (wrong, brought):
        file.parent.mkdir()
        file.write_bytes(b"something else")

    with pytest.raises(InstallError):
        install(PREFERRED, brought, tmp_path / "models")

    assert brought.exists()
    assert not wrong.exists()


def test_a_file_that_is_brought_from_the_models_directory_is_refused_and_stays(
    tmp_path: Path,
) -> None:
    brought = tmp_path / f"{PREFERRED}.onnx"
    brought.write_bytes(b"something else")

    with pytest.raises(InstallError, match=r"--as NAME"):
        install(PREFERRED, brought, tmp_path)

    assert brought.exists()


def test_without_a_network_every_https_source_says_so_in_one_line(
    installer: Callable[..., Installer], failures: list[SourceFailure]
) -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("name not known", request=request)

    for name in (PREFERRED, "yolox-nano"):
        with pytest.raises(InstallError):
            installer(unreachable).install(name)

    assert [failure.network for failure in failures] == [PREFERRED, "yolox-nano"]
    assert all("name not known" in str(failure) for failure in failures)


def test_a_network_that_only_a_person_can_bring_says_how(
    installer: Callable[..., Installer], failures: list[SourceFailure]
) -> None:
    with pytest.raises(InstallError):
        installer(lambda _: httpx.Response(404)).install("person-vehicle-bike-detection-2003")

    assert "give the file with --from" in str(failures[0])


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"no network is named nosuch; known: .*yolox-nano"):
        install("nosuch", None, tmp_path)


def test_the_best_network_below_a_directory_is_taken(shared_data: Path, tmp_path: Path) -> None:
    model = install(None, shared_data / "models", tmp_path)

    assert model.name == PREFERRED


def test_one_file_is_taken_by_its_hash_whatever_its_name(shared_data: Path, tmp_path: Path) -> None:
    brought = tmp_path / "downloads" / "some detector.onnx"
    brought.parent.mkdir()
    shutil.copy(shared_data / "models/yolox_nano.onnx", brought)

    model = install(None, brought, tmp_path / "models")

    assert model.name == "yolox-nano"


def test_a_file_of_the_ir_stands_for_the_pair(shared_data: Path, tmp_path: Path) -> None:
    model = install(None, shared_data / IR / f"{PREFERRED}.xml", tmp_path)

    assert model.name == PREFERRED


def test_a_changed_file_is_refused_and_the_way_to_add_ones_own_is_told(
    shared_data: Path, tmp_path: Path
) -> None:
    brought = tmp_path / "yolox_nano.onnx"
    brought.write_bytes((shared_data / "models/yolox_nano.onnx").read_bytes() + b"\0")

    with pytest.raises(InstallError, match=r"is not a known network; .* --as NAME"):
        install(None, brought, tmp_path / "models")


def test_a_changed_ir_is_refused_with_both_hashes(shared_data: Path, tmp_path: Path) -> None:
    for file in (shared_data / IR).iterdir():
        shutil.copyfile(file, tmp_path / file.name)
    changed = bytearray((tmp_path / f"{PREFERRED}.bin").read_bytes())
    changed[1000] ^= 1
    (tmp_path / f"{PREFERRED}.bin").write_bytes(changed)

    with pytest.raises(InstallError) as refused:
        install(PREFERRED, tmp_path, tmp_path / "models")

    assert hashlib.sha256(changed).hexdigest() in str(refused.value.failures[0])


def test_an_empty_directory_holds_no_network(tmp_path: Path) -> None:
    assert installed(tmp_path) == []
    with pytest.raises(NoModelError, match="a network expected"):
        preferred(tmp_path)
    with pytest.raises(NoModelError, match="yolox-nano expected"):
        named(tmp_path, "yolox-nano")


def test_bytes_that_are_not_the_network_are_not_put_under_its_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not one that is known for"):
        put(tmp_path, load_manifest().named(PREFERRED), b"something else")

    assert list(tmp_path.iterdir()) == []


def test_the_npm_package_becomes_the_network_that_the_manifest_pins(
    ssdlite: InstalledModel,
) -> None:
    assert ssdlite.sha256 == ssdlite.network.onnx[0].sha256
