"""Takes the `@static` folder, writes `static.json`: the names files are deployed as.

As Architect does with `@static fingerprint true` (`@architect/utils` 6.0): ten hex
digits of the SHA-1 stand before the extension, and hidden files are not deployed.
Locally names stay as they are; code that looks names up in `static.json` finds it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from sandbox.project.model import Static

_ALWAYS_IGNORED = (".DS_Store", "node_modules", "readme.md", "static.json")


def fingerprint(static: Static) -> Mapping[str, str]:
    """Give the deployed name by each file's own, both relative to the folder."""
    return {
        name: deployed_name(name, file)
        for name, file in sorted(_files(static.folder))
        if not _is_hidden(name) and not why_left_out(name, static)
    }


def why_left_out(name: str, static: Static) -> str | None:
    """Say why a file is not deployed; None for one that is.

    What is to be ignored is looked for anywhere in the file's path
    (`@architect/deploy` 5.1, `static/publish`).

    Args:
        name: the file's, relative to the static folder.
        static: the app's settings.
    """
    for part in static.ignore:
        if part in name:
            return f'"{part}" is under "ignore" of @static'
    for part in _ALWAYS_IGNORED:
        if part in name:
            return f'Architect leaves out what has "{part}" in its path'
    if static.fingerprint is True and _is_hidden(name):
        return 'with "fingerprint true" Architect leaves out hidden files'
    return None


def write_static_manifest(static: Static) -> None:
    """Write `static.json` where the project asks for it.

    Does nothing without `fingerprint true`, a folder, or files in it. The file is left
    alone where it already says the same.

    Raises:
        OSError: the folder cannot be read or written.
    """
    if static.fingerprint is not True or not static.folder.is_dir():
        return
    names = fingerprint(static)
    if names:
        content = json.dumps(names, indent=2, ensure_ascii=False).encode()
        manifest = static.names_file
        if not manifest.is_file() or manifest.read_bytes() != content:
            manifest.write_bytes(content)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in folder.rglob("*"):
        if file.is_file():
            yield file.relative_to(folder).as_posix(), file


def _is_hidden(name: str) -> bool:
    """Tell whether the file, or a folder on the way to it, begins with a dot."""
    return any(part.startswith(".") for part in name.split("/"))


def deployed_name(name: str, file: Path) -> str:
    """Give the name of a file of the folder, with the digits of its content.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha1(file.read_bytes(), usedforsecurity=False)
    digits = digest.hexdigest()[:10]
    folder, _, base = name.rpartition("/")
    suffix = Path(base).suffix
    stem = base[: -len(suffix)] if suffix else base
    deployed = f"{stem}-{digits}{suffix}"
    return f"{folder}/{deployed}" if folder else deployed
