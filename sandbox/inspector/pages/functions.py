"""Routes, the functions that answer them, and what their workers do."""

from collections.abc import Mapping
from typing import Any

from sandbox.inspector.pages.page import Page, PageRequest, View


def show(request: PageRequest) -> View:
    """Give every function, with the routes that lead to it."""
    project = request.api.read("project")
    functions = request.api.read("functions")["functions"]
    return View(
        template="functions.html",
        title="Routes and functions",
        content={
            "functions": functions,
            "project": project,
            "others": _other_routes(project, functions),
        },
    )


def _other_routes(
    project: Mapping[str, Any], functions: list[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Give, by function, its routes that have another name than it."""
    routes: dict[str, list[str]] = {one["name"]: [] for one in functions}
    for route in project["routes"]:
        name = f"{route['method']} {route['path']}"
        if name != route["function"]:
            routes.setdefault(route["function"], []).append(name)
    return routes


PAGE = Page(path="/functions", section="functions", show=show)
