"""Tests of the paths of routes."""

import pytest

from sandbox.project.http import nameable_path
from tests.project.conftest import Load


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/", "/"),
        ("/a.b/c_d/e-f", "/a.b/c_d/e-f"),
        ("/about/", "/about/*"),
        ("/a//b", "/a/*"),
        ("//", "/*"),
        ("/%C3%A9", "/*"),
        ("/users/~ada/notes", "/users/*"),
        ("/a/b:c/d", "/a/*"),
        ("/a/b*c", "/a/*"),
        ("/a/:/b", "/a/*"),
        ("/a/b-/c", "/a/*"),
    ],
)
def test_nameable_path_is_one_that_a_manifest_takes(
    path: str, named: str, load: Load
) -> None:
    """Where no line can name the path itself, a catch-all above it takes it."""
    project = load({"app.arc": f"@app\npaths\n\n@http\nget {named}\n"})

    assert nameable_path(path) == named
    assert [route.path for route in project.routes] == [named]
