"""`/api/advice`: what is legal in the app, but will bite."""

from collections.abc import Callable

from sandbox.errors import SourceLocation
from sandbox.inspector.endpoints import Endpoint
from sandbox.inspector.messages import ApiRequest, JsonAnswer
from sandbox.inspector.schemas import OBJECT, TEXT, array_of, object_of, or_null
from sandbox.json_value import JsonValue
from sandbox.project.advice import Advice


class AdviceApi:
    """Advice's endpoint.

    Args:
        advice: gives all advice there is now.
    """

    def __init__(self, *, advice: Callable[[], tuple[Advice, ...]]) -> None:
        self._advice = advice

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked."""
        advice = object_of(
            {
                "level": TEXT,
                "code": TEXT,
                "what": TEXT,
                "why": TEXT,
                "fix": TEXT,
                "where": or_null(OBJECT),
            }
        )
        return (
            Endpoint(
                "GET",
                "/api/advice",
                "List what is legal in the app, but will bite.",
                self.list,
                gives=object_of({"advice": array_of(advice)}),
            ),
        )

    def list(self, request: ApiRequest) -> JsonAnswer:
        """Give all advice."""
        return JsonAnswer(content={"advice": [advice_json(a) for a in self._advice()]})


def advice_json(advice: Advice) -> dict[str, JsonValue]:
    """Give one piece of advice."""
    return {
        "level": advice.level,
        "code": advice.code,
        "what": advice.what,
        "why": advice.why,
        "fix": advice.fix,
        "where": _place_json(advice.where),
    }


def _place_json(place: SourceLocation | None) -> dict[str, JsonValue] | None:
    if place is None:
        return None
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "source_line": place.source_line,
    }
