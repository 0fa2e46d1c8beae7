"""`/api/functions`: what functions and their workers do, and starting them anew."""

from collections.abc import Callable

from sandbox.inspector.endpoints import Endpoint
from sandbox.inspector.exchange_view import outcome_json
from sandbox.inspector.messages import ApiRequest, JsonAnswer
from sandbox.inspector.schemas import (
    INTEGER,
    OBJECT,
    TEXT,
    Schema,
    array_of,
    object_of,
    or_null,
)
from sandbox.inspector.subject import FunctionFacts, PoolFacts
from sandbox.json_value import JsonValue
from sandbox.project.model import Function, Project

FUNCTION: Schema = object_of(
    {
        "name": TEXT,
        "pragma": TEXT,
        "folder": TEXT,
        "runtime": TEXT,
        "timeout_seconds": INTEGER,
        "memory_mb": INTEGER,
        "concurrency": or_null(INTEGER),
        "warm": INTEGER,
        "running": INTEGER,
        "invocations": INTEGER,
        "cold_starts": INTEGER,
        "failures": INTEGER,
        "max_memory_bytes": or_null(INTEGER),
        "last_failure": or_null(OBJECT),
    }
)
_LIST: Schema = object_of({"functions": array_of(FUNCTION)})


class FunctionsApi:
    """The functions' endpoints.

    Args:
        project: gives the app.
        statistics: gives what workers have done.
        reload: has every function start anew.
    """

    def __init__(
        self,
        *,
        project: Callable[[], Project],
        statistics: Callable[[], PoolFacts],
        reload: Callable[[], None],
    ) -> None:
        self._project = project
        self._statistics = statistics
        self._reload = reload

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked."""
        return (
            Endpoint(
                "GET",
                "/api/functions",
                "List functions, their warm workers and their last failure.",
                self.list,
                gives=_LIST,
            ),
            Endpoint(
                "POST",
                "/api/functions/reload",
                "Have every function restart at its next event.",
                self.reload,
                gives=_LIST,
            ),
        )

    def list(self, request: ApiRequest) -> JsonAnswer:
        """Give every function, called or not."""
        facts = {one.name: one for one in self._statistics().functions}
        project = self._project()
        return JsonAnswer(
            content={
                "functions": [
                    function_json(
                        function,
                        project,
                        facts.get(function.key),
                    )
                    for function in project.functions
                ]
            }
        )

    def reload(self, request: ApiRequest) -> JsonAnswer:
        """Stop all idle workers."""
        self._reload()
        return self.list(request)


def function_json(
    function: Function, project: Project, facts: FunctionFacts | None
) -> dict[str, JsonValue]:
    """Give a function, and what its workers have done so far."""
    outcome = facts.last_outcome if facts else None
    return {
        "name": function.name,
        "pragma": function.pragma,
        "folder": project.shown(function.folder),
        "runtime": function.config.runtime,
        "timeout_seconds": function.config.timeout_seconds,
        "memory_mb": function.config.memory_mb,
        "concurrency": function.config.concurrency,
        "warm": facts.idle if facts else 0,
        "running": facts.running if facts else 0,
        "invocations": facts.invocations if facts else 0,
        "cold_starts": facts.cold_starts if facts else 0,
        "failures": facts.failures if facts else 0,
        "max_memory_bytes": facts.max_memory_bytes if facts else None,
        "last_failure": outcome_json(outcome) if outcome else None,
    }
