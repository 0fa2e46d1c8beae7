"""A small server that answers as one is told, and the environment that leads to it."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.httpd import LoopbackServer

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


@dataclass(slots=True)
class Listener:
    """Keeps what was posted to it."""

    status: str = "200 OK"
    answer: bytes = b"{}"
    posted: list[tuple[str, Any]] = field(default_factory=list)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Sequence[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.posted.append((environ["PATH_INFO"], json.loads(body or b"null")))
        start_response(self.status, [("content-type", "application/x-amz-json-1.1")])
        return [self.answer]


@pytest.fixture
def listener() -> Listener:
    """Give the application behind `port`."""
    return Listener()


@pytest.fixture
def port(listener: Listener) -> Iterator[int]:
    """Give the port where `listener` answers."""
    with LoopbackServer(listener, name="test-listener") as server:
        yield server.port


@pytest.fixture
def sandboxed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give a function that sets the environment of a handler in a sandbox."""

    def set_environment(ports: dict[str, int], **variables: str) -> None:
        environment = {
            "ARC_ENV": "testing",
            "ARC_APP_NAME": "my-app",
            "ARC_SANDBOX": json.dumps({"ports": ports}),
            "AWS_ACCESS_KEY_ID": "dummy",
            "AWS_SECRET_ACCESS_KEY": "dummy",
            "AWS_REGION": "us-west-2",
        }
        for name in ("ARC_LOCAL", "ARC_STACK_NAME", "ARC_WSS_URL"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {**environment, **variables}.items():
            monkeypatch.setenv(name, value)

    return set_environment
