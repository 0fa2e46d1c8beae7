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
    ignored = (*static.ignore, *_ALWAYS_IGNORED)
    return {
        name: deployed_name(name, file)
        for name, file in sorted(_files(static.folder))
        if not _is_hidden(name) and not any(part in name for part in ignored)
    }


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
