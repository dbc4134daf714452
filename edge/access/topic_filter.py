"""MQTT topic filters (MQTT 3.1.1 section 4.7): `+` is one level, `#` all that follow."""

from __future__ import annotations

from dataclasses import dataclass

from edge.access.errors import AccessConfigurationError


@dataclass(frozen=True)
class TopicFilter:
    """A topic filter.

    Raises:
        AccessConfigurationError: It is none.
    """

    text: str

    def __post_init__(self) -> None:
        *others, last = self.text.split("/")
        is_filter = bool(self.text) and "#" not in "".join(others) and last.count("#") in {0, 1}
        wildcards = [level for level in (*others, last) if "+" in level or "#" in level]
        if not is_filter or any(len(level) > 1 for level in wildcards):
            expected = "an MQTT filter, + and # as whole levels, # only at the end"
            raise AccessConfigurationError("topic", repr(self.text), expected)

    def fits(self, topic: str) -> bool:
        """Return whether a message on `topic` would be delivered for this filter."""
        wanted, levels = self.text.split("/"), topic.split("/")
        if topic.startswith("$") and wanted[0] in {"+", "#"}:
            return False
        if wanted[-1] == "#":
            wanted, levels = wanted[:-1], levels[: len(wanted) - 1]
        return len(wanted) == len(levels) and all(
            want in {"+", level} for want, level in zip(wanted, levels, strict=True)
        )
