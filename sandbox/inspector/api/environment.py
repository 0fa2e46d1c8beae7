"""`/api/environment`: what a function sees, secrets masked until asked for."""

from collections.abc import Callable, Mapping

from sandbox.inspector.endpoints import Endpoint, Parameter
from sandbox.inspector.messages import ApiError, ApiRequest, JsonAnswer
from sandbox.inspector.schemas import BOOLEAN, TEXT, array_of, object_of
from sandbox.inspector.secrets_mask import show_variables
from sandbox.inspector.security import CUSTOM_HEADER
from sandbox.project.model import Function


class EnvironmentApi:
    """The environment's endpoint.

    Args:
        find: gives a function by name.
        environment: gives what it sees.
    """

    def __init__(
        self,
        *,
        find: Callable[[str], Function],
        environment: Callable[[Function], Mapping[str, str]],
    ) -> None:
        self._find = find
        self._environment = environment

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked."""
        variable = object_of({"name": TEXT, "value": TEXT, "is_secret": BOOLEAN})
        return (
            Endpoint(
                "GET",
                "/api/environment",
                "Show what a function sees; secrets are masked.",
                self.show,
                gives=object_of({"function": TEXT, "variables": array_of(variable)}),
                query=(
                    Parameter(
                        name="function",
                        description="Such as get /count; @events a, with the pragma, "
                        "where several have one name.",
                    ),
                    Parameter(
                        name="reveal",
                        description="1 shows secrets; needs the header "
                        f"{CUSTOM_HEADER}.",
                        type="boolean",
                    ),
                ),
            ),
        )

    def show(self, request: ApiRequest) -> JsonAnswer:
        """Give the variables of a function."""
        name = request.query.get("function", "")
        reveal = request.query.get("reveal") in ("1", "true")
        if reveal and not request.may_reveal:
            raise ApiError(
                403,
                f'Revealing secrets needs the header "{CUSTOM_HEADER}: 1".',
                remedy="Send it; no other web page can.",
            )
        variables = show_variables(self._environment(self._find(name)), reveal=reveal)
        return JsonAnswer(
            content={
                "function": name,
                "variables": [
                    {"name": v.name, "value": v.value, "is_secret": v.is_secret}
                    for v in variables
                ],
            }
        )
