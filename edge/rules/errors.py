"""What can be wrong with how rules were set up."""

from __future__ import annotations


class RuleError(ValueError):
    """A rule that cannot work.

    Attributes:
        rule: The rule's name.
        field: Which of its parameters.
        found: What it was.
        expected: What is wanted instead.
    """

    def __init__(self, rule: str, field: str, found: object, expected: str) -> None:
        super().__init__(f"rule {rule}: {field}: found {found}, expected {expected}")
        self.rule = rule
        self.field = field
        self.found = str(found)
        self.expected = expected
