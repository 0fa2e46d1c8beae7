"""How far a dotted name leads to one package's own."""

from pathlib import Path

import pytest

from sandbox.wiring.module_roots import ModuleRoots
from tests.files import write_files

PKGUTIL = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
PKG_RESOURCES = (
    '# Copyright\n"""Shared."""\ntry:\n import pkg_resources\n'
    " pkg_resources.declare_namespace(__name__)\nexcept ImportError:\n"
    " from pkgutil import extend_path\n __path__ = extend_path(__path__, __name__)\n"
)


@pytest.mark.parametrize(
    ("name", "root"),
    [
        ("yaml", "yaml"),
        ("yaml.reader.Reader", "yaml"),
        ("single.thing", "single"),
        ("fast.thing", "fast"),
        ("compiled.thing", "compiled"),
        ("google.cloud.storage.blob", "google.cloud.storage"),
        ("google.cloud.version", "google.cloud.version"),
        ("google.cloud.absent", None),
        ("google.cloud", None),
        ("google", None),
        ("absent.x", None),
        ("old.one.x", "old.one"),
        ("older.one", "older.one"),
        ("airflow.models", "airflow"),
        ("stated.x", "stated"),
        ("broken.x", "broken"),
        ("long.x", "long"),
    ],
)
def test_a_name_leads_as_far_as_it_is_shared(
    tmp_path: Path, name: str, root: str | None
) -> None:
    """By folders without `__init__.py`, or with one that does nothing but share."""
    write_files(
        tmp_path,
        {
            "yaml/__init__.py": "",
            "yaml/reader.py": "",
            "single.py": "",
            "fast.cpython-311-x86_64-linux-gnu.so": "",
            "compiled/__init__.cpython-311-x86_64-linux-gnu.so": "",
            "google/cloud/storage/__init__.py": "",
            "google/cloud/storage/blob.py": "",
            "google/cloud/version.py": "",
            "old/__init__.py": PKGUTIL,
            "old/one.py": "",
            "older/__init__.py": PKG_RESOURCES,
            "older/one/__init__.py": "",
            "airflow/__init__.py": f"{PKGUTIL}\ndef settings(): ...\n",
            "stated/__init__.py": f"{PKGUTIL}VERSION = 1\n",
            "broken/__init__.py": f"{PKGUTIL}(",
            "long/__init__.py": f"{PKGUTIL}{'#' * 4_000}",
        },
    )

    assert ModuleRoots([tmp_path, ""]).root_of(name) == root


def test_a_package_anywhere_on_the_path_is_no_namespace(tmp_path: Path) -> None:
    """Whatever folders of its name come before it (PEP 420, "Specification")."""
    first, second = tmp_path / "first", tmp_path / "second"
    write_files(first, {"own/x.py": "", "both/one.py": ""})
    write_files(second, {"own/__init__.py": "", "both/two/__init__.py": ""})

    roots = ModuleRoots([str(tmp_path / "absent"), str(first), str(second)])

    assert roots.root_of("own.x") == "own"
    assert roots.root_of("both.one") == "both.one"
    assert roots.root_of("both.two.x") == "both.two"
    names = ("own", "both", "gone")
    assert [roots.is_shared(name) for name in names] == [False, True, False]
    assert [roots.holds(name) for name in names] == [True, True, False]
