"""The list of tables."""

from sandbox.inspector.pages.page import Page, PageRequest, View


def show(request: PageRequest) -> View:
    """Give every table."""
    tables = request.api.read("tables")["tables"]
    return View(template="tables.html", title="Tables", content={"tables": tables})


PAGE = Page(path="/tables", section="tables", show=show)
