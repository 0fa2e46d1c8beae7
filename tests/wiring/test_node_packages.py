"""Where packages lie, and what npm brings with a list."""

import json
from pathlib import Path

import pytest

from sandbox.wiring.node_packages import NodePackages, package_member
from tests.files import write_files

FOLDER = "app/src/http/get-index"


def requiring(*names: str) -> str:
    return json.dumps({"dependencies": dict.fromkeys(names, "*")})


def brought(root: Path) -> set[str]:
    return set(NodePackages().brought_by(root / FOLDER))


def test_a_package_may_have_its_own_version_of_another(tmp_path: Path) -> None:
    """What that one requires is brought, and not what the version at the top does."""
    write_files(
        tmp_path,
        {
            f"{FOLDER}/package.json": requiring("top"),
            "app/node_modules/top/package.json": requiring("both"),
            "app/node_modules/top/node_modules/both/package.json": requiring("old"),
            "app/node_modules/both/package.json": requiring("new"),
            "app/node_modules/old/package.json": requiring("top"),
        },
    )

    assert brought(tmp_path) == {"top", "both", "old"}


def test_what_links_lead_to_finds_packages_from_there(tmp_path: Path) -> None:
    """In the folders of pnpm, and beside a workspace or what `npm link` has linked."""
    store = "app/node_modules/.pnpm/one@1/node_modules"
    write_files(
        tmp_path,
        {
            f"{FOLDER}/package.json": requiring("one", "@me/lib"),
            f"{store}/one/package.json": requiring("two"),
            f"{store}/two/package.json": requiring("three"),
            "lib/package.json": requiring("four"),
            "lib/node_modules/four/package.json": requiring("five"),
        },
    )
    modules = tmp_path / "app/node_modules"
    (modules / "@me").mkdir()
    (modules / "@me/lib").symlink_to(tmp_path / "lib")
    (modules / "one").symlink_to(tmp_path / store / "one")

    assert brought(tmp_path) == {"one", "@me/lib", "two", "three", "four", "five"}


def test_a_peer_may_be_optional(tmp_path: Path) -> None:
    """Those are what npm leaves out (npm, "package.json": peerDependenciesMeta)."""
    top = {
        "peerDependencies": {"peer": "*", "maybe": "*", "odd": "*"},
        "peerDependenciesMeta": {"maybe": {"optional": True}, "odd": True},
        "optionalDependencies": {"fast": "*"},
    }
    write_files(tmp_path, {f"{FOLDER}/package.json": json.dumps(top)})

    assert brought(tmp_path) == {"peer", "odd", "fast"}


def test_packages_are_found_as_node_finds_them(tmp_path: Path) -> None:
    """At the folder or above, never in a `node_modules` of `node_modules` itself."""
    write_files(
        tmp_path,
        {
            "node_modules/far/x.js": "",
            "a/node_modules/@s/near/x.js": "",
            "a/node_modules/node_modules/no/x.js": "",
        },
    )
    place_of = NodePackages().place_of
    folder = tmp_path / "a/node_modules/@s"

    assert place_of(folder, "far") == tmp_path / "node_modules/far"
    assert place_of(folder, "@s/near") == tmp_path / "a/node_modules/@s/near"
    assert place_of(folder, "no") is None


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
