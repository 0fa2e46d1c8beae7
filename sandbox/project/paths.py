"""Paths as Node's `path.join` writes them, which is how the inventory shows them."""

import os.path
from pathlib import Path


def join(folder: str, *parts: str) -> str:
    """Join and normalise; a part's leading `/` is no root, a trailing one stays."""
    joined = "/".join([folder, *(part for part in parts if part)])
    normal = os.path.normpath(joined)
    return f"{normal}/" if joined.endswith("/") and not normal.endswith("/") else normal


def relative(root: str, path: str) -> str:
    """Give `path` relative to `root` with forward slashes; keeps a trailing one."""
    inside = path.removeprefix(f"{root}/")
    if inside and inside != path and not _is_loose(inside):
        return inside
    shown = Path(os.path.relpath(path, root)).as_posix()
    return f"{shown}/" if path.endswith("/") and shown != "." else shown


def _is_loose(path: str) -> bool:
    """Tell whether a relative path could be written shorter."""
    return path.startswith(("/", ".")) or "//" in path or "/." in path
