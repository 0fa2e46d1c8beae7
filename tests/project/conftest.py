"""App folders for the tests of reading them."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from sandbox.project.load import load_project
from sandbox.project.model import Project
from tests.files import write_files

Write = Callable[[Mapping[str, str]], Path]
Load = Callable[[Mapping[str, str]], Project]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give a function that writes files into the app's folder, and gives that."""
    root = tmp_path / "app"
    root.mkdir()

    return partial(write_files, root)


@pytest.fixture
def load(write: Write, tmp_path: Path) -> Load:
    """Give a function that loads an app of these files; `home` is its home folder."""

    def load_files(files: Mapping[str, str]) -> Project:
        return load_project(write(files), home=tmp_path / "app" / "home", environ={})

    return load_files
