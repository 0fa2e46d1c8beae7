"""The sandbox's clock, and the ways to move it."""

from sandbox.inspector.pages.page import Page, PageRequest, View

STEPS = ("15m", "1h", "1d", "7d", "8d", "30d")


def show(request: PageRequest) -> View:
    """Give the steps; the clock itself is on every page."""
    return View(template="clock.html", title="Clock", content={"steps": STEPS})


PAGE = Page(path="/clock", section="clock", show=show)
