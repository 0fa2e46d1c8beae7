"""What Python functions import and are not deployed with, and where deploying stops."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sandbox.project.load import load_project
from sandbox.project.model import Project
from sandbox.wiring.python_dependencies import PythonDependencies
from sandbox.wiring.remembered import Remembered
from tests.files import write_files

INDEX = "src/http/get-index/index.py"
LIST = "src/http/get-index/requirements.txt"
INSTALLED = {
    "yaml/__init__.py": "",
    "PyYAML-6.dist-info/METADATA": "Metadata-Version: 2.1\nName: PyYAML\n",
    "PyYAML-6.dist-info/top_level.txt": "yaml\n",
    "jose.py": "",
    "python_jose-3.dist-info/METADATA": "Metadata-Version: 2.1\nName: python-jose\n"
    "Requires-Dist: PyYAML\n",
    "python_jose-3.dist-info/RECORD": "jose.py,,\n",
    "fast.cpython-311-x86_64-linux-gnu.so": "",
    "boto3/__init__.py": "",
    "google/auth/__init__.py": "",
    "google_auth-2.dist-info/METADATA": "Metadata-Version: 2.1\nName: google-auth\n",
    "google_auth-2.dist-info/top_level.txt": "google\n",
    "google_auth-2.dist-info/RECORD": "google/auth/__init__.py,,\n",
    "google/cloud/storage/__init__.py": "",
    "google_cloud_storage-3.dist-info/METADATA": "Metadata-Version: 2.1\n"
    "Name: google-cloud-storage\n",
    "google_cloud_storage-3.dist-info/top_level.txt": "google\n",
    "google_cloud_storage-3.dist-info/RECORD": "google/cloud/storage/__init__.py,,\n",
    "google/api/__init__.py": "",
}

Look = Callable[..., PythonDependencies]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Give a function that looks through an app of these files."""
    installed = write_files(tmp_path / "installed", INSTALLED)

    def look(
        files: Mapping[str, str], *, runtime: str = "python3.11", config: str = ""
    ) -> PythonDependencies:
        manifest = f"@app\ndemo\n@aws\nruntime {runtime}\n@http\nget /\n{config}"
        root = write_files(tmp_path / "app", {"app.arc": manifest, **files})
        project: Project = load_project(root, home=None, environ={})
        return PythonDependencies(project, Remembered(), [str(installed)])

    return look


def lacking(found: PythonDependencies) -> dict[str, str]:
    """Give where each package is imported that is left behind."""
    return {
        one.package: f"{one.where.file}:{one.where.line}" for one in found.left_behind()
    }


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ("", {"PyYAML": f"{INDEX}:2", "python-jose": f"{INDEX}:3"}),
        ("pyyaml>=5\n", {"python-jose": f"{INDEX}:3"}),
        ("python-jose\n", {}),
        ("-e .\n", {}),
        ("unheard-of\n", {}),
    ],
)
def test_a_function_has_what_its_own_list_brings(
    look: Look, requirements: str, expected: dict[str, str]
) -> None:
    """And what that needs; what nobody can tell is not guessed."""
    source = "import json, boto3, absent\nimport yaml.reader\nfrom jose import jwt\n"

    found = look({INDEX: source, LIST: requirements, "requirements.txt": "PyYAML"})

    assert lacking(found) == expected
    assert all(one.hindrance == "unnamed" for one in found.left_behind())


def test_imports_are_followed_through_the_app(look: Look) -> None:
    """By packages, relative names and shared code, as far as they are loaded."""
    found = look(
        {
            LIST: "",
            INDEX: "from vendor.shared.db import connect\nimport own.deep, vendor\n"
            "import views.page\n",
            "src/views/page.py": "import jose\n",
            "src/shared/db.py": "from . import tools\nfrom .tools import yaml_of\n",
            "src/shared/tools.py": "import own\n\nimport yaml\n",
            "src/shared/unused.py": "import jose\n",
            "src/http/get-index/own/__init__.py": "",
            "src/http/get-index/own/deep.py": "from .. import index\nimport fast\n",
            "src/http/get-index/unused.py": "import jose\n",
        }
    )

    assert lacking(found) == {
        "PyYAML": "src/shared/tools.py:3",
        "fast": "src/http/get-index/own/deep.py:2",
        "python-jose": "src/views/page.py:1",
    }


def test_modules_may_import_one_another(look: Look) -> None:
    """Each is read once."""
    found = look(
        {
            LIST: "",
            INDEX: "import one\n",
            "src/http/get-index/one.py": "import other\n",
            "src/http/get-index/other.py": "import one\nimport yaml\n",
        }
    )

    assert lacking(found) == {"PyYAML": "src/http/get-index/other.py:2"}


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ("google-auth\n", {"google-cloud-storage": f"{INDEX}:2"}),
        ("google-cloud-storage\n", {"google-auth": f"{INDEX}:1"}),
        ("google-auth\ngoogle-cloud-storage\n", {}),
    ],
)
def test_packages_that_share_a_folder_are_told_apart(
    look: Look, requirements: str, expected: dict[str, str]
) -> None:
    """Whether an import names the module, or a name in it; in `vendor` too."""
    source = (
        "import google.auth.credentials\nfrom google.cloud import storage, absent\n"
        "from google.api import x\nimport google\n"
    )
    vendored = "src/http/get-index/vendor/google/api/__init__.py"

    found = look({INDEX: source, LIST: requirements, vendored: ""})

    assert lacking(found) == expected


def test_what_a_function_brings_itself_is_not_missed(look: Look) -> None:
    """A module of its folder or of `vendor`, whatever is installed."""
    found = look(
        {
            LIST: "",
            INDEX: "import yaml, jose, views\n",
            "src/http/get-index/yaml.py": "",
            "src/http/get-index/vendor/jose/__init__.py": "",
            "src/views/page.py": "import fast\n",
        }
    )

    assert lacking(found) == {}


def test_installed_code_is_not_looked_through(look: Look) -> None:
    """A package in `vendor` may have tests that import what its users need not have."""
    found = look(
        {
            LIST: "",
            INDEX: "import tool\n",
            "src/http/get-index/vendor/tool/__init__.py": "def test():\n import jose\n",
        }
    )

    assert lacking(found) == {}


def test_a_relative_import_may_lead_nowhere(look: Look) -> None:
    """It fails here too, which tells; the rest is looked through."""
    found = look({LIST: "", INDEX: f"from {'.' * 90} import x\nimport yaml\n"})

    assert list(lacking(found)) == ["PyYAML"]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("", []),
        ("hydrate false\n", ["not-hydrated"]),
        ("hydrate false\nlayers arn:aws:lambda:us-west-2:1:layer:x:1\n", []),
    ],
)
def test_without_a_list_the_imports_count(
    look: Look, config: str, expected: list[str]
) -> None:
    """Unless the function's configuration says otherwise; a layer may have anything."""
    found = look(
        {INDEX: "import yaml\n", "src/http/get-index/config.arc": f"@aws\n{config}"}
    )

    assert [one.hindrance for one in found.left_behind()] == expected
    assert list(found.unlisted()) == []


@pytest.mark.parametrize(
    ("source", "runtime", "lacks"),
    [
        ("import google.FIRST", "python3.11", False),
        ("import google.LAST, yaml", "python3.11", True),
        ("import google.FIRST, google.LAST", "python3.11", True),
        ("import google.LAST", "python3.12", False),
        ("import google.LAST, absent", "python3.11", False),
        ("import google.LAST, needs", "python3.11", False),
        ("import google.api", "python3.11", False),
    ],
)
def test_without_a_list_one_package_of_a_name_is_installed(
    look: Look, tmp_path: Path, source: str, runtime: str, *, lacks: bool
) -> None:
    """The first of a listing, and what it needs; none of any where deploying stops."""
    modules = {"google_auth": "auth", "google_cloud_storage": "cloud.storage"}
    folders = [entry.name.partition("-")[0] for entry in _entries(tmp_path)]
    first, last = (name for name in folders if name in modules)
    needs = f"Metadata-Version: 2.1\nName: needs\nRequires-Dist: {last}\n"
    described = {"METADATA": needs, "top_level.txt": "needs"}
    write_files(tmp_path / "installed/needs-1.dist-info", described)
    write_files(tmp_path / "installed", {"needs.py": ""})
    source = source.replace("FIRST", modules[first]).replace("LAST", modules[last])

    told = list(look({INDEX: source}, runtime=runtime).left_behind())

    assert [one.module for one in told] == [f"google.{modules[last]}"] * lacks
    assert [one.hindrance for one in told] == ["one-of-several"] * lacks


def _entries(folder: Path) -> list[Path]:
    return [*(folder / "installed").iterdir()]


@pytest.mark.parametrize(
    ("runtime", "files", "expected"),
    [
        ("python3.12", {}, [None]),
        ("python3.12", {LIST: ""}, []),
        ("python3.12", {"src/http/get-index/config.arc": "@aws\nhydrate false"}, []),
        ("python3.11", {INDEX: "import json, boto3, yaml\n"}, []),
        ("python3.11", {INDEX: "from shared import db\n"}, ["shared"]),
        ("python3.11", {INDEX: "from . import near\n"}, []),
        ("python3.11", {"src/http/get-index/own.py": "import index\n"}, ["index"]),
        ("python3.11", {"src/http/get-index/vendor/x.py": "import absent\n"}, []),
        ("python3.11", {"src/http/get-index/.venv/x.py": "import absent\n"}, []),
        ("python3.11", {"src/http/get-index/a/x.py": "import absent\n"}, ["absent"]),
    ],
)
def test_deploying_stops_at_what_it_cannot_read(
    look: Look, runtime: str, files: dict[str, str], expected: list[str | None]
) -> None:
    """At newer Pythons, and at every import that is no installed package."""
    found = look({INDEX: "import json\n", **files}, runtime=runtime)

    assert [one.module for one in found.unlisted()] == expected
    assert all(one.folder == "src/http/get-index" for one in found.unlisted())


def test_functions_that_are_not_there_lack_nothing(look: Look) -> None:
    """Their folders have neither code nor list; that they lack these is told."""
    found = look({}, runtime="python3.12")

    assert (list(found.left_behind()), list(found.unlisted())) == ([], [])
