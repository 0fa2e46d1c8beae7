"""`/api/requests`: the last requests, one of them whole, replayed or to copy."""

from collections.abc import Callable, Sequence

from sandbox.exchange import Exchange, HttpRequest, HttpResponse
from sandbox.inspector.cookie_view import ExplainCookie, past_session
from sandbox.inspector.curl_copy import curl_of
from sandbox.inspector.endpoints import Endpoint, Parameter
from sandbox.inspector.exchange_view import request_json, summary_json
from sandbox.inspector.messages import ApiError, ApiRequest, JsonAnswer, TextAnswer
from sandbox.inspector.operation_view import OPERATION, operation_json
from sandbox.inspector.pytest_copy import pytest_of
from sandbox.inspector.schemas import (
    ANYTHING,
    BOOLEAN,
    INTEGER,
    NUMBER,
    OBJECT,
    TEXT,
    TEXTS,
    Schema,
    array_of,
    object_of,
    or_null,
)
from sandbox.inspector.subject import TableOperation
from sandbox.journal import Journal

MOST_LISTED = 500
REQUEST_ID_HEADER = "apigw-requestid"

SUMMARY: Schema = object_of(
    {
        "id": TEXT,
        "started_epoch": NUMBER,
        "method": TEXT,
        "path": TEXT,
        "query": TEXT,
        "status": INTEGER,
        "duration_ms": NUMBER,
        "function": or_null(TEXT),
        "is_cold": or_null(BOOLEAN),
        "outcome": or_null(TEXT),
        "notes": TEXTS,
    }
)
WHOLE: Schema = object_of(
    {
        **SUMMARY["properties"],  # type: ignore[dict-item]
        "request": OBJECT,
        "path_parameters": OBJECT,
        "event": ANYTHING,
        "context": or_null(OBJECT),
        "result": ANYTHING,
        "failure": or_null(OBJECT),
        "output": TEXT,
        "response": OBJECT,
        "timings": OBJECT,
        "cookies": OBJECT,
        "table_operations": array_of(OPERATION),
    }
)


class RequestsApi:
    """The journal's endpoints.

    Args:
        journal: keeps the requests.
        explain: explains the session cookie of a request.
        table_operations: gives what the function asked of tables, by a request's id.
        replay: sends a request to the app once more.
        app_url: the app's address.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        explain: ExplainCookie,
        table_operations: Callable[[str], Sequence[TableOperation]],
        replay: Callable[[HttpRequest], HttpResponse],
        app_url: Callable[[], str],
    ) -> None:
        self._journal = journal
        self._explain = explain
        self._table_operations = table_operations
        self._replay = replay
        self._app_url = app_url

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked."""
        path = "/api/requests"
        one = f"{path}/{{id}}"
        return (
            Endpoint(
                "GET",
                path,
                "List the last requests, oldest first.",
                self.list,
                gives=object_of({"requests": array_of(SUMMARY)}),
                query=(
                    Parameter(
                        name="after", description="The id of the last one known."
                    ),
                    Parameter(
                        name="limit",
                        description="The most to give; the newest are given.",
                        type="integer",
                    ),
                ),
            ),
            Endpoint(
                "DELETE",
                path,
                "Forget all requests.",
                self.forget,
                gives=object_of({"requests": array_of(SUMMARY)}),
            ),
            Endpoint(
                "GET",
                one,
                "Show a request: event, result, response, timings, cookies.",
                self.show,
                gives=WHOLE,
            ),
            Endpoint(
                "POST",
                f"{one}/replay",
                "Send a request to the app once more.",
                self.replay,
                gives=object_of({"id": TEXT, "status": INTEGER}),
            ),
            Endpoint(
                "GET",
                f"{one}/curl",
                "Give a request as a curl command.",
                self.curl,
                gives=TEXT,
                media_type="text/plain",
            ),
            Endpoint(
                "GET",
                f"{one}/pytest",
                "Give a request as a test for pytest.",
                self.pytest,
                gives=TEXT,
                media_type="text/plain",
            ),
        )

    def list(self, request: ApiRequest) -> JsonAnswer:
        """Give the last requests; all of them where `after` is forgotten."""
        limit = request.integer("limit", default=MOST_LISTED, most=MOST_LISTED)
        known = self._journal.recent()
        ids = [exchange.request_id for exchange in known]
        after = request.query.get("after")
        start = ids.index(after) + 1 if after in ids else 0
        listed = known[start:][-limit:]
        return JsonAnswer(
            content={"requests": [summary_json(exchange) for exchange in listed]}
        )

    def forget(self, request: ApiRequest) -> JsonAnswer:
        """Empty the journal."""
        self._journal.clear()
        return JsonAnswer(content={"requests": []})

    def show(self, request: ApiRequest) -> JsonAnswer:
        """Give one request whole."""
        exchange = self._find(request)
        operations = self._table_operations(exchange.request_id)
        content = request_json(exchange, self._explain)
        content["table_operations"] = [operation_json(one) for one in operations]
        return JsonAnswer(content=content)

    def replay(self, request: ApiRequest) -> JsonAnswer:
        """Send it again, and give the id of the new request."""
        response = self._replay(self._find(request).request)
        ids = (v for k, v in response.headers if k.lower() == REQUEST_ID_HEADER)
        return JsonAnswer(content={"id": next(ids, ""), "status": response.status})

    def curl(self, request: ApiRequest) -> TextAnswer:
        """Give a curl command."""
        return TextAnswer(text=curl_of(self._find(request), url=self._app_url()))

    def pytest(self, request: ApiRequest) -> TextAnswer:
        """Give a test, with the session that the request came with."""
        exchange = self._find(request)
        session = past_session(exchange, self._explain)
        return TextAnswer(text=pytest_of(exchange, session))

    def _find(self, request: ApiRequest) -> Exchange:
        wanted = request.path["id"]
        exchange = self._journal.find(wanted)
        if exchange is None:
            raise ApiError(
                404,
                f'There is no request "{wanted}".',
                remedy="GET /api/requests lists those that are kept.",
            )
        return exchange
