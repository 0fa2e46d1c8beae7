"""A dotted name → the package or module that it leads to, past shared namespaces.

`google` and `azure` are folders that many distributions share; theirs alone is what
lies in them (PEP 420; PyPA guide, "Packaging namespace packages").
"""

import ast
from collections.abc import Iterable, Sequence
from pathlib import Path

_SAYS_SHARED = (b"extend_path", b"declare_namespace")
_MOST_BYTES_TO_SHARE = 4_000


class ModuleRoots:
    """Looks names up in folders, each once; to be made anew when these change.

    Args:
        path: folders that Python imports from, in its order.
    """

    def __init__(self, path: Iterable[str | Path]) -> None:
        self._path = tuple(Path(folder) for folder in path if folder)
        self._known: dict[str, tuple[Path, ...] | None] = {}
        self._listed: dict[Path, frozenset[str]] = {}

    def root_of(self, name: str) -> str | None:
        """Give a name as far as one package owns it: `google.cloud.storage`, `yaml`.

        None where nothing is there, or only what many share.
        """
        folders: tuple[Path, ...] = self._path
        reached = ""
        for part in name.split("."):
            reached = f"{reached}.{part}" if reached else part
            found = self._look(reached, folders, part)
            if found is None:
                return reached
            folders = found
        return None

    def holds(self, module: str) -> bool:
        """Tell whether a name without dots is there, shared or not."""
        return self._look(module, self._path, module) != ()

    def is_shared(self, module: str) -> bool:
        """Tell whether many may share a name without dots."""
        return bool(self._look(module, self._path, module))

    def _look(
        self, name: str, folders: Sequence[Path], part: str
    ) -> tuple[Path, ...] | None:
        if name not in self._known:
            self._known[name] = self._shared_folders(folders, part)
        return self._known[name]

    def _shared_folders(
        self, folders: Sequence[Path], name: str
    ) -> tuple[Path, ...] | None:
        """Give the folders that make up a namespace; None for a package or a module."""
        found = []
        for folder in folders:
            entries = self._entries(folder)
            inside = folder / name
            if name in entries and inside.is_dir():
                if self._owns_its_name(inside):
                    return None
                found.append(inside)
            elif f"{name}.py" in entries or f"{name}.so" in entries:
                return None
        return tuple(found)

    def _owns_its_name(self, folder: Path) -> bool:
        start = {"__init__.py", "__init__.so"} & self._entries(folder)
        return bool(start) and not _only_shares(folder / "__init__.py")

    def _entries(self, folder: Path) -> frozenset[str]:
        """Give what lies in a folder; of an extension's name, `x.cpython-….so`, `x.so`.

        One listing is cheaper than a question for each name that might be there.
        """
        if folder not in self._listed:
            try:
                names = [entry.name for entry in folder.iterdir()]
            except OSError:
                names = []
            self._listed[folder] = frozenset(map(_without_tag, names))
        return self._listed[folder]


def _without_tag(entry: str) -> str:
    return f"{entry.partition('.')[0]}.so" if entry.endswith(".so") else entry


def _only_shares(file: Path) -> bool:
    """Tell whether an `__init__.py` does no more than to let others share its name.

    One that does more, as Airflow's, is a package that others add to.
    """
    try:
        text = file.read_bytes()
        is_long = len(text) > _MOST_BYTES_TO_SHARE
        if is_long or not any(words in text for words in _SAYS_SHARED):
            return False
        statements = ast.parse(text).body
    except (OSError, SyntaxError, ValueError):
        return False
    return all(map(_is_for_sharing, statements))


def _is_for_sharing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets] == ["__path__"]
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Try | ast.Expr)
