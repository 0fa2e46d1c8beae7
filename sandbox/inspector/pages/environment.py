"""What a function sees as its environment, secrets masked."""

from sandbox.inspector.pages.page import Page, PageRequest, View
from sandbox.inspector.pages.words import function_name


def show(request: PageRequest) -> View:
    """Give the variables of the function that the query names, or of the first."""
    names = list(map(function_name, request.api.read("functions")["functions"]))
    chosen = request.word("function") or next(iter(names), "")
    variables = (
        request.api.read("environment", function=chosen)["variables"] if chosen else []
    )
    return View(
        template="environment.html",
        title="Environment",
        content={"functions": names, "chosen": chosen, "variables": variables},
    )


PAGE = Page(path="/environment", section="environment", show=show)
