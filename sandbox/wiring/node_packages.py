"""Folders of node_modules → where a package lies, and what npm brings with a list."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from sandbox.json_value import JsonValue

PACKAGE_FILE = "package.json"
_INSTALLED_FROM = ("dependencies", "optionalDependencies")


def package_member(file: Path, member: str) -> JsonValue:
    """Give what a package.json says there; None where it cannot be read."""
    return read_package(file).get(member)


def read_package(file: Path) -> Mapping[str, JsonValue]:
    """Give what a package.json says; nothing where it cannot be read."""
    try:
        package = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return package if isinstance(package, dict) else {}


def named_in(package: Mapping[str, JsonValue], kind: str) -> Mapping[str, JsonValue]:
    """Give the packages that a package.json names there, with their versions."""
    named = package.get(kind)
    return named if isinstance(named, Mapping) else {}


class NodePackages:
    """Looks packages up on disk, each once; to be made anew when that may change."""

    def __init__(self) -> None:
        self.place_of = cache(_place_of)
        self._real_place_of = cache(_real_place_of)
        self._required_by = cache(_required_by)

    def brought_by(self, folder: Path) -> frozenset[str]:
        """Give the names of all that npm installs for a folder's package.json.

        What a package requires is looked for as Node does, from where the package
        really lies (Node.js, "Modules: CommonJS modules", "Loading from node_modules
        folders"): it may have a version of its own, or be linked to. npm puts each
        name at the top once, where the function finds it too.
        """
        found, seen, ahead = set[str](), {folder}, [folder]
        while ahead:
            requirer = ahead.pop()
            for name in self._required_by(requirer):
                found.add(name)
                package = self._real_place_of(requirer, name)
                if package is not None and package not in seen:
                    seen.add(package)
                    ahead.append(package)
        return frozenset(found)


def _place_of(folder: Path, name: str) -> Path | None:
    """Give where a package lies, as Node finds it from a folder and those above."""
    for above in (folder, *folder.parents):
        package = above / "node_modules" / name
        if above.name != "node_modules" and package.exists():
            return package
    return None


def _real_place_of(folder: Path, name: str) -> Path | None:
    place = _place_of(folder, name)
    return None if place is None else place.resolve()


def _required_by(folder: Path) -> tuple[str, ...]:
    return tuple(_names_required(read_package(folder / PACKAGE_FILE)))


def _names_required(package: Mapping[str, JsonValue]) -> Iterator[str]:
    for kind in _INSTALLED_FROM:
        yield from named_in(package, kind)
    told = named_in(package, "peerDependenciesMeta")
    for name in named_in(package, "peerDependencies"):
        about = told.get(name)
        if not (isinstance(about, Mapping) and about.get("optional")):
            yield name
