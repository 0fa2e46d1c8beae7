"""What Architect calls a function."""

from pathlib import Path

import pytest

from sandbox.project.function_names import context_name
from sandbox.project.model import Function, FunctionConfig


@pytest.mark.parametrize(
    ("pragma", "name", "expected"),
    [
        ("http", "get /", "sandbox-get-index"),
        ("http", "get /env/:name", "sandbox-get-env-000name"),
        ("http", "post /a-b/v1.2/*", "sandbox-post-a_b-v1_2-catchall"),
        ("events", "sign-up", "sandbox-sign-up"),
    ],
)
def test_context_name_is_architects(pragma: str, name: str, expected: str) -> None:
    """The folder's name for routes, the plain one elsewhere."""
    function = Function(
        name=name,
        pragma=pragma,
        folder=Path("/app/f"),
        handler_file=Path("/app/f/lambda.py"),
        handler_method="handler",
        config=FunctionConfig(runtime="python3.12"),
    )

    assert context_name(function) == expected
