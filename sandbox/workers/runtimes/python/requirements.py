"""Which command mends a missing package: takes its name, gives a sentence."""

import os
import re
import sys
from collections.abc import Iterator

_NAME = re.compile(r"^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)", re.ASCII)
_DISTRIBUTIONS = {
    "arc": "architect-functions",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "PIL": "Pillow",
    "time_machine": "time-machine",
    "yaml": "PyYAML",
}
"""Packages whose import name is not the name that pip knows."""
_DESCRIPTIONS = (".dist-info", ".egg-info")
"""How the folders of an installed distribution's metadata end (PyPA specifications,
"Recording installed projects")."""
_SHARED_FOLDERS = ("shared", "views")
"""Folders of the app that functions import from; never packages to install."""
_NAMES_OF_MANY = ("azure", "google")
"""How the names of many packages begin; one that has no more to it is not theirs."""


def remedy_for_missing(package: str, *, folder: str) -> str:
    """Say how to install what `import package` needs; of a shared name, with its parts.

    Looks for `requirements.txt` in `folder` and above; a requirement in it that is not
    installed is what the command names.
    """
    top = package.partition(".")[0]
    if top in _SHARED_FOLDERS:
        return (
            f'Check that "src/{top}" has the module, and that no '
            f'"{top} false" in "config.arc" keeps it from this function.'
        )
    many = f"{package}-…" if package in _NAMES_OF_MANY else package.replace(".", "-")
    distribution = _DISTRIBUTIONS.get(package, many)
    installed = _installed()
    for file in _requirement_files(folder):
        missing = [name for name in _names(file) if _plain(name) not in installed]
        same = [name for name in missing if _plain(name) == _plain(distribution)]
        if missing:
            return f'Install what "{file}" names: {_pip(*(same or missing))}.'
    return (
        f"If it is a package, install it: {_pip(distribution)} "
        'and name it in "requirements.txt"; if it is a module of the app, '
        "check its name and place."
    )


def _pip(*names: str) -> str:
    return f'"{sys.executable} -m pip install {" ".join(names)}"'


def _requirement_files(folder: str) -> Iterator[str]:
    while True:
        file = os.path.join(folder, "requirements.txt")
        if os.path.isfile(file):
            yield file
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _names(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.readlines()
    except OSError:
        return []
    return [found[1] for line in lines if (found := _NAME.match(line))]


def _installed() -> set[str]:
    """Give the plain names of what is installed, by the folders that describe it.

    importlib.metadata would do so too, with modules that a function may have of its own
    (email, csv), and 20 ms later.
    """
    return {
        _plain(entry.rpartition(".")[0].partition("-")[0])
        for folder in sys.path
        for entry in _entries(folder)
        if entry.endswith(_DESCRIPTIONS)
    }


def _entries(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
