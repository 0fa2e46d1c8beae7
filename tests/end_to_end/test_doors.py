"""What nobody else may read: secrets in logs and pages, pipes with a name."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

SECRET = "never-to-be-shown-9f3a"
COUNT = """import arc


def handler(request, context):
    session = arc.http.session_read(request)
    session["count"] = int(session.get("count", 0)) + 1
    return arc.http.res(request, {"session": session, "json": {}})
"""
FILES = {
    "src/http/get-index/index.py": COUNT,
    "src/http/get-broken/index.py": "def handler(event, context):\n    return 1 / 0\n",
    ".env": f"ARC_APP_SECRET={SECRET}\n",
}


def test_a_secret_is_in_no_log_and_on_no_page(
    make_app: Any, command: Any, wait_until: Callable[..., None]
) -> None:
    """Not even with --debug, and not where a handler fails."""
    app = make_app(FILES, "get /", "get /broken")
    run = command("start", "--debug", cwd=app.root)
    wait_until(lambda: run.url)
    shown = []
    with httpx.Client(base_url=run.url, headers={"accept": "text/html"}) as client:
        for path in ("/", "/", "/broken", "/missing"):
            answer = client.get(path)
            shown.append(answer.text + str(answer.headers))
    wait_until(lambda: "/missing" in run.output)
    run.send(signal.SIGTERM)
    run.wait()

    assert "ZeroDivisionError" in shown[2]
    assert [text for text in (*shown, run.output) if SECRET in text] == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads Linux's /proc")
def test_what_connects_a_worker_has_no_name(make_app: Any, serve: Any) -> None:
    """Another user finds no path to open: sockets and pipes are anonymous."""
    source = (
        "import os\n\n\ndef handler(event, context):\n"
        "    fds = [f'/proc/self/fd/{n}' for n in os.listdir('/proc/self/fd')]\n"
        "    return [os.readlink(fd) for fd in fds if os.path.lexists(fd)]\n"
    )
    app = make_app({"src/http/get-index/index.py": source})

    links = serve(app).client.get("/").json()

    named = {link for link in links if link.startswith("/")}
    library = {link for link in named if "/libffi.so" in link}  # ctypes has it open
    assert named - library <= {"/dev/null"}
    assert {link.partition(":")[0] for link in links if link not in named} == {
        "pipe",
        "socket",
    }
