"""Holds how a function's handler is named."""

import pytest

from tests.project.conftest import Load

MANIFEST = "@app\nmyapp\n@events\na.b\n@aws\n"


@pytest.mark.parametrize(
    ("aws", "expected"),
    [
        ("runtime java\nhandler app.main", "app.handler"),
        ("runtime java\nhandler .main", "a.handler"),
        ("runtime python\nhandler app.main", "lambda.handler"),
        ("runtime node\nhandler .main", ".handler"),
    ],
)
def test_a_projects_handler_is_named_after_the_file(
    load: Load, aws: str, expected: str
) -> None:
    """Where the setting names none and the runtime gives none, after the folder."""
    project = load({"app.arc": MANIFEST + aws})

    assert [f.config.settings["handler"] for f in project.functions] == [expected]
