"""`/api/tables`: tables and their rows: paged, queried, changed, exported, imported."""

import json
from collections.abc import Callable, Mapping

from sandbox.inspector.endpoints import Endpoint, Parameter
from sandbox.inspector.messages import ApiError, ApiRequest, JsonAnswer
from sandbox.inspector.schemas import (
    BOOLEAN,
    INTEGER,
    OBJECT,
    TEXT,
    TEXTS,
    Schema,
    array_of,
    object_of,
    or_null,
)
from sandbox.inspector.table_browser import RowQuery, TableBrowser
from sandbox.json_value import JsonValue

MOST_ROWS = 1000
DEFAULT_ROWS = 100

TABLE: Schema = object_of(
    {
        "name": TEXT,
        "keys": TEXTS,
        "key_types": OBJECT,
        "indexes": array_of(object_of({"name": TEXT, "keys": TEXTS})),
        "ttl_attribute": or_null(TEXT),
        "row_count": INTEGER,
    }
)
ROW: Schema = object_of({"row": OBJECT})


class TablesApi:
    """The tables' endpoints.

    Args:
        browser: reads and changes rows.
        has_tables: whether the app has any.
    """

    def __init__(
        self, *, browser: TableBrowser, has_tables: Callable[[], bool]
    ) -> None:
        self._browser = browser
        self._has_tables = has_tables

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked."""
        return (*self._of_tables(), *self._of_rows())

    def _of_tables(self) -> tuple[Endpoint, ...]:
        path = "/api/tables"
        return (
            Endpoint(
                "GET",
                path,
                "List the tables, by their names in DynamoDB.",
                self.list,
                gives=object_of({"tables": array_of(TABLE)}),
            ),
            Endpoint(
                "GET",
                f"{path}/{{name}}/export",
                "Give all rows of a table.",
                self.export,
                gives=object_of({"rows": array_of(OBJECT)}),
            ),
            Endpoint(
                "POST",
                f"{path}/{{name}}/import",
                "Store rows; each replaces one with the same key.",
                self.import_rows,
                takes=object_of(
                    # By which an error names the first row: not 1 where these rows
                    # are a later part of a file.
                    {"rows": array_of(OBJECT), "first_number": INTEGER},
                    "first_number",
                ),
                gives=object_of({"count": INTEGER}),
            ),
        )

    def _of_rows(self) -> tuple[Endpoint, ...]:
        path = "/api/tables/{name}/rows"
        return (
            Endpoint(
                "GET",
                path,
                "Give rows of a table in plain JSON: all, or those with a key. "
                'Sets are {"$set": […]}, binary values {"$binary": "…"}, and numbers '
                'that JSON cannot hold {"$number": "…"}.',
                self.rows,
                gives=object_of(
                    {"rows": array_of(OBJECT), "next_key": or_null(OBJECT)}
                ),
                query=_ROW_QUERY,
            ),
            Endpoint(
                "POST",
                path,
                "Store a new row; 409 where one has its key.",
                self.add,
                takes=ROW,
                gives=ROW,
            ),
            Endpoint(
                "PUT",
                path,
                "Store a row; it replaces one with the same key.",
                self.put,
                takes=ROW,
                gives=ROW,
            ),
            Endpoint(
                "DELETE",
                path,
                "Remove the row of a key.",
                self.delete,
                takes=object_of({"key": OBJECT}),
                gives=object_of({"was_there": BOOLEAN}),
            ),
        )

    def list(self, request: ApiRequest) -> JsonAnswer:
        """Give every table; none where the app has none."""
        tables = self._browser.tables() if self._has_tables() else ()
        return JsonAnswer(content={"tables": tables})

    def export(self, request: ApiRequest) -> JsonAnswer:
        """Give all rows of a table."""
        return JsonAnswer(content={"rows": self._browser.export(request.path["name"])})

    def import_rows(self, request: ApiRequest) -> JsonAnswer:
        """Store many rows."""
        rows = request.body.get("rows")
        if not isinstance(rows, list):
            raise ApiError(
                400,
                'The body has no list called "rows".',
                remedy='Send a JSON object such as {"rows": [{…}]}.',
            )
        first = request.body.get("first_number", 1)
        if not isinstance(first, int) or isinstance(first, bool) or first < 1:
            raise ApiError(
                400,
                'The "first_number" is not the number of a row.',
                remedy="Give a whole number from 1.",
            )
        count = self._browser.import_rows(
            request.path["name"], rows, first_number=first
        )
        return JsonAnswer(content={"count": count})

    def rows(self, request: ApiRequest) -> JsonAnswer:
        """Give a page of rows."""
        query = RowQuery(
            index=request.query.get("index"),
            key=_key(request, "key"),
            after=_key(request, "after"),
            limit=request.integer("limit", default=DEFAULT_ROWS, most=MOST_ROWS),
        )
        page = self._browser.rows(request.path["name"], query)
        return JsonAnswer(content={"rows": page.rows, "next_key": page.next_key})

    def add(self, request: ApiRequest) -> JsonAnswer:
        """Store a new row."""
        row = request.mapping("row")
        self._browser.add(request.path["name"], row)
        return JsonAnswer(content={"row": row})

    def put(self, request: ApiRequest) -> JsonAnswer:
        """Store a row."""
        row = request.mapping("row")
        self._browser.put(request.path["name"], row)
        return JsonAnswer(content={"row": row})

    def delete(self, request: ApiRequest) -> JsonAnswer:
        """Remove a row."""
        key = request.mapping("key")
        was_there = self._browser.delete(request.path["name"], key)
        return JsonAnswer(content={"was_there": was_there})


_ROW_QUERY = (
    Parameter(
        name="limit", description="The most to give; 100 by default.", type="integer"
    ),
    Parameter(name="after", description="The next_key of the page before, as JSON."),
    Parameter(
        name="key",
        description='A partition key, with the sort key or without, as JSON: {"a": 1}.',
    ),
    Parameter(name="index", description="The index to read."),
)


def _key(request: ApiRequest, name: str) -> Mapping[str, JsonValue] | None:
    text = request.query.get(name)
    if text is None:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and value:
        return value
    raise ApiError(
        400,
        f'The parameter {name} is "{text}", which is not a JSON object.',
        remedy='Write a key as {"attribute": "value"}, percent-encoded.',
    )
