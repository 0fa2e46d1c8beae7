"""`/api/project`: the app, and where it runs."""

from collections.abc import Callable

from sandbox.inspector.endpoints import Endpoint
from sandbox.inspector.messages import ApiRequest, JsonAnswer
from sandbox.inspector.schemas import OBJECT, TEXT, TEXTS, Schema, array_of, object_of
from sandbox.json_value import JsonValue
from sandbox.project.model import Project, Stage

PROJECT: Schema = object_of(
    {
        "name": TEXT,
        "root": TEXT,
        "url": TEXT,
        "stage": TEXT,
        "api_type": TEXT,
        "region": TEXT,
        "routes": array_of(object_of({"method": TEXT, "path": TEXT, "function": TEXT})),
        "tables": array_of(OBJECT),
        "not_emulated": TEXTS,
        "warnings": TEXTS,
    }
)


class ProjectApi:
    """The app's endpoint.

    Args:
        project: gives the app.
        app_url: gives its address.
        stage: gives the stage that functions see.
    """

    def __init__(
        self,
        *,
        project: Callable[[], Project],
        app_url: Callable[[], str],
        stage: Callable[[], Stage],
    ) -> None:
        self._project = project
        self._app_url = app_url
        self._stage = stage

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked."""
        return (
            Endpoint(
                "GET",
                "/api/project",
                "Show the app: its routes, tables and warnings.",
                self.show,
                gives=PROJECT,
            ),
        )

    def show(self, request: ApiRequest) -> JsonAnswer:
        """Give the app."""
        content = project_json(self._project())
        return JsonAnswer(
            content={**content, "url": self._app_url(), "stage": self._stage()}
        )


def project_json(project: Project) -> dict[str, JsonValue]:
    """Give the app as its folder says it is."""
    return {
        "name": project.name,
        "root": str(project.root),
        "api_type": project.api_type,
        "region": project.region,
        "routes": [
            {
                "method": route.method,
                "path": route.path,
                "function": route.function.name,
            }
            for route in project.routes
        ],
        "tables": [
            {
                "name": table.name,
                "partition_key": table.partition_key.attribute,
                "sort_key": table.sort_key.attribute if table.sort_key else None,
                "ttl_attribute": table.ttl_attribute,
                "indexes": [index.name for index in table.indexes],
            }
            for table in project.tables
        ],
        "not_emulated": project.not_emulated,
        "warnings": [str(warning) for warning in project.warnings],
    }
