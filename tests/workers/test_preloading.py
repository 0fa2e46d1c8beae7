"""What source files tell about the packages that they will import."""

import pytest

from sandbox.workers import preloading


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("import boto3", {"boto3"}),
        ("import json, boto3, arc", {"boto3", "arc"}),
        ("from arc.http import res", {"arc"}),
        ("    import arc.tables as t", {"arc"}),
        ("from botocore.config import Config", {"botocore"}),
        ("import archive", set()),
        ("# import boto3", set()),
        ("x = 'import boto3'", set()),
        ("from . import arc", set()),
    ],
)
def test_wanted_by_reads_import_statements(app, source, wanted):
    """Names in import statements count, text elsewhere does not."""
    function = app.function("f", source)

    assert preloading.wanted_by(function, app.project) == wanted


def test_wanted_by_reads_shared_code(app):
    """A function that imports it will import what that imports."""
    app.write("src/shared/db.py", "import boto3")
    function = app.function("f", "from shared import db")
    app.mount(shared_folder=app.root / "src" / "shared")

    assert preloading.wanted_by(function, app.project) == {"boto3"}


def test_wanted_by_all_leaves_other_languages_out(app):
    """Only Python functions count."""
    app.function("py", "import boto3")
    app.function("js", "import arc", runtime="nodejs20.x")

    assert preloading.wanted_by_all(app.project) == {"boto3"}


@pytest.mark.parametrize(
    ("name", "is_shadowed"),
    [
        ("boto3.py", True),
        ("boto3/__init__.py", True),
        ("vendor/boto3/__init__.py", True),
        ("vendor/six.cpython-311.so", False),
        ("boto.py", False),
    ],
)
def test_is_shadowed_looks_where_imports_look_first(app, name, is_shadowed):
    """A module of its own, beside the handler or vendored."""
    function = app.function("f", "")
    app.write(f"src/http/get-f/{name}", "")

    found = preloading.is_shadowed(function.folder, frozenset({"boto3", "json"}))

    assert found is is_shadowed
