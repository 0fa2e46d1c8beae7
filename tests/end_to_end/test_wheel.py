"""A project of its own, with its own environment: installed from the built wheel."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.files import write_files

pytestmark = pytest.mark.slow

FILES = {
    "app.arc": """@app
installed

@aws
runtime python

@http
get /
post /count
""",
    "src/http/get-index/index.py": """import arc
def handler(request, context):
    return {"count": arc.http.session_read(request).get("count", 0)}
""",
    "src/http/post-count/index.py": """import arc
def handler(request, context):
    session = arc.http.session_read(request)
    session["count"] = int(session.get("count", 0)) + 1
    return arc.http.res(request, {"session": session, "location": "/"})
""",
    "tests/test_count.py": """
def test_count(arc_client, arc_session):
    arc_session["count"] = 4
    answer = arc_client.post("/count", follow_redirects=True)
    assert answer.json() == {"count": 5}
""",
    "pyproject.toml": "[tool.pytest.ini_options]\nfilterwarnings = ['error']\n",
}


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command to its end, and give its output; fail the test if it fails."""
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


@pytest.mark.skipif(
    os.environ.get("ARC_TEST_REQUIRE_ALL") != "1",  # noqa: TID251 - what CI asks
    reason="installs packages; ARC_TEST_REQUIRE_ALL=1 asks for it",
)
def test_a_project_tests_itself_with_the_wheel(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """`pip install arc-sandbox[pytest]` is all that a project needs."""
    project = write_files(tmp_path / "project", FILES)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheels = tmp_path / "wheels"
    run(*pip, "wheel", "--no-deps", "-w", wheels, ".", cwd=pytestconfig.rootpath)
    (wheel,) = wheels.glob("arc_sandbox-*.whl")
    venv.create(project / ".venv", with_pip=True)
    python = project / ".venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", f"{wheel}[pytest]", cwd=project)

    assert "1 passed" in run(python, "-m", "pytest", cwd=project)
    assert "arc_session" in run(python, "-m", "pytest", "--fixtures", cwd=project)
    assert "moto" in run(python, "-m", "pip", "list", cwd=project)
