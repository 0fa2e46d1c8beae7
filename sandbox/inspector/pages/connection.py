"""One WebSocket connection: who it is, what was said, and a word by hand."""

from sandbox.inspector.pages.page import Page, PageRequest, View


def show(request: PageRequest) -> View:
    """Give a connection, its messages and its deliveries, the newest in front."""
    connection_id = request.path["id"]
    whole = request.api.read("connections", connection_id)
    messages = whole["messages"]
    first = whole["received"] + whole["sent"] - len(messages)
    known = request.api.read("deliveries")["deliveries"]
    deliveries = [one for one in known if one["connection"] == connection_id]
    return View(
        template="connection.html",
        title=f"Connection {connection_id}",
        content={
            "one": whole,
            "messages": list(enumerate(messages, first))[::-1],
            "deliveries": deliveries[::-1],
        },
    )


PAGE = Page(path="/connections/{id}", section="connections", show=show)
