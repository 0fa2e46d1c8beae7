"""Node functions, for tests that have Node."""

import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange import Execution, Invocation
from sandbox.json_value import JsonText
from sandbox.project.model import Function

MakeFunction = Callable[..., Function]


@pytest.fixture(scope="session")
def node_program() -> str:
    """Give the path of `node`, or skip; fail where nothing may be missing."""
    program = shutil.which("node")
    if program is not None:
        return program
    if os.environ.get("ARC_TEST_REQUIRE_ALL") == "1":  # noqa: TID251 - how tests are run
        pytest.fail("needs node on the PATH")
    pytest.skip("needs node on the PATH")


@pytest.fixture
def node_function(app, node_program: str) -> MakeFunction:
    """Give a function that writes a Node function of `app` with its files."""
    return _maker(app, node_program)


@pytest.fixture
def run_node(shared_app, shared_pool, node_program: str) -> Callable[..., Execution]:
    """Give a function that runs a source once, as a Node function of its own."""
    make = _maker(shared_app, node_program)

    def run(source: str, event: Any = None, **options: Any) -> Execution:
        function = make(f"n{uuid.uuid4().hex[:8]}", source, **options)
        request_id = str(uuid.uuid4())
        return shared_pool.invoke(
            Invocation(
                request_id=request_id, function=function, event=JsonText.of(event)
            )
        )

    return run


def _maker(app: Any, node_program: str) -> MakeFunction:
    app.environment["PATH"] = str(Path(node_program).parent)
    app.environment["AWS_EXECUTION_ENV"] = "AWS_Lambda_nodejs22.x"

    def make(
        name: str,
        source: str | None,
        *,
        file: str = "index.mjs",
        files: Mapping[str, str] | None = None,
        **config: Any,
    ) -> Function:
        settings = {"runtime": "nodejs22.x", **config}
        function: Function = app.function(name, None, **settings)
        folder = function.folder.relative_to(app.root)
        if source is not None:
            app.write(f"{folder}/{file}", source)
        for path, text in (files or {}).items():
            app.write(f"{folder}/{path}", text)
        return function

    return make
