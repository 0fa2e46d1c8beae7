"""What the packages of a requirements.txt bring with them."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from sandbox.wiring.installed import InstalledPackages, requirements_in
from tests.files import write_files


def installed(folder: Path, *packages: Mapping[str, str]) -> InstalledPackages:
    """Write what pip leaves of packages: a name, and more of what describes it."""
    for files in packages:
        name = files["name"]
        metadata = f"Metadata-Version: 2.1\nName: {name}\n{files.get('requires', '')}"
        described = {"METADATA": metadata, **files}
        described.pop("name")
        info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
        write_files(info, described)
    return InstalledPackages([str(folder), ""])


def brought(packages: InstalledPackages, *lines: str) -> set[str] | None:
    modules = packages.modules_of([*map(Requirement, lines)])
    return None if modules is None else set(modules)


def test_the_real_helper_brings_what_it_needs() -> None:
    """As installed here: `arc`, and by python-jose `jose`; no test tool of these."""
    packages = InstalledPackages(sys.path)

    modules = brought(packages, "architect-functions==1.0.0")

    assert modules is not None
    assert {"arc", "jose"} <= modules
    assert "pytest" not in modules
    assert packages.package_of("jose") == "python-jose"


def test_packages_that_are_required_count_too(tmp_path: Path) -> None:
    """However far on, in a circle too; of extras, those that were asked for."""
    packages = installed(
        tmp_path,
        {
            "name": "top",
            "top_level.txt": "top\n_top\n",
            "requires": "Requires-Dist: !\nRequires-Dist: Mid_dle>=1\n"
            'Requires-Dist: more; extra == "all"\n'
            'Requires-Dist: old; python_version < "3"\n'
            "Requires-Dist: gone\nRequires-Dist: ???\n",
        },
        {
            "name": "mid-dle",
            "RECORD": "middle/__init__.py,,\nsingle.py,,\n"
            "fast.cpython-311-x86_64-linux-gnu.so,,\n../bin/x,,\n"
            "mid_dle-1.0.dist-info/METADATA,,\n",
            "requires": "Requires-Dist: top\n",
        },
        {"name": "more", "top_level.txt": "more"},
        {"name": "old", "top_level.txt": "old"},
    )
    # Python 3.12 and later leave out files that are recorded, and not there.
    write_files(tmp_path, {"middle/__init__.py": "", "single.py": ""})
    write_files(tmp_path, {"fast.cpython-311-x86_64-linux-gnu.so": ""})
    always = {"top", "_top", "middle", "single", "fast"}

    assert brought(packages, "top") == always
    assert brought(packages, "TOP[all]==1.0") == {*always, "more"}
    assert brought(packages, "top; python_version < '3'") == always
    assert brought(packages, "gone; python_version < '3'") == set()
    assert brought(packages) == set()


def test_packages_may_share_a_folder(tmp_path: Path) -> None:
    """Each brings what lies in it alone, as `google.*` and `azure.*` do.

    `top_level.txt` names the folder only; a package of that name may share nothing.
    """
    storage = {
        "google/cloud/storage/__init__.py": "",
        "google/cloud/storage/blob.py": "",
        "google/cloud/version.py": "",
        "google/cloud/x.proto": "",
    }
    protobuf = {"google/protobuf/__init__.py": "", "google/_up.abi3.so": ""}
    write_files(tmp_path, {**storage, **protobuf, "google_old/__init__.py": ""})

    packages = installed(
        tmp_path,
        {
            "name": "google-cloud-storage",
            "top_level.txt": "google\n",
            "RECORD": "".join(f"{file},,\n" for file in storage),
            "requires": "Requires-Dist: protobuf\n",
        },
        {"name": "protobuf", "RECORD": "".join(f'"{file}",,\n' for file in protobuf)},
        {"name": "google-old", "top_level.txt": "google_old"},
        {"name": "google-untold", "top_level.txt": "google"},
    )

    protobufs = {"google.protobuf", "google._up"}
    storages = {"google.cloud.storage", "google.cloud.version"}
    assert brought(packages, "protobuf") == protobufs
    assert brought(packages, "google-cloud-storage") == storages | protobufs
    assert brought(packages, "google-untold") is None
    assert packages.package_of("google.protobuf") == "protobuf"
    assert packages.package_of("google.cloud.storage") == "google-cloud-storage"
    assert packages.package_of("google_old") == "google-old"


def test_what_is_not_known_is_not_guessed(tmp_path: Path) -> None:
    """Of a package that is not installed, and of one whose code lies elsewhere."""
    editable = json.dumps({"url": "file:///x", "dir_info": {"editable": True}})
    packages = installed(
        tmp_path,
        {"name": "here", "top_level.txt": "here", "direct_url.json": "{}"},
        {"name": "elsewhere", "RECORD": "x.pth,,", "direct_url.json": editable},
        {"name": "unrecorded"},
        {"name": "torn", "top_level.txt": "torn", "direct_url.json": "{"},
    )

    assert brought(packages, "here") == {"here"}
    assert brought(packages, "here", "absent") is None
    assert brought(packages, "here", "elsewhere") is None
    assert brought(packages, "here", "unrecorded") is None
    assert brought(packages, "torn") == {"torn"}
    assert packages.package_of("here") == "here"
    assert packages.package_of("unheard_of") is None


@pytest.mark.parametrize("metadata", ["", "Metadata-Version: 2.1\nName: ...\n"])
def test_a_package_may_have_lost_its_name(tmp_path: Path, metadata: str) -> None:
    """As one that pip was stopped at; then nobody knows what would be installed."""
    packages = installed(
        tmp_path,
        {"name": "whole", "top_level.txt": "whole"},
        {"name": "torn", "top_level.txt": "torn", "METADATA": metadata},
    )

    assert packages.found_for(["torn", "whole"]) is None
    assert packages.found_for(["whole"]) == {"whole"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# c\nA_b>=1 # why\n\nc[x] ; python_version > '3'\n", {"A_b", "c"}),
        ("--index-url https://x.example\n-c other.txt\na\n", {"a"}),
        ("a==1 \\\n  --hash=sha256:00 \\\n  --hash=sha256:11\nb\n", {"a", "b"}),
        ("-r more.txt\na\n", {"a", "m"}),
        ("--requirement=more.txt\n", {"m"}),
        ("a @ https://x.example/a.whl\n", {"a"}),
        ("-r absent.txt\na\n", None),
        ("-r requirements.txt\n", None),
        ("./a.whl\n", None),
        ("-e .\n", None),
        ("--editable=.\n", None),
        ("https://x.example/a.whl\n", None),
        ("", set()),
    ],
)
def test_requirements_are_read_as_pip_reads_them(
    tmp_path: Path, text: str, expected: set[str] | None
) -> None:
    """With what they include; what only pip can tell makes the whole unknown."""
    write_files(tmp_path, {"requirements.txt": text, "more.txt": "m\n"})

    found = requirements_in(tmp_path / "requirements.txt")

    names = None if found is None else {one.name for one in found}
    assert names == expected
