"""What Node functions load and are not deployed with."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sandbox.project.load import load_project
from sandbox.wiring.imports import ImportReader
from sandbox.wiring.node_dependencies import node_left_behind, package_member
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [('{"a": 1}', 1), ("{}", None), ("[]", None), ("{", None), (None, None)],
)
def test_a_member_of_a_package_file(
    tmp_path: Path, text: str | None, expected: object
) -> None:
    """None where it is not there, or the file is no object, or none at all."""
    file = tmp_path / "package.json"
    if text is not None:
        file.write_text(text)

    assert package_member(file, "a") == expected
