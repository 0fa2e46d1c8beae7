"""`arc.ws`: calls to API Gateway's management API."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.runtime_helper.arc import ws


@pytest.mark.parametrize(
    "call",
    [ws.api, lambda: ws.send("a", {}), lambda: ws.close("a"), lambda: ws.info("a")],
)
def test_ws_without_a_server_says_so(
    sandboxed: Callable[..., None], call: Callable[[], Any]
) -> None:
    """Each function names the variable that would lead to one."""
    sandboxed({"_arc": 1})

    with pytest.raises(RuntimeError, match="the app declares no @ws"):
        call()


@pytest.mark.slow
def test_send_posts_to_the_connection(
    sandboxed: Callable[..., None], port: int, listener: Any
) -> None:
    """To the internal port, where the sandbox would answer for API Gateway."""
    sandboxed({"_arc": port}, ARC_WSS_URL="ws://localhost:1")

    ws.send("abc", {"hello": "there"})

    assert listener.posted == [("/_arc/ws/@connections/abc", {"hello": "there"})]
