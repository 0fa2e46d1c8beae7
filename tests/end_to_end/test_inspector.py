"""The internal port of a whole sandbox: what hangs on it when the sandbox ends."""

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

FILES = {"src/http/get-index/index.py": "def handler(r, c):\n    return {'ok': True}\n"}


def test_a_stream_ends_with_the_sandbox(serve: Any, make_app: Any) -> None:
    """Open pages keep no sandbox from closing: that would be a ResourceWarning."""
    served = serve(make_app(FILES))
    with (
        httpx.Client(base_url=served.sandbox.inspector_url) as client,
        client.stream("GET", "/api/events") as stream,
    ):
        lines = stream.iter_lines()
        next(lines)
        served.sandbox.close()
        rest = [line for line in lines if line]

    assert rest == []


def test_the_services_of_runtime_helpers_are_beside_it(
    serve: Any, make_app: Any
) -> None:
    """The same port answers them, without a header of ours."""
    served = serve(make_app(FILES))

    answer = httpx.post(
        f"{served.sandbox.inspector_url}/_arc/ssm",
        json={"Path": "/TestappTesting"},
        headers={"X-Amz-Target": "AmazonSSM.GetParametersByPath"},
    )

    assert answer.status_code == 200
    assert answer.json()["Parameters"] == []


def test_a_broken_manifest_is_told_by_the_api(serve: Any, make_app: Any) -> None:
    """What needs the app says why it cannot; the clock goes on."""
    app = make_app(FILES)
    served = serve(app)
    app.write({"app.arc": "@app\ntestapp\n@http\nget\n"})

    with httpx.Client(base_url=served.sandbox.inspector_url) as client:
        project, clock = client.get("/api/project"), client.get("/api/clock")

    assert project.status_code == 409
    assert project.json()["message"]
    assert clock.status_code == 200
