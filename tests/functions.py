"""Functions for tests: whole, though no file of theirs is there."""

from pathlib import Path
from typing import Any

from sandbox.project.model import Function, FunctionConfig


def function_of(
    name: str = "get /",
    *,
    pragma: str = "http",
    runtime: str = "python3.12",
    concurrency: int | None = None,
    **settings: Any,
) -> Function:
    """Give a function; `settings` are its whole configuration's."""
    return Function(
        name=name,
        pragma=pragma,
        folder=Path("/app"),
        handler_file=Path("/app/index.py"),
        handler_method="handler",
        config=FunctionConfig(
            runtime=runtime, concurrency=concurrency, settings=settings
        ),
    )
