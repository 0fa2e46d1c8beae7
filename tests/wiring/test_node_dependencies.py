"""What Node functions load and are not deployed with."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sandbox.project.load import load_project
from sandbox.wiring.imports import ImportReader
from sandbox.wiring.node_dependencies import node_left_behind
from tests.files import write_files

MANIFEST = "@app\ndemo\n@http\nget /\n"
FOLDER = "src/http/get-index"
INDEX = f"{FOLDER}/index.mjs"
LIST = f"{FOLDER}/package.json"

Look = Callable[[Mapping[str, str]], dict[str, str]]


def package(**members: object) -> str:
    return json.dumps(members)


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Give a function that tells which packages an app's function lacks, and why."""

    def look(files: Mapping[str, str]) -> dict[str, str]:
        installed = {
            f"node_modules/{name}/package.json": package(name=name)
            for name in ("nanoid", "ms", "aws-sdk", "@s/one", "events")
        }
        debug = package(dependencies={"ms": "2"}, peerDependencies={"@s/one": "1"})
        installed["node_modules/debug/package.json"] = debug
        root = write_files(tmp_path, {"app.arc": MANIFEST, **installed, **files})
        project = load_project(root, home=None, environ={})
        found = node_left_behind(project, ImportReader())
        return {
            one.package: f"{one.hindrance} {one.where.file}:{one.where.line}"
            for one in found
        }

    return look


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, {}),
        ({"type": "module", "dependencies": None}, {}),
        ({"dependencies": {"nanoid": "5"}}, {"ms": "unnamed", "@s/one": "unnamed"}),
        ({"dependencies": {"nanoid": "5", "debug": "4"}}, {}),
        ({"peerDependencies": {"debug": "4"}}, {"nanoid": "unnamed"}),
        (
            {"dependencies": {}, "optionalDependencies": {"debug": "4"}},
            {"nanoid": "unnamed"},
        ),
        (
            {"devDependencies": {"nanoid": "5", "ms": "2", "@s/one": "1"}},
            dict.fromkeys(("nanoid", "ms", "@s/one"), "development"),
        ),
    ],
)
def test_a_function_with_a_list_has_what_that_brings(
    look: Look, members: dict[str, object], expected: dict[str, str]
) -> None:
    """And what is needed for it; those for development are left out."""
    source = "import 'nanoid/part'\nimport 'ms'; import '@s/one/x'; import 'absent'\n"

    found = look({INDEX: source, LIST: package(**members)})

    assert {name: why.split()[0] for name, why in found.items()} == expected


def test_what_lies_in_the_functions_own_folder_is_deployed(look: Look) -> None:
    """What npm has put there is needed by something that the list names."""
    found = look(
        {
            INDEX: "import 'ms'",
            LIST: package(dependencies={"absent": "1"}),
            f"{FOLDER}/node_modules/ms/package.json": "{}",
        }
    )

    assert found == {}


def test_files_are_followed_through_the_app(look: Look) -> None:
    """By paths with and without a suffix, and shared code, as far as it is loaded."""
    found = look(
        {
            INDEX: "import './near'\nimport '@architect/shared/db.mjs'\nimport './no'",
            LIST: package(dependencies={}),
            f"{FOLDER}/near/index.js": "require('../near.cjs'); require('..')",
            f"{FOLDER}/near.cjs": "require('@architect/shared'); require('debug')",
            f"{FOLDER}/unused.js": "require('nanoid')",
            "src/shared/index.js": "\nrequire('ms')",
            "src/shared/db.mjs": "import '@architect/views/x'\nimport '@s/one'",
            "src/shared/unused.js": "require('nanoid')",
        }
    )

    assert found == {
        "debug": f"unnamed {FOLDER}/near.cjs:1",
        "ms": "unnamed src/shared/index.js:2",
        "@s/one": "unnamed src/shared/db.mjs:2",
    }


@pytest.mark.parametrize("is_named", [True, False])
def test_shared_code_may_have_a_list_of_its_own(look: Look, *, is_named: bool) -> None:
    """What is installed in its folder is copied with it."""
    shared = package(dependencies={"nanoid": "5"} if is_named else {})

    found = look(
        {
            INDEX: "import '@architect/shared/db.mjs'",
            LIST: package(dependencies={}),
            "src/shared/db.mjs": "import 'nanoid'",
            "src/shared/package.json": shared,
        }
    )

    assert list(found) == ([] if is_named else ["nanoid"])


@pytest.mark.parametrize(
    ("shared", "expected"),
    [
        (None, []),
        (package(dependencies={"own": "1"}), []),
        (package(devDependencies={"own": "1"}), ["own"]),
    ],
)
def test_shared_code_has_packages_of_its_own(
    look: Look, shared: str | None, expected: list[str]
) -> None:
    """Installed anew where it has a list, and otherwise copied as they lie there."""
    listed = {} if shared is None else {"src/shared/package.json": shared}

    found = look(
        {
            INDEX: "import '@architect/shared/db.mjs'",
            LIST: package(dependencies={}),
            "src/shared/db.mjs": "import 'own'",
            "src/shared/node_modules/own/package.json": "{}",
            **listed,
        }
    )

    assert list(found) == expected


def test_a_file_finds_what_lies_beside_itself(look: Look) -> None:
    """However deep in the function's folder: all of that is deployed."""
    found = look(
        {
            INDEX: "import './lib/x.js'; import './y.js'",
            LIST: package(dependencies={}),
            f"{FOLDER}/lib/x.js": "require('ms')",
            f"{FOLDER}/lib/node_modules/ms/package.json": "{}",
            f"{FOLDER}/y.js": "require('nanoid')",
        }
    )

    assert list(found) == ["nanoid"]


def test_a_linked_file_finds_what_lies_beside_the_real_one(
    look: Look, tmp_path: Path
) -> None:
    """As Node does; it is deployed without that."""
    beside = {"tools/x.js": "require('far')", "tools/node_modules/far/x.js": ""}
    write_files(tmp_path, {f"{FOLDER}/index.mjs": "", **beside})
    (tmp_path / FOLDER / "x.js").symlink_to(tmp_path / "tools/x.js")

    found = look({INDEX: "import './x.js'", LIST: package(dependencies={})})

    assert found == {"far": f"unnamed {FOLDER}/x.js:1"}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("@arc\nhydrate true\n", {"aws-sdk": f"sdk-v2 {INDEX}:1"}),
        ("@aws\nlayers arn:aws:lambda:us-west-2:1:layer:x:1\n", {}),
        ("@arc\nignoreDependencies\n  aws-sdk\n", {}),
        ("@arc\nignoredDependencies aws-sdk\n", {}),
        (
            "@arc\nhydrate false\n",
            {"aws-sdk": f"not-hydrated {INDEX}:1", "nanoid": f"not-hydrated {INDEX}:3"},
        ),
    ],
)
def test_without_a_list_all_is_installed_but_the_sdk(
    look: Look, config: str, expected: dict[str, str]
) -> None:
    """Unless the function's configuration says otherwise; a layer may have anything."""
    source = (
        "import 'aws-sdk/clients/s3'\nimport '@aws-sdk/client-s3'; import 'events'\n"
        "import 'nanoid'; import 'node:fs'; import '#own'; import 'https://x.example/'\n"
    )

    assert look({INDEX: source, f"{FOLDER}/config.arc": config}) == expected


def test_a_built_in_module_is_no_package(look: Look) -> None:
    """Nor is what is below it; with a slash at its end, its name is a package's."""
    source = "import 'events'; import 'fs/promises'; import 'node:events/x'\n"
    listed = package(dependencies={})
    assert look({INDEX: source, LIST: listed}) == {}

    found = look({INDEX: f"{source}require('events/')", LIST: listed})

    assert found == {"events": f"unnamed {INDEX}:2"}


REEXPORT = "export { x } from 'nanoid'\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({INDEX: REEXPORT}, {"nanoid": f"re-exported {INDEX}:1"}),
        ({INDEX: f"{REEXPORT}import 'nanoid/part'"}, {}),
        ({INDEX: REEXPORT, f"{FOLDER}/a/unused.cjs": "require('nanoid')"}, {}),
        ({INDEX: REEXPORT, "src/shared/x.js": "await import('nanoid')"}, {}),
        ({INDEX: REEXPORT, LIST: package(dependencies={"nanoid": "5"})}, {}),
        (
            {
                INDEX: REEXPORT,
                f"{FOLDER}/config.arc": "@arc\nignoreDependencies nanoid",
            },
            {},
        ),
        (
            {INDEX: REEXPORT, f"{FOLDER}/node_modules/x/x.js": "require('nanoid')"},
            {"nanoid": f"re-exported {INDEX}:1"},
        ),
        (
            {
                INDEX: "import '@architect/shared/x.js'",
                "src/shared/x.js": "import 'ms'\nexport * from 'nanoid'",
                f"{FOLDER}/x.md": "import 'nanoid'",
            },
            {"nanoid": "re-exported src/shared/x.js:2"},
        ),
    ],
)
def test_what_is_only_handed_on_is_overlooked(
    look: Look, files: dict[str, str], expected: dict[str, str]
) -> None:
    """By `arc deploy`, which installs what any file imports, if it is not listed."""
    assert look(files) == expected


def test_a_link_to_nowhere_imports_nothing(look: Look, tmp_path: Path) -> None:
    """An editor's lock on a file is one."""
    write_files(tmp_path, {INDEX: ""})
    (tmp_path / FOLDER / ".#index.mjs").symlink_to("someone@somewhere")

    assert list(look({INDEX: REEXPORT})) == ["nanoid"]
