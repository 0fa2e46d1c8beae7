"""Holds which functions `@shared` and `@views` name."""

import pytest

from sandbox.errors import ProjectError
from tests.project.conftest import Load

APP = "@app\nmyapp\n@http\nget /\n"


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ("@views\n'get /'\n", '"get /" is not in @http'),
        ("@shared\nhttp\n  'get /'\n", '"get /" is not in @http'),
        ("@views\n5 /\n", '"5 /" does not begin with a word'),
        ("@shared\ntrue x\n", '"true x" does not begin with a word'),
    ],
)
def test_what_architect_finds_no_function_in_is_refused(
    load: Load, body: str, fact: str
) -> None:
    """A route is two words, and a line begins with one."""
    files = {"app.arc": APP + body, "src/shared/a.js": "", "src/views/a.js": ""}

    with pytest.raises(ProjectError, match=fact):
        load(files)


@pytest.mark.parametrize("pragma", ["shared", "views"])
def test_a_named_route_gets_the_code_alone(load: Load, pragma: str) -> None:
    """Naming one function takes the code from all others."""
    entry = "http\n  get /\n" if pragma == "shared" else "get /\n"
    files = {
        "app.arc": f"{APP}get /a\n@{pragma}\n{entry}",
        f"src/{pragma}/a.js": "",
    }

    project = load(files)

    having = {f.name: getattr(f.config, pragma) for f in project.functions}
    assert having == {"get /": True, "get /a": False}
