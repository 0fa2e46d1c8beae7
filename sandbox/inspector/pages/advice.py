"""What is legal in the app, but will bite."""

from sandbox.inspector.pages.page import Page, PageRequest, View

_ORDER = ("error", "warning", "hint")


def show(request: PageRequest) -> View:
    """Give all advice, what is worst in front."""
    advice = request.api.read("advice")["advice"]
    return View(
        template="advice.html",
        title="Advice",
        content={"advice": sorted(advice, key=lambda one: _ORDER.index(one["level"]))},
    )


PAGE = Page(path="/advice", section="advice", show=show)
