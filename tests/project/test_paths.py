"""Paths as `path.join` and `path.relative` of Node write them."""

import pytest

from sandbox.project import paths


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/app/src/http/get-index", "src/http/get-index"),
        ("/app/src/http/get-index/", "src/http/get-index/"),
        ("/app/.config/one", ".config/one"),
        ("/app/src/..hidden/one", "src/..hidden/one"),
        ("/app/src/./one", "src/one"),
        ("/app/src//one", "src/one"),
        ("/app//src", "src"),
        ("/app/../lib", "../lib"),
        ("/app/src/../../lib", "../lib"),
        ("/app", "."),
        ("/app/", "."),
        ("/application/src", "../application/src"),
        ("/elsewhere", "../elsewhere"),
    ],
)
def test_a_path_is_shown_from_the_projects_folder(path: str, shown: str) -> None:
    """The short way to write it, whether it lies inside or not."""
    assert paths.relative("/app", path) == shown


def test_a_path_is_shown_from_the_root_of_the_disk() -> None:
    """A project may be the whole disk, as in a container."""
    assert paths.relative("/", "/src/one") == "src/one"


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        (("src", "/http", "get-index"), "/app/src/http/get-index"),
        (("src/", ""), "/app/src/"),
        (("..", "lib"), "/lib"),
    ],
)
def test_parts_are_joined_below_a_folder(parts: tuple[str, ...], joined: str) -> None:
    """A part never starts at the root; a slash at the end stays."""
    assert paths.join("/app", *parts) == joined
