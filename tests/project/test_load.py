"""Holds which manifest counts, and what a disk can hold in a file's place."""

import json
import resource
from collections.abc import Mapping
from pathlib import Path

import pytest

from sandbox.errors import ManifestSyntaxError, ProjectError, SandboxError, WorldError
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


def test_load_project_takes_no_shortage_for_an_empty_folder(write: Write) -> None:
    """Else an app would lose its routes and tables where many files are open."""
    root = write({"app.arc": "@app\none\n"})
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        with pytest.raises(WorldError, match="Too many open files"):
            load_project(root, home=None, environ={})
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_load_project_refuses_a_file_in_the_folders_place(write: Write) -> None:
    """Who names the manifest itself hears that the folder is wanted."""
    root = write({"app.arc": "@app\nmyapp\n"})

    with pytest.raises(ProjectError, match=r"is a file") as told:
        load_project(root / "app.arc", home=None, environ={})
    assert "Name the folder" in told.value.problems[0].remedy


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


# What JavaScript takes for true where Python does not: empty lists and objects. The
# answers are those of `@architect/inventory` 6.1.0, run on the same files.

APP = "@app\nmyapp\n"
ROUTE = f"{APP}@http\nget /\n"
SCHEDULED = f"{APP}@scheduled\na\n  rate 1 day\n"
INDEX = f"{APP}@tables\ndata\n  id *String\n@tables-indexes\ndata\n  id *String\n"


def of_json(**pragmas: object) -> dict[str, str]:
    return {"arc.json": json.dumps({"app": "myapp", **pragmas})}


ACCEPTED = {
    "no timezone": {"app.arc": f'{SCHEDULED}  timezone ""\n'},
    "timezone off": {"app.arc": f"{SCHEDULED}  timezone false\n"},
    "ICU's timezone": {"app.arc": f"{SCHEDULED}  timezone PST\n"},
    "System V's timezone": {"app.arc": f"{SCHEDULED}  timezone SystemV/PST8\n"},
    "connect with nothing": {"app.arc": f"{APP}@ws\nconnect\n  # c\nfoo\n"},
    "an object for connect": of_json(ws=[{"connect": {}}]),
    "nothing ignored": of_json(static={"ignore": []}),
    "what is no setting": of_json(static=[[[]], [{}]]),
    "a broken package beside a module": {
        "app.arc": ROUTE,
        "src/http/get-index/index.mjs": "",
        "src/http/get-index/package.json": "{bad",
    },
    "shared routes as pairs": {
        **of_json(http=[["get", "/"]], shared=[{"http": [["get", "/"]]}]),
        "src/shared/x": "",
    },
    "nothing for memory, as @aws": {
        "app.arc": ROUTE,
        "src/http/get-index/arc.json": '{"aws": {"memory": null}}',
    },
}
REFUSED = {
    "a list for a timezone": of_json(
        scheduled=[{"a": {"rate": "1 day", "timezone": []}}]
    ),
    "an unknown timezone": {"app.arc": f"{SCHEDULED}  timezone Factory\n"},
    "a rate and an empty cron": of_json(
        scheduled=[{"a": {"rate": "1 day", "cron": []}}]
    ),
    "an object ignored": {"app.arc": f"{APP}@static\nignore\n   a b\n"},
    "a second line to ignore": {"app.arc": f"{APP}@static\nignore a\nignore\n  b c\n"},
    "a list for compression": of_json(static=[["compression", []]]),
    "a list for a prefix": of_json(static=[["prefix", []]]),
    "a stage of nothing": {
        "app.arc": ROUTE,
        "prefs.arc": "@env\ntesting\n  # c\nstaging\n  A b\n",
    },
    "a stage before a swallowed @": {
        "app.arc": ROUTE,
        "prefs.arc": "@env\ntesting @x\n  A b\n",
    },
    "a list for the stage": {
        "app.arc": ROUTE,
        "prefs.arc": "@sandbox\nenv\n  # c\nports\n  http 3\n",
    },
    "a list for an API": {"app.arc": f"{ROUTE}@aws\napigateway\n  # c\nfoo\n"},
    "a list for a runtime": {"app.arc": f"{APP}@aws\nruntime\n  # c\nfoo\n"},
    "nothing for storage": {
        "app.arc": ROUTE,
        "src/http/get-index/arc.json": '{"aws": {"storage": null}}',
    },
    "nothing in a list of settings": of_json(static=[None]),
    "nothing for an old stream": of_json(streams={"a": None}),
    "no region": {"app.arc": f'{ROUTE}@aws\nregion ""\n'},
    "a list for an index": {"app.arc": f"{INDEX}  name\n  projection\n    a\n"},
    "a list for a folder": of_json(events=[{"a": {"src": []}}]),
    "an empty manifest": {"package.json": '{"arc": {}, "architect": {"app": "myapp"}}'},
    "an empty list of pragmas": {"package.json": '{"arc": []}'},
    "null for a package": {"package.json": "null"},
    "a list for a module type": {
        "app.arc": ROUTE,
        "src/http/get-index/package.json": '{"type": []}',
    },
    "a plugin without a module": {
        "app.arc": f"{APP}@plugins\nfoo\n",
        "src/plugins/foo/readme.md": "",
    },
}


@pytest.mark.parametrize("files", ACCEPTED.values(), ids=ACCEPTED)
def test_what_architect_takes_is_taken(load: Load, files: Mapping[str, str]) -> None:
    """It loads, without a word."""
    assert load(files).name == "myapp"


@pytest.mark.parametrize("files", REFUSED.values(), ids=REFUSED)
def test_what_architect_refuses_is_refused(
    load: Load, files: Mapping[str, str]
) -> None:
    """With a message of ours, not with a traceback."""
    with pytest.raises(SandboxError):
        load(files)


def test_an_empty_list_to_ignore_stays_one(load: Load) -> None:
    """The inventory tells it from none."""
    inventory = load(of_json(static={"ignore": []})).inventory

    assert inventory["static"]["ignore"] == []  # type: ignore[index,call-overload]
