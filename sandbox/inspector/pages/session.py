"""One session: its data to edit, its size, age and end, and who used it."""

from sandbox.inspector.pages.page import Page, PageRequest, View


def show(request: PageRequest) -> View:
    """Give one session with the requests that used it, the newest in front."""
    session = request.api.read("sessions", request.path["id"])
    used = frozenset(session["requests"])
    known = request.api.read("requests")["requests"]
    return View(
        template="session.html",
        title=f"Session {session['id']}",
        content={
            "session": session,
            "requests": [one for one in reversed(known) if one["id"] in used],
        },
    )


PAGE = Page(path="/sessions/{id}", section="sessions", show=show)
