"""The WebSocket connections that are open, the newest in front."""

from sandbox.errors import SandboxError
from sandbox.inspector.pages.page import Page, PageRequest, View


def show(request: PageRequest) -> View:
    """Give the connections, and where clients connect."""
    known = request.api.read("connections")["connections"]
    return View(
        template="connections.html",
        title="WebSockets",
        content={"connections": known[::-1], "address": _address(request)},
    )


def _address(request: PageRequest) -> str:
    """Give the address of the app's @ws; empty where it has none."""
    try:
        functions = request.api.read("functions")["functions"]
        url: str = request.api.read("project")["url"]
    except SandboxError:
        # The app, as it is, cannot be read; who is connected is shown all the same.
        return ""
    has_websockets = any(one["pragma"] == "ws" for one in functions)
    return url.replace("http", "ws", 1) if has_websockets else ""


PAGE = Page(path="/connections", section="connections", show=show)
