"""Finds the page for a path, and gives it as HTML; what fails becomes a page too."""

from collections.abc import Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.inspector.endpoints import Directory, match_path
from sandbox.inspector.messages import ApiError, DocumentAnswer, Headers
from sandbox.inspector.pages import (
    advice,
    clock,
    connection,
    connections,
    deliveries,
    delivery,
    environment,
    functions,
    request,
    requests,
    row,
    session,
    sessions,
    table,
    tables,
)
from sandbox.inspector.pages.api_reader import ApiReader
from sandbox.inspector.pages.assets import asset
from sandbox.inspector.pages.page import Page, PageRequest, View
from sandbox.inspector.pages.rendering import make_environment
from sandbox.inspector.security import SAFE_METHODS

PAGES: tuple[Page, ...] = (
    *requests.PAGES,
    request.PAGE,
    deliveries.PAGE,
    delivery.PAGE,
    connections.PAGE,
    connection.PAGE,
    sessions.PAGE,
    session.PAGE,
    tables.PAGE,
    table.PAGE,
    row.PAGE,
    functions.PAGE,
    clock.PAGE,
    advice.PAGE,
    environment.PAGE,
)
ASSETS = "/assets/{name}"
HTML = "text/html; charset=utf-8"


class Site:
    """Answers with pages. Safe to call from several threads.

    Args:
        directory: the API that pages show.
    """

    def __init__(self, directory: Directory) -> None:
        self._api = ApiReader(directory)
        self._templates = make_environment()

    def answer(
        self, method: str, raw_path: str, query: Mapping[str, str]
    ) -> DocumentAnswer:
        """Give a page, an asset, or the page that says why there is none.

        Args:
            method: in capitals.
            raw_path: as sent, percent-encoded, without the query.
            query: the query's parameters, decoded.
        """
        if method not in SAFE_METHODS:
            return self._error(
                ApiError(
                    405,
                    "Pages are only read.",
                    remedy="Use the API.",
                    headers=(("Allow", "GET, HEAD"),),
                )
            )
        try:
            found = match_path(ASSETS, raw_path)
            if found is not None:
                return asset(found["name"])
            return self._page(raw_path, query)
        except ApiError as error:
            return self._error(error)
        except SandboxError as error:
            # The app cannot be understood as it stands: true until it is mended.
            return self._error(ApiError(409, error.message, remedy=error.remedy))

    def _page(self, raw_path: str, query: Mapping[str, str]) -> DocumentAnswer:
        for page in PAGES:
            path = match_path(page.path, raw_path)
            if path is not None:
                wanted = PageRequest(api=self._api, path=path, query=query)
                return self._document(page.show(wanted), section=page.section)
        raise ApiError(
            404, f'There is no page at "{raw_path}".', remedy="The menu has them all."
        )

    def _error(self, error: ApiError) -> DocumentAnswer:
        content = {"message": error.message, "remedy": error.remedy}
        view = View(template="error.html", title="Not possible", content=content)
        return self._document(view, status=error.status, headers=error.headers)

    def _document(
        self,
        view: View,
        *,
        section: str = "",
        status: int = 200,
        headers: Headers = (),
    ) -> DocumentAnswer:
        html = self._templates.get_template(view.template).render(
            title=view.title, section=section, around=self._around(), **view.content
        )
        # A visitor's header may hold half a surrogate pair, which UTF-8 cannot say.
        body = html.encode("utf-8", "replace")
        return DocumentAnswer(
            body=body, media_type=HTML, status=status, headers=headers
        )

    def _around(self) -> dict[str, Any]:
        """Give what is on every page: the clock, the app, and what keeps it down."""
        around: dict[str, Any] = {"clock": self._api.read("clock"), "trouble": None}
        try:
            project = self._api.read("project")
            advised = self._api.read("advice")["advice"]
        except SandboxError as error:
            return {**around, "trouble": error, "name": "", "url": "", "pressing": 0}
        return {
            **around,
            "name": project["name"],
            "url": project["url"],
            "stage": project["stage"],
            "pressing": sum(one["level"] != "hint" for one in advised),
        }
