"""What can be wrong with how access control was set up.

A message that cannot be read is a `wire.errors.PayloadError`, ours or a vendor's.
"""

from __future__ import annotations


class AccessConfigurationError(ValueError):
    """A vendor mapping or a pseudonym key that cannot work.

    Attributes:
        field: Which part of it, as written in the site file.
        found: What stood there; never a key.
        expected: What is wanted instead.
    """

    def __init__(self, field: str, found: str, expected: str) -> None:
        super().__init__(f"{field}: found {found}, expected {expected}")
        self.field = field
        self.found = found
        self.expected = expected
