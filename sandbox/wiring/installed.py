"""Python's installed packages → which modules a requirements.txt brings.

Reads what pip has written beside them (PyPA specifications, "Core metadata" and
"Recording installed projects"); imports none.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib.metadata import Distribution, DistributionFinder, MetadataPathFinder
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from sandbox.wiring.module_roots import ModuleRoots

_INCLUDE = re.compile(r"(?:-r|--requirement)[\s=]*(\S+)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_HASHES = re.compile(r"\s--hash\b.*")
_MODULE_FILE = re.compile(r"([A-Za-z_]\w*)(?:\.[\w-]+)*\.(?:py|so|pyd)")
_DEEPEST_INCLUDE = 8


def requirements_in(file: Path, *, depth: int = 0) -> tuple[Requirement, ...] | None:
    """Give the requirements of a requirements.txt and of what it includes.

    None where a line says what only pip can tell: a path, an address, an editable one.
    """
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found: list[Requirement] = []
    for line in text.replace("\\\n", " ").splitlines():
        entry = _HASHES.sub("", _COMMENT.sub("", line)).strip()
        named = _requirements_of(entry, folder=file.parent, depth=depth)
        if named is None:
            return None
        found += named
    return tuple(found)


def _requirements_of(
    entry: str, *, folder: Path, depth: int
) -> tuple[Requirement, ...] | None:
    """Give what one line of a requirements.txt names; None where it does not say."""
    if included := _INCLUDE.match(entry):
        if depth >= _DEEPEST_INCLUDE:
            return None
        return requirements_in(folder / included[1], depth=depth + 1)
    if entry.startswith(("-e", "--editable")):
        return None
    if not entry or entry.startswith("-"):
        return ()
    try:
        return (Requirement(entry),)
    except InvalidRequirement:
        return None


class InstalledPackages:
    """What lies on a path that Python imports from; each package is read once.

    Args:
        path: folders, the first that has a module wins.
    """

    def __init__(self, path: Sequence[str]) -> None:
        self._path = [folder for folder in path if folder]
        self._roots = ModuleRoots(self._path)
        self._modules: dict[str, frozenset[str] | None] = {}
        self._brought: dict[tuple[str, ...], frozenset[str] | None] = {}

    def modules_of(self, named: Sequence[Requirement]) -> frozenset[str] | None:
        """Give the modules of packages and of all that these require.

        Each by the name that `ModuleRoots.root_of` gives it. None where one of the
        named is not installed, or does not say what it brings.
        """
        key = tuple(map(str, named))
        if key not in self._brought:
            self._brought[key] = self._all_modules_of(named)
        return self._brought[key]

    def _all_modules_of(self, named: Sequence[Requirement]) -> frozenset[str] | None:
        modules: frozenset[str] = frozenset()
        # What a marker leaves out here, such as Python's version, AWS may have.
        ahead, seen = list(named), set[str]()
        expected = {str(one) for one in named if _applies(one)}
        while ahead:
            requirement = ahead.pop()
            if str(requirement) in seen:
                continue
            seen.add(str(requirement))
            distribution = next(self._find(requirement.name), None)
            if distribution is None and str(requirement) not in expected:
                continue  # pip would have it; here nothing imports it
            brought = None if distribution is None else self._modules_in(distribution)
            if distribution is None or brought is None:
                return None
            modules |= brought
            ahead += _required_by(distribution, extras=requirement.extras)
        return modules

    def found_for(self, names: Iterable[str]) -> frozenset[str] | None:
        """Give the modules that `arc deploy` installs for names without dots.

        For each, the first package that has it, and what that requires, which may
        not be the package that is meant (`@architect/hydrate` 6.0.2,
        "get_python_deps.py": `packages_distributions()[name][0]`). None where one
        does not say what it brings.
        """
        first: dict[str, Distribution] = {}
        for distribution, modules in self._all:
            for module in modules:
                first.setdefault(module.partition(".")[0], distribution)
        found = [first[name].name or "" for name in names if name in first]
        try:
            return self.modules_of([*map(Requirement, found)])
        except InvalidRequirement:  # what describes it is damaged
            return None

    def package_of(self, module: str) -> str | None:
        """Give the name of the package that brings a module; None where nobody says.

        Args:
            module: as `ModuleRoots.root_of` gives it.
        """
        for distribution, modules in self._all:
            if module in modules:
                return distribution.name
        return None

    @cached_property
    def _all(self) -> tuple[tuple[Distribution, frozenset[str]], ...]:
        """Every package, in the order in which Python finds them, with its modules.

        Not by their names, each of which takes half a millisecond to read.
        """
        return tuple(
            (distribution, _modules_in(distribution, self._roots) or frozenset())
            for distribution in self._find(None)
        )

    def _modules_in(self, distribution: Distribution) -> frozenset[str] | None:
        name = distribution.name
        if name not in self._modules:
            self._modules[name] = _modules_in(distribution, self._roots)
        return self._modules[name]

    def _find(self, name: str | None) -> Iterator[Distribution]:
        context = DistributionFinder.Context(name=name, path=self._path)
        return iter(MetadataPathFinder.find_distributions(context))


def _applies(requirement: Requirement, extras: Iterable[str] = ()) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": e}) for e in ("", *extras))


def _required_by(
    distribution: Distribution, *, extras: Iterable[str]
) -> Iterator[Requirement]:
    for text in distribution.requires or ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:  # older packages have what is no longer one
            continue
        if _applies(requirement, extras):
            yield requirement


def _modules_in(
    distribution: Distribution, roots: ModuleRoots
) -> frozenset[str] | None:
    """Give a package's modules; None where it has no list of them.

    Or where its code lies elsewhere (PEP 660).
    """
    if _is_editable(distribution):
        return None
    listed = (distribution.read_text("top_level.txt") or "").split()
    if listed and not any(map(roots.is_shared, listed)):
        return frozenset(listed)
    recorded = _recorded(distribution)
    return None if recorded is None else frozenset(_roots_of(recorded, roots))


def _roots_of(files: Iterable[str], roots: ModuleRoots) -> Iterator[str]:
    """Give what owns the files: a package, or a module of a name that many share."""
    for file in files:
        top, slash, _ = file.partition("/")
        if slash and not top.isidentifier():  # metadata, scripts
            continue
        if slash and not roots.is_shared(top):
            yield top
        elif found := _MODULE_FILE.fullmatch(file.rpartition("/")[2]):
            root = roots.root_of(_dotted(file, found[1])) if slash else found[1]
            if root is not None:
                yield root


def _dotted(file: str, module: str) -> str:
    folders = file.split("/")[:-1]
    return ".".join(folders if module == "__init__" else [*folders, module])


def _recorded(distribution: Distribution) -> Iterable[str] | None:
    """Give the paths of a package's files.

    `Distribution.files` makes an object of each, which takes ten times as long.
    """
    record = distribution.read_text("RECORD")
    if record is not None:
        return (row[0] for row in csv.reader(record.splitlines()) if row)
    files = distribution.files
    return None if files is None else map(str, files)


def _is_editable(distribution: Distribution) -> bool:
    try:
        origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    except ValueError:
        return False
    return bool(origin.get("dir_info", {}).get("editable"))
