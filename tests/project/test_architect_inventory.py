"""The inventory as Architect's own tools have it."""

from pathlib import Path

from sandbox.project.architect_inventory import architect_inventory
from sandbox.project.load import load_project

MANIFEST = """@app
shop

@aws
runtime python3.11

@http
get /
/twice
  method post
  src src/http/get-index

@static

@tables
people
  id *String
"""


def inventory_of(root: Path) -> dict[str, object]:
    (root / "app.arc").write_text(MANIFEST)
    folder = root / "src/http/get-index"
    folder.mkdir(parents=True)
    (folder / "index.py").write_text("")
    (root / "src/views").mkdir()
    return dict(architect_inventory(load_project(root, home=None, environ={})))


def test_architect_inventory_keeps_the_project_apart(tmp_path: Path) -> None:
    """Manifest, syntax tree, preferences: `_project`, as `inventory.inv` has it."""
    project = inventory_of(tmp_path)["_project"]

    assert isinstance(project, dict)
    assert project["arc"]["http"][0] == ["get", "/"]
    assert project["raw"] == MANIFEST
    assert project["manifest"] == str(tmp_path / "app.arc")
    assert project["src"] == str(tmp_path / "src")
    assert project["rootHandler"] == "get /"
    assert project["defaultFunctionConfig"]["runtime"] == "python3.11"


def test_architect_inventory_has_absolute_paths(tmp_path: Path) -> None:
    """A script need not know where it is called."""
    folder = str(tmp_path / "src/http/get-index")

    inventory = inventory_of(tmp_path)

    assert inventory["http"][0]["src"] == folder  # type: ignore[index]
    assert inventory["http"][0]["handlerFile"] == f"{folder}/index.py"  # type: ignore[index]
    assert inventory["views"] == {"src": str(tmp_path / "src/views"), "views": [folder]}
    assert inventory["lambdaSrcDirs"] == [folder]
    assert inventory["tables"][0]["partitionKey"] == "id"  # type: ignore[index]


def test_architect_inventory_finds_functions_by_folder(tmp_path: Path) -> None:
    """Several of one folder are a list."""
    by_folder = inventory_of(tmp_path)["lambdasBySrcDir"]

    assert isinstance(by_folder, dict)
    names = [one["name"] for one in by_folder[str(tmp_path / "src/http/get-index")]]
    assert names == ["get /", "post /twice"]
