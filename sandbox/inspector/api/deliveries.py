"""`/api/deliveries`: what functions of anything but HTTP were given, and made of it."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from uuid import uuid4

from sandbox.exchange import Delivery
from sandbox.inspector.delivery_view import (
    EventFacts,
    delivery_json,
    delivery_summary,
)
from sandbox.inspector.endpoints import Endpoint, Parameter
from sandbox.inspector.exchange_view import outcome_word
from sandbox.inspector.messages import ApiError, ApiRequest, JsonAnswer
from sandbox.inspector.operation_view import OPERATION, operation_json
from sandbox.inspector.schemas import (
    ANYTHING,
    BOOLEAN,
    INTEGER,
    NUMBER,
    OBJECT,
    TEXT,
    Schema,
    array_of,
    object_of,
    or_null,
)
from sandbox.inspector.subject import MessageBus, TableOperation
from sandbox.journal import Journal
from sandbox.json_value import JsonValue
from sandbox.project.model import Function

MOST_LISTED = 500

_CAUSE: Schema = object_of({"kind": TEXT, "id": TEXT, "name": TEXT})
_SUMMARY: Mapping[str, Schema] = {
    "id": TEXT,
    "started_epoch": NUMBER,
    "function": TEXT,
    "about": TEXT,
    "outcome": TEXT,
    "error": or_null(TEXT),
    "status": or_null(INTEGER),
    "duration_ms": NUMBER,
    "is_cold": BOOLEAN,
    "repeated_by_aws": or_null(TEXT),
    "cause": or_null(_CAUSE),
    "connection": or_null(TEXT),
}
_LIST: Schema = object_of(
    {"deliveries": array_of(object_of(_SUMMARY)), "under_way": INTEGER}
)
_WHOLE: Schema = object_of(
    {
        **_SUMMARY,
        "event": ANYTHING,
        "context": OBJECT,
        "result": ANYTHING,
        "failure": or_null(OBJECT),
        "output": TEXT,
        "timings": OBJECT,
        "table_operations": array_of(OPERATION),
    }
)


class DeliveriesApi:
    """The deliveries' endpoints.

    Args:
        bus: has delivered them, and delivers them again.
        journal: has the requests that may have caused them.
        find: gives a function by name.
        table_operations: gives what a function asked of tables, by an event's id.
    """

    def __init__(
        self,
        *,
        bus: MessageBus,
        journal: Journal,
        find: Callable[[str], Function],
        table_operations: Callable[[str], Sequence[TableOperation]],
    ) -> None:
        self._bus = bus
        self._journal = journal
        self._find_function = find
        self._table_operations = table_operations
        self._facts: Mapping[str, EventFacts] = {}
        """By id: events may be large, and lists are asked for at every event."""

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked."""
        path = "/api/deliveries"
        one = f"{path}/{{id}}"
        return (
            Endpoint(
                "GET",
                path,
                "List the last events of @events, @queues, @tables-streams and @ws "
                "that were delivered, oldest first.",
                self.list,
                gives=_LIST,
                query=(
                    Parameter(
                        name="cause",
                        description="The id of the request or delivery that "
                        "published them.",
                    ),
                    Parameter(
                        name="limit",
                        description="The most to give; the newest are given.",
                        type="integer",
                    ),
                ),
            ),
            Endpoint("DELETE", path, "Forget them all.", self.forget, gives=_LIST),
            Endpoint(
                "GET",
                one,
                "Show a delivery: event, result, failure, output, timings.",
                self.show,
                gives=_WHOLE,
            ),
            Endpoint(
                "POST",
                f"{one}/repeat",
                "Deliver an event once more, and wait for what becomes of it.",
                self.repeat,
                gives=object_of({"id": TEXT, "outcome": TEXT}),
            ),
        )

    def list(self, request: ApiRequest) -> JsonAnswer:
        """Give the last deliveries."""
        limit = request.integer("limit", default=MOST_LISTED, most=MOST_LISTED)
        known, cause = self._bus.deliveries, request.query.get("cause")
        facts = self._facts = {
            _id(one): self._facts.get(_id(one)) or EventFacts.of(one.event)
            for one in known
        }
        causes = self._causes(known)
        wanted = [one for one in known if cause is None or one.cause == cause][-limit:]
        return JsonAnswer(
            content={
                "deliveries": [
                    delivery_summary(
                        one, facts[_id(one)], cause=causes.get(one.cause or "")
                    )
                    for one in wanted
                ],
                "under_way": self._bus.under_way,
            }
        )

    def forget(self, request: ApiRequest) -> JsonAnswer:
        """Forget what was delivered; what is under way is not stopped."""
        self._bus.clear()
        return self.list(ApiRequest())

    def show(self, request: ApiRequest) -> JsonAnswer:
        """Give one delivery whole."""
        delivery = self._find(request)
        cause = self._causes(self._bus.deliveries).get(delivery.cause or "")
        content = delivery_json(delivery, cause=cause)
        operations = self._table_operations(_id(delivery))
        content["table_operations"] = [operation_json(one) for one in operations]
        return JsonAnswer(content=content)

    def repeat(self, request: ApiRequest) -> JsonAnswer:
        """Run the function, as it is by now, with the same event."""
        delivery, new_id = self._find(request), str(uuid4())
        function = self._find_function(delivery.function.key)
        posted = self._bus.post(function, delivery.event, request_id=new_id)
        try:
            outcome = posted.result().outcome
        except CancelledError as error:
            raise ApiError(409, "The sandbox delivers nothing any more.") from error
        return JsonAnswer(content={"id": new_id, "outcome": outcome_word(outcome)})

    def _find(self, request: ApiRequest) -> Delivery:
        wanted = request.path["id"]
        found = next((one for one in self._bus.deliveries if _id(one) == wanted), None)
        if found is None:
            raise ApiError(
                404,
                f'There is no delivery "{wanted}".',
                remedy="GET /api/deliveries lists those that are kept.",
            )
        return found

    def _causes(self, known: Sequence[Delivery]) -> Mapping[str, JsonValue]:
        """Give what may have caused something and is kept, by id."""
        causes: dict[str, JsonValue] = {
            _id(one): _cause("delivery", _id(one), one.function.key) for one in known
        }
        for exchange in self._journal.recent():
            request, request_id = exchange.request, exchange.request_id
            name = f"{request.method} {request.path}"
            causes[request_id] = _cause("request", request_id, name)
        return causes


def _id(delivery: Delivery) -> str:
    return delivery.invocation.request_id


def _cause(kind: str, request_id: str, name: str) -> dict[str, JsonValue]:
    return {"kind": kind, "id": request_id, "name": name}
