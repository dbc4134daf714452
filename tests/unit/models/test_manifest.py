"""What a manifest must say before a network is known by it."""

import re

import pytest

from models.manifest import ManifestError, Network, load_manifest, parse_manifest

SHA256 = "0123456789abcdef" * 4
OTHER_SHA256 = "fedcba9876543210" * 4

NETWORK = f"""
[[networks]]
name = "tiny"
title = "Tiny"
title_zh = "小网络"
rank = 2
licence = "Apache-2.0"
notice = "nobody"
input = {{ width = 64, height = 32, channels = "BGR", fit = "stretch" }}
decoder = {{ head = "yolox", score_threshold = 0.3, iou_threshold = 0.5 }}
classes = {{ 7 = "vehicle", 0 = "person", 2 = "vehicle" }}
onnx = [{{ sha256 = "{SHA256}", note = "ours" }}]
"""

SOURCE = f"""
[[networks.sources]]
kind = "https"
base_url = "https://example.org/models/"
files = [{{ path = "tiny.onnx", size_bytes = 5, sha256 = "{SHA256}" }}]
"""


def manifest_of(*tables: str) -> bytes:
    return "\n".join(["schema = 1", *tables]).encode()


def the_network(*tables: str) -> Network:
    return parse_manifest(manifest_of(*tables), "test").networks[0]


def test_a_network_is_known_by_its_exact_hash() -> None:
    network = the_network(NETWORK)

    assert network.is_exactly(SHA256)
    assert not network.is_exactly(OTHER_SHA256)


def test_class_indices_are_paired_with_ours() -> None:
    assert the_network(NETWORK).class_map.pairs == ((0, 0), (2, 1), (7, 1))


def test_networks_come_best_first() -> None:
    better = NETWORK.replace('"tiny"', '"better"').replace(SHA256, OTHER_SHA256)
    better = better.replace("rank = 2", "rank = 1")

    manifest = parse_manifest(manifest_of(NETWORK, better), "test")

    assert [network.name for network in manifest.networks] == ["better", "tiny"]


@pytest.mark.parametrize(
    ("written", "instead", "problem"),
    [
        ('name = "tiny"', 'name = "../tiny"', "name"),
        (SHA256, SHA256[:-1], "sha256"),
        (SHA256, SHA256.upper(), "sha256"),
        ("width = 64", "width = 0", "width"),
        ('head = "yolox"', 'head = "guess"', "head"),
        ("score_threshold = 0.3", "score_threshold = 1.5", "score_threshold"),
        ('0 = "person"', '0 = "dog"', "dog"),
        ("rank = 2", "rank = 2\nurl = 1", "url"),
        ("https://example.org", "http://example.org", "base_url"),
        ('path = "tiny.onnx"', 'path = "../tiny.onnx"', "path"),
        ('path = "tiny.onnx"', 'path = "/etc/tiny.onnx"', "path"),
        ("size_bytes = 5", "size_bytes = 99999999999", "size_bytes"),
    ],
)
def test_what_breaks_a_manifest_is_named(written: str, instead: str, problem: str) -> None:
    text = manifest_of(NETWORK.replace(written, instead), SOURCE.replace(written, instead))

    with pytest.raises(ManifestError, match=re.escape(problem)):
        parse_manifest(text, "test")


def test_one_name_twice_is_refused() -> None:
    twin = NETWORK.replace(SHA256, OTHER_SHA256)

    with pytest.raises(ManifestError, match="tiny appears 2 times"):
        parse_manifest(manifest_of(NETWORK, twin), "test")


def test_one_file_under_two_names_is_refused() -> None:
    twin = NETWORK.replace('"tiny"', '"twin"')

    with pytest.raises(ManifestError, match=f"{SHA256} appears 2 times"):
        parse_manifest(manifest_of(NETWORK, twin), "test")


def test_an_oversized_manifest_is_refused() -> None:
    with pytest.raises(ManifestError, match="at most"):
        parse_manifest(b"#" * (256 * 1024 + 1), "test")


def test_our_own_manifest_prefers_the_detector_trained_on_our_classes() -> None:
    manifest = load_manifest()

    assert [network.name for network in manifest.networks] == [
        "person-vehicle-bike-detection-2004",
        "ssdlite-mobilenet-v2-coco",
        "person-vehicle-bike-detection-2003",
        "picodet-s-416",
        "yolox-nano",
    ]


@pytest.mark.parametrize("network", load_manifest().networks, ids=lambda network: network.name)
def test_every_network_of_ours_has_all_classes_a_licence_sources_and_a_measured_accuracy(
    network: Network,
) -> None:
    assert set(network.classes.values()) == {"person", "vehicle", "non-motor"}
    assert network.licence == "Apache-2.0"
    assert network.sources
    assert {accuracy.data for accuracy in network.accuracy} >= {"vtest.avi", "TUD-Stadtmitte"}
    assert network.inference_ms is not None
