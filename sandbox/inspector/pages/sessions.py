"""The list of sessions, and where a cookie is taken apart or a session made."""

from sandbox.inspector.pages.page import Page, PageRequest, View

MOST_SHOWN = 200


def show(request: PageRequest) -> View:
    """Give the sessions whose data or id holds the query's text."""
    known = request.api.read("sessions")["sessions"]
    wanted = request.word("text")
    found = [
        one
        for one in known
        if not wanted or wanted.lower() in f"{one['id']} {one['data']}".lower()
    ]
    return View(
        template="sessions.html",
        title="Sessions",
        content={
            "sessions": found[:MOST_SHOWN],
            "found_count": len(found),
            "known_count": len(known),
            "wanted": wanted,
        },
    )


PAGE = Page(path="/sessions", section="sessions", show=show)
