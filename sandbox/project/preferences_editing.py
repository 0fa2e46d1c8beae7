"""The text of a preferences file and one variable in, the edited text out.

Variables live under `@env`, in a map a stage (arc.codes, "Local preferences"). Comments
and order stay. What is written is read back: a file that would then say something else
is refused.
"""

import re
from collections.abc import Mapping

from sandbox.errors import ManifestSyntaxError
from sandbox.manifest import javascript
from sandbox.manifest.lexer import tokenize
from sandbox.manifest.nodes import Item, Manifest, Token
from sandbox.manifest.parser import parse_arc
from sandbox.manifest.source_text import SourceText
from sandbox.project.dotenv_editing import UnwritableVariableError
from sandbox.project.model import Stage

_BARE = re.compile(r"[A-Za-z0-9_./:%+,~=-]+")
_QUOTES = "\"'`"


def set_in_preferences(
    text: str, stage: Stage, name: str, value: str, *, file: str
) -> str:
    """Give the text with `name` set for `stage`.

    Raises:
        ManifestSyntaxError: the text does not parse.
        UnwritableVariableError: no way of writing reads back as this value.
    """
    edit = _Edit(text, file)
    written = _written(name, value)
    expected = _variables(edit.tree)
    expected.setdefault(stage, {})[name] = value
    item = edit.stage_item(stage)
    if item is None:
        edited = edit.with_lines(f"{stage}", f"  {name} {written}")
    elif name in item.key_lines:
        edited = edit.with_value(item.key_lines[name], written)
    elif not item.key_lines:
        raise _by_hand(file)
    else:
        last = max(item.key_lines.values())
        indent = edit.indent(last)
        edited = edit.with_line_after(last, f"{indent}{name} {written}")
    return _checked(edited, expected, file)


def remove_from_preferences(text: str, stage: Stage, name: str, *, file: str) -> str:
    """Give the text without `name` for `stage`, and without what is empty then.

    Raises:
        ManifestSyntaxError: the text does not parse.
        UnwritableVariableError: the rest would not read as before.
    """
    edit = _Edit(text, file)
    expected = _variables(edit.tree)
    item = edit.stage_item(stage)
    if item is None or item.line is None or name not in item.key_lines:
        return text
    lines = [item.key_lines[name]]
    del expected[stage][name]
    if not expected[stage]:
        # A stage without variables is an error, and an empty @env hides that of the
        # home folder; but a file without any pragma is an error as well.
        del expected[stage]
        lines.append(item.line)
        is_last = len(edit.env_items) == 1 and len(edit.tree.pragmas) > 1
        if is_last and edit.env_line is not None:
            lines.append(edit.env_line)
    return _checked(edit.without_lines(lines), expected, file)


class _Edit:
    """A preferences file, and the ways in which its text is changed."""

    def __init__(self, text: str, file: str) -> None:
        self._source = SourceText(text, file)
        self._text = text
        self._line_end = "\r\n" if "\r\n" in text else "\n"
        self._tokens = tokenize(self._source)
        self.tree = _parse(text, file)
        pragma = self.tree.pragmas.get("env")
        self.env_items = tuple(pragma.items) if pragma else ()
        self.env_line = pragma.line if pragma else None

    def stage_item(self, stage: Stage) -> Item | None:
        """Give the map of a stage; of several the last, as that is what counts."""
        for item in reversed(self.env_items):
            if isinstance(item.value, Mapping) and stage in item.value:
                return item
        return None

    def indent(self, line: int) -> str:
        """Give the white space before what stands in a line."""
        written = self._source.line(line)
        return written[: len(written) - len(written.lstrip())]

    def with_lines(self, *lines: str) -> str:
        """Add lines at the end of `@env`, which is made where there is none."""
        if self.env_line is None:
            gap = "\n" if self._text.strip() else ""
            return self._insert(len(self._text), f"{gap}@env\n" + "\n".join(lines))
        last = max([self.env_line, *(_last_line(item) for item in self.env_items)])
        return self._insert(self._end_of(last), "\n".join(lines))

    def with_line_after(self, line: int, written: str) -> str:
        """Add a line after the value that begins in `line`."""
        return self._insert(self._end_of(line), written)

    def with_value(self, line: int, written: str) -> str:
        """Write another value for the variable in `line`; a comment behind it stays."""
        _, *values = [t for t in self._tokens_of(line) if t.is_scalar]
        following = self._tokens[self._tokens.index(values[-1]) + 1 :]
        end = following[0].offset if following else len(self._text)
        return self._text[: values[0].offset] + written + self._text[end:]

    def without_lines(self, lines: list[int]) -> str:
        """Take out lines, with values of several lines as a whole."""
        text = self._text
        for line in sorted(lines, reverse=True):
            text = text[: self._start_of(line)] + text[self._end_of(line) :]
        return text

    def _insert(self, offset: int, lines: str) -> str:
        before, after = self._text[:offset], self._text[offset:]
        gap = "" if not before or before.endswith(("\n", "\r")) else "\n"
        added = f"{gap}{lines}\n".replace("\n", self._line_end)
        return before + added + after

    def _start_of(self, line: int) -> int:
        found = self._tokens_of(line)
        indent = len(self._source.line(line)) - len(self._source.line(line).lstrip())
        first = next(token for token in found if token.kind not in ("space", "newline"))
        return first.offset - indent

    def _end_of(self, line: int) -> int:
        """Give where the line after the one that begins in `line` starts."""
        found = self._tokens_of(line)
        last = found[-1]
        if last.kind != "newline":
            return len(self._text)
        return last.offset + len(str(last.value))

    def _tokens_of(self, line: int) -> list[Token]:
        """Give the tokens from `line` on, up to a line end outside of quotes."""
        found: list[Token] = []
        for token in self._tokens:
            if self._source.line_at(token.offset) >= line or found:
                found.append(token)
                if token.kind == "newline":
                    break
        return found


def _parse(text: str, file: str) -> Manifest:
    """Parse a text; a new file has no pragma yet, and neither have comments alone."""
    source = SourceText(text, file)
    if all(token.is_empty for token in tokenize(source)):
        return Manifest(source=source, pragmas={})
    return parse_arc(text, file=file)


def _last_line(item: Item) -> int:
    return max([item.line or 0, *item.key_lines.values()])


def _variables(tree: Manifest) -> dict[str, dict[str, str]]:
    """Read the variables of each stage as functions will see them."""
    stages: dict[str, dict[str, str]] = {}
    for item in tree.items("env") or ():
        if not isinstance(item.value, Mapping):
            continue
        for stage, variables in item.value.items():
            if isinstance(variables, Mapping):
                stages[stage] = {k: _as_text(v) for k, v in variables.items()}
    return stages


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return " ".join(javascript.to_text(part) for part in value)
    return javascript.to_text(value)  # type: ignore[arg-type]


def _written(name: str, value: str) -> str:
    """Give a way of writing a value that reads back as the same."""
    ways = [f"{quote}{value}{quote}" for quote in _QUOTES if quote not in value]
    if _BARE.fullmatch(value):
        ways.insert(0, value)
    for way in ways:
        text = f"@env\ntesting\n  X {way}\n  Y 1\n"
        if _reads_as(text, {"testing": {"X": value, "Y": "1"}}, file=""):
            return way
    raise UnwritableVariableError(
        f'No arc file can hold the value of "{name}".',
        remedy="It may have two of the quotes ', \" and `, and must not end with a "
        "backslash. A .env file can hold more.",
    )


def _checked(edited: str, expected: dict[str, dict[str, str]], file: str) -> str:
    if not _reads_as(edited, expected, file=file):
        raise _by_hand(file)
    return edited


def _by_hand(file: str) -> UnwritableVariableError:
    return UnwritableVariableError(
        f'"{file}" cannot be edited without changing other variables.',
        remedy="Edit it by hand: a stage, and below it, indented by two spaces, a "
        "variable and its value on each line.",
    )


def _reads_as(text: str, expected: dict[str, dict[str, str]], *, file: str) -> bool:
    try:
        return _variables(_parse(text, file)) == expected
    except ManifestSyntaxError:
        return False
