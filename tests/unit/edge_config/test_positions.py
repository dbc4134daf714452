"""Where things stand in a TOML document."""

from edge.config.positions import line_of, positions

DOCUMENT = '''\
# a comment with [a] = bracket
[site]
name = "a # b"
text = """
[[camera]]
name = 1
"""
array = [
  1, # ]
  2,
]
"a = b" = 2
dotted.key = {x = 1}

[[camera]]
id = "a"
[[line]]
id = "l"
[[camera]]
id = "b"
[camera.stream]
fps = 1
[[camera.deep]]
k = 1
[[camera.deep]]
k = 1
'''


def test_every_key_stands_where_it_is_written() -> None:
    lines = positions(DOCUMENT)

    assert lines["site",] == 2
    assert lines["site", "array"] == 8
    assert lines["site", "a = b"] == 12
    assert lines["site", "dotted", "key"] == 13


def test_a_table_array_counts_its_tables_also_between_others() -> None:
    lines = positions(DOCUMENT)

    assert lines["camera", 0, "id"] == 16
    assert lines["camera", 1, "id"] == 20
    assert lines["camera", 1, "stream", "fps"] == 22
    assert lines["camera", 1, "deep", 1, "k"] == 26


def test_what_has_no_line_stands_where_its_table_begins() -> None:
    lines = positions(DOCUMENT)

    assert line_of(("camera", 1, "gate"), lines) == 19
    assert line_of(("site", "array", 1), lines) == 8
    assert line_of(("hub",), lines) == 1


def test_brackets_in_a_multi_line_string_open_no_table() -> None:
    assert ("camera", 2) not in positions(DOCUMENT)
