"""Takes a traceback, gives it without the frames that are not the app's.

Pure. Knows Python's and Node's form; what it does not know it leaves as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

_PYTHON_FRAME = re.compile(r'^(?P<indent>\s*)File "(?P<file>[^"]+)", line \d+, in ')
_NODE_FRAME = re.compile(
    r"^\s+at (?:.*\()?(?P<url>file://)?(?P<file>[^()]*):\d+:\d+\)?(?: \{)?$"
)
_NODE_OTHER = re.compile(r"^\s+at .+\((?:<anonymous>|index \d+|native)\)(?: \{)?$")
_OPENS = " {"
"""Ends Node's last frame, where the error carries more than its message."""
_REPEATED = re.compile(r"^\s*\[Previous line repeated ")
_INSTALLED = frozenset(("site-packages", "dist-packages", "node_modules", ".venv"))
_GROUP_MARKS = ("  + ", "  | ")


@dataclass(slots=True)
class _Frame:
    lines: list[str]
    is_own: bool
    is_of_node: bool = False
    """Whether Node itself is called there, as its loader is many times over."""


def trim_traceback(text: str, root: Path) -> str:
    """Leave out frames of libraries; a last line says how many there were.

    A traceback without any frame of the app's own keeps all but Node's, and one of an
    exception group stays whole.

    Args:
        text: what the language prints, or any text with it inside.
        root: the app's folder.
    """
    if any(line.startswith(_GROUP_MARKS) for line in text.splitlines()):
        return text
    parts = list(_parts(text, root))
    frames = [part for part in parts if isinstance(part, _Frame)]
    has_own = any(frame.is_own for frame in frames)
    hidden = sum(not _is_kept(frame, has_own=has_own) for frame in frames)
    if not hidden or hidden == len(frames):
        return text
    kept = []
    for part in parts:
        if isinstance(part, str):
            kept.append(part)
        elif _is_kept(part, has_own=has_own):
            kept += part.lines
        elif kept and part.lines[-1].endswith(_OPENS):
            kept[-1] += _OPENS
    frames_word = "1 frame" if hidden == 1 else f"{hidden} frames"
    return "\n".join(
        [*kept, f"({frames_word} of libraries left out: --full-tracebacks shows all)"]
    )


def _is_kept(frame: _Frame, *, has_own: bool) -> bool:
    return frame.is_own if has_own else not frame.is_of_node


def _parts(text: str, root: Path) -> Iterator[_Frame | str]:
    """Cut the text into frames and the lines between them."""
    frame: _Frame | None = None
    indent = 0
    for line in text.splitlines():
        found = _PYTHON_FRAME.match(line)
        is_inside = frame and (
            _REPEATED.match(line) or len(line) - len(line.lstrip()) > indent
        )
        if found is None and is_inside and frame:
            frame.lines.append(line)
            continue
        if frame:
            yield frame
            frame = None
        if found:
            frame = _Frame([line], is_own=_is_own(found["file"], root))
            indent = len(found["indent"])
        else:
            yield _node_frame(line, root) or line
    if frame:
        yield frame


def _node_frame(line: str, root: Path) -> _Frame | None:
    found = _NODE_FRAME.match(line)
    if found:
        file = unquote(found["file"]) if found["url"] else found["file"]
        is_of_node = file.startswith("node:")
        return _Frame([line], is_own=_is_own(file, root), is_of_node=is_of_node)
    return _Frame([line], is_own=False) if _NODE_OTHER.match(line) else None


def _is_own(file: str, root: Path) -> bool:
    path = Path(file)
    if not path.is_relative_to(root):
        return False
    return _INSTALLED.isdisjoint(path.relative_to(root).parts)
