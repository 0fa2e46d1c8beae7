"""Holds which manifest counts, and what a disk can hold in a file's place."""

import json
from pathlib import Path

import pytest

from sandbox.errors import ManifestSyntaxError, ProjectError
from sandbox.project.load import load_project
from tests.project.conftest import Load, Write


def test_load_project_takes_the_first_manifest(load: Load) -> None:
    """app.arc beats .arc, which beats JSON, YAML and package.json."""
    files = {
        "app.arc": "@app\none\n",
        ".arc": "@app\ntwo\n",
        "arc.json": '{"app": "three"}',
        "arc.yml": "app: four\n",
        "package.json": '{"arc": {"app": "five"}}',
    }
    names = []
    while files:
        project = load(files)
        names.append(project.name)
        (project.root / next(iter(files))).unlink()
        del files[next(iter(files))]

    assert names == ["one", "two", "three", "four", "five"]


def test_load_project_refuses_a_folder_in_the_manifests_place(write: Write) -> None:
    """A folder called app.arc is told, not read."""
    root = write({"app.arc/x": ""})

    with pytest.raises(ManifestSyntaxError, match="cannot be read"):
        load_project(root, home=None, environ={})


def test_load_project_takes_the_region_of_the_environment(write: Write) -> None:
    """AWS_REGION is the region of an app that names none."""
    root = write({"app.arc": "@app\nmyapp\n"})

    assert load_project(root, home=None, environ={}).region == "us-west-2"
    environ = {"AWS_REGION": "eu-north-1"}
    assert load_project(root, home=None, environ=environ).region == "eu-north-1"


def test_load_project_gives_the_inventory_relative_to_the_project(load: Load) -> None:
    """Paths are relative, and the static asset proxy is told apart."""
    inventory = load({"app.arc": "@app\nmyapp\n@http\nget /a\n"}).inventory

    assert json.loads(json.dumps(inventory["http"])) == [
        {
            "name": "get /a",
            "method": "get",
            "path": "/a",
            "pragma": "http",
            "src": "src/http/get-a",
            "configFile": None,
            "handlerFile": "src/http/get-a/index.mjs",
            "handlerMethod": "handler",
            "handlerModuleSystem": "esm",
            "config": {
                "timeout": 5,
                "memory": 1152,
                "runtime": "nodejs22.x",
                "architecture": "arm64",
                "handler": "index.handler",
                "state": "n/a",
                "concurrency": "unthrottled",
                "storage": 512,
                "layers": [],
                "policies": [],
                "shared": True,
                "env": True,
                "views": True,
            },
        },
        {
            "name": "get /*",
            "method": "get",
            "path": "/*",
            "pragma": "http",
            "src": "<asap>",
            "configFile": None,
            "handlerFile": "<asap>/index.js",
            "handlerMethod": "handler",
            "arcStaticAssetProxy": True,
            "config": {
                "timeout": 5,
                "memory": 1152,
                "runtime": "nodejs22.x",
                "architecture": "arm64",
                "handler": "index.handler",
                "state": "n/a",
                "concurrency": "unthrottled",
                "storage": 512,
                "layers": [],
                "policies": [],
                "shared": False,
                "env": True,
                "views": False,
            },
        },
    ]


def test_load_project_knows_every_file_it_depends_on(load: Load) -> None:
    """Source files name what could change the project, there or not."""
    project = load(
        {"app.arc": "@app\nmyapp\n@events\na\n", "src/events/a/config.arc": "@aws\n"}
    )
    shown = {path.relative_to(project.root) for path in project.source_files}

    assert {Path("app.arc"), Path(".env"), Path("src/events/a/config.arc")} <= shown


def test_load_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """It is no empty app: an empty one would lose its tables."""
    with pytest.raises(ProjectError, match="is not there"):
        load_project(tmp_path / "nowhere", home=None, environ={})
