"""What every reader of a pragma is given, and where it reports what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.errors import Problem, ProjectError
from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.nodes import Item, Manifest
from sandbox.manifest.source_text import SourceText
from sandbox.project import paths
from sandbox.project.files import Files

READABLE = "Replace it with a text file that you may read."
"""The remedy for a file that cannot be read, or a folder in its place."""


class Problems:
    """What is wrong so far; a stage ends by raising all of it at once."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def add(self, *problems: Problem) -> None:
        """Note what is wrong; the same thing twice counts once."""
        for problem in problems:
            if problem not in self._problems:
                self._problems.append(problem)

    def raise_if_any(self) -> None:
        """End a stage.

        Raises:
            ProjectError: something is wrong; it carries every problem.
        """
        if self._problems:
            raise ProjectError(tuple(self._problems))


@dataclass(frozen=True, slots=True)
class Reading:
    """An app folder while it is read."""

    root: str
    """Absolute."""
    manifest: Manifest
    files: Files
    problems: Problems

    def items(self, pragma: str) -> Sequence[Item]:
        """Give the items of a pragma; none where the manifest lacks it."""
        return self.manifest.items(pragma) or ()

    def has(self, pragma: str) -> bool:
        """Tell whether the manifest has this pragma, even an empty one."""
        return pragma in self.manifest.pragmas

    def pragma_line(self, pragma: str) -> int | None:
        """Give the line of a pragma, where it is known."""
        found = self.manifest.pragmas.get(pragma)
        return found.line if found else None

    def refuse(self, message: str, *, line: int | None, remedy: str) -> None:
        """Report something wrong in the manifest."""
        self.problems.add(
            Problem(
                message=message, remedy=remedy, location=self.manifest.location(line)
            )
        )

    def path(self, *parts: str) -> str:
        """Give the absolute path of something in the project."""
        return paths.join(self.root, *parts)

    def text(self, path: str) -> str | None:
        """Give a file's text; None where it cannot be read, which is reported."""
        text = self.files.read(path)
        if text is None:
            shown = self.shown(path)
            self.problems.add(
                Problem(
                    message=f'"{shown}" cannot be read as a file.',
                    remedy=READABLE,
                    location=SourceText("", shown).locate_line(1),
                )
            )
        return text

    def shown(self, path: str) -> str:
        """Give a path as a message names it: relative to the project."""
        return paths.relative(self.root, path)


def name_and_settings(value: JsonValue) -> tuple[str, JsonValue] | None:
    """Give the name and the settings of `{name: settings}`, or None for no map."""
    if not isinstance(value, Mapping) or not value:
        return None
    name, settings = next(iter(value.items()))
    return name, settings


def setting(settings: JsonValue, key: str) -> JsonValue:
    """Give one setting of an item; None where it has none, as a vector has not."""
    return settings.get(key) if isinstance(settings, Mapping) else None


def as_written(value: JsonValue) -> str:
    """Give an item as a message quotes it: a line as its words, a map as its name."""
    if isinstance(value, Mapping):
        return next(iter(value), "")
    if isinstance(value, list):
        return " ".join(javascript.to_text(part) for part in value)
    return javascript.to_text(value)
