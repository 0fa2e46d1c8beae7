"""A gateway with real parts and an `invoke` that a test decides."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.clock import ManualClock
from sandbox.errors import SandboxError
from sandbox.exchange import (
    Exchange,
    Execution,
    HttpRequest,
    HttpResponse,
    Invocation,
    Returned,
)
from sandbox.gateway.app import Gateway
from sandbox.gateway.cookie_expiry import BrowserCookies
from sandbox.project.model import Function, FunctionConfig, Project, Route


def make_route(name: str) -> Route:
    """Give the route that the manifest line `name` declares."""
    method, path = name.split()
    function = Function(
        name=name,
        pragma="http",
        folder=Path("/app/src/http/x"),
        handler_file=Path("/app/src/http/x/lambda.py"),
        handler_method="handler",
        config=FunctionConfig(runtime="python3.12"),
    )
    return Route(method=method, path=path, function=function)


def make_project(*names: str, **fields: Any) -> Project:
    """Give an app with these routes, in the order given."""
    fields.setdefault("root_handler", None)
    return Project(
        root=Path("/app"),
        name="test-app",
        manifest_file=Path("/app/app.arc"),
        routes=tuple(make_route(name) for name in names),
        **fields,
    )


def make_request(line: str = "GET /", *headers: str, body: bytes = b"") -> HttpRequest:
    """Give a request from `GET /path?query` and lines such as `Accept: text/html`."""
    method, target = line.split(" ", 1)
    path, _, query = target.partition("?")
    pairs = (header.split(":", 1) for header in headers)
    return HttpRequest(
        method=method,
        path=path,
        query_string=query,
        headers=tuple((name, value.strip()) for name, value in pairs),
        body=body,
    )


@dataclass
class Stage:
    """A gateway, what it is given, and what it leaves behind."""

    project: Project | SandboxError
    execution: Execution = field(
        default_factory=lambda: Execution(outcome=Returned(value="ok"))
    )
    invocations: list[Invocation] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Build the gateway."""
        clock = ManualClock()
        self.gateway = Gateway(
            projects=self,
            invoke=self.invoke,
            record=self.exchanges.append,
            clock=clock,
            say=lambda notice: self.said.append(notice.text),
            cookies=BrowserCookies(clock),
        )

    def current(self, function: Function | None = None) -> Project:
        """Be `Projects`."""
        if isinstance(self.project, SandboxError):
            raise self.project
        return self.project

    def invoke(self, invocation: Invocation) -> Execution:
        """Give the execution that the test has set."""
        self.invocations.append(invocation)
        return self.execution

    def returns(self, value: Any) -> "Stage":
        """Let every handler return `value`."""
        self.execution = replace(self.execution, outcome=Returned(value=value))
        return self

    def ask(
        self, line: str = "GET /", *headers: str, body: bytes = b""
    ) -> HttpResponse:
        """Send a request through."""
        request = make_request(line, *headers, body=body)
        return self.gateway.answer(request, port=3333)


@pytest.fixture
def stage() -> Callable[..., Stage]:
    """Give a function that makes a stage for a project."""
    return Stage
