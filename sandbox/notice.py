"""What the sandbox says outside of any request: one line, and how much it matters."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["detail", "info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing worth telling whoever runs the sandbox."""

    level: Level
    """`detail` is shown when asked for (`--verbose`), the others always."""
    text: str
