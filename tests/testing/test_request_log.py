"""The requests of a test, as a sequence."""

import re

import pytest

from sandbox.testing import Client, RequestLog, SandboxUnderTest

pytestmark = pytest.mark.slow


def test_it_follows_the_requests(sandbox: SandboxUnderTest) -> None:
    """Events, outputs and routes can be asserted on, in order."""
    log = RequestLog(sandbox.journal)
    with Client(sandbox) as client:
        client.get("/echo/1?a=b")
        client.get("/no-such-route")

    assert [one.response.status for one in log] == [200, 404]
    assert log[0].execution is not None
    assert log[0].execution.output == "echoing\n"
    assert log.last.request.path == "/no-such-route"
    assert log.to("get /echo/*") == (log[0],)
    assert len(log[:1]) == 1
    assert str(log) == "GET /echo/1?a=b → 200\n  echoing\nGET /no-such-route → 404\n"


def test_it_has_all_of_them(sandbox: SandboxUnderTest) -> None:
    """Who counts requests is not misled; a report shows the last."""
    log = RequestLog(sandbox.journal)
    with Client(sandbox) as client:
        for number in range(600):
            client.get(f"/no-such-route/{number}")

    assert len(log) == 600
    assert log[0].request.path == "/no-such-route/0"
    told = str(log).splitlines()
    assert told[0] == "… 550 earlier"
    assert told[-1] == "GET /no-such-route/599 → 404"
    assert len(told) == 51


def test_an_empty_log_says_so(sandbox: SandboxUnderTest) -> None:
    """Asking for the last of none names the number there were."""
    with pytest.raises(IndexError, match="there were 0 requests"):
        _ = RequestLog(sandbox.journal).last


def test_a_route_is_asked_for_by_to(sandbox: SandboxUnderTest) -> None:
    """The requests themselves have numbers, and no names."""
    with pytest.raises(TypeError, match=re.escape(".to('get /')")):
        RequestLog(sandbox.journal)["get /"]  # type: ignore[call-overload]
