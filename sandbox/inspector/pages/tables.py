"""The list of tables: those that functions use in this stage in front."""

from sandbox.inspector.pages.page import Page, PageRequest, View
from sandbox.project.table_names import physical_name, table_stage


def show(request: PageRequest) -> View:
    """Give every table; Architect makes each of them for both stages."""
    project = request.api.read("project")
    tables = request.api.read("tables")["tables"]
    in_use = physical_name(project["name"], table_stage(project["stage"]), "")
    return View(
        template="tables.html",
        title="Tables",
        content={
            "used": [one for one in tables if one["name"].startswith(in_use)],
            "others": [one for one in tables if not one["name"].startswith(in_use)],
            "in_use": in_use,
        },
    )


PAGE = Page(path="/tables", section="tables", show=show)
