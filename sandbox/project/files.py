"""What the pure reading of a project asks the disk, in three questions."""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

Kind: TypeAlias = Literal["file", "folder"]


class Files(Protocol):
    """Answers about absolute paths; `load.DiskFiles` asks the real disk."""

    def present(self, folder: str, names: Sequence[str]) -> tuple[str, ...]:
        """Give those of `names` that exist directly in `folder`, in their order."""
        ...

    def read(self, path: str) -> str | None:
        """Give a file's text (UTF-8, bad bytes replaced), or None if unreadable."""
        ...

    def kind(self, path: str) -> Kind | None:
        """Tell what is at `path`; None for nothing."""
        ...
