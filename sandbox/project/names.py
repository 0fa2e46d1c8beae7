"""The rules for names that several pragmas share: characters, length, uniqueness.

They are those of `@architect/inventory` 6.1.0, which follow what AWS lets a resource
be called.
"""

import re
from collections.abc import Iterable

from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.project.reading import Reading

_LOOSE = re.compile(r"[a-z][a-zA-Z0-9\-_]+")
_VERY_LOOSE = re.compile(r"[a-zA-Z0-9/\-._]*")


class NameRules:
    """The rules of one pragma, which reports what breaks them.

    Args:
        reading: where to report.
        label: how a message names the pragma, such as `@events`.
    """

    def __init__(self, reading: Reading, label: str) -> None:
        self._reading = reading
        self._label = label

    def refuse(self, fact: str, *, line: int | None, remedy: str) -> None:
        """Report something else that is wrong with an item of this pragma."""
        self._reading.refuse(f"{self._label}: {fact}", line=line, remedy=remedy)

    def hold_to_loose(self, value: JsonValue, line: int | None) -> None:
        """Ask for a lower-case letter first, then letters, digits, dashes."""
        text = javascript.to_text(value)
        if not _LOOSE.fullmatch(text):
            self.refuse(
                f'"{text}" must begin with a lower-case letter, and go on with at'
                " least one letter, digit, dash or underscore.",
                line=line,
                remedy="Rename it, for example to my-app.",
            )

    def hold_to_very_loose(self, value: JsonValue, line: int | None) -> None:
        """Ask for letters, digits, slashes, dashes, dots and underscores."""
        text = javascript.to_text(value)
        if not _VERY_LOOSE.fullmatch(text):
            self.refuse(
                f'"{text}" may have only letters, digits and / - . _ in it.',
                line=line,
                remedy="Rename it.",
            )

    def hold_to_size(
        self, value: JsonValue, least: int, most: int, line: int | None
    ) -> None:
        """Ask for a text of `least` to `most` characters."""
        if not isinstance(value, str):
            self.refuse(
                f'"{javascript.to_text(value)}" must be text.',
                line=line,
                remedy="Put it between quotes.",
            )
        elif not least <= len(value) <= most:
            self.refuse(
                f'"{value}" has {len(value)} characters.',
                line=line,
                remedy=f"Give it {least} to {most} characters.",
            )

    def hold_to_unique(self, named: Iterable[tuple[str, int | None]]) -> None:
        """Ask that no name comes twice; each one that does is told once."""
        lines: dict[str, list[int | None]] = {}
        for name, line in named:
            lines.setdefault(name, []).append(line)
        for name, found in lines.items():
            if len(found) > 1:
                where = " and ".join(str(line) for line in found if line)
                self.refuse(
                    f'"{name}" is defined {len(found)} times'
                    + (f", on lines {where}." if where else "."),
                    line=found[1],
                    remedy="Remove or rename all but one.",
                )
