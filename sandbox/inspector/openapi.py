"""The table of endpoints → an OpenAPI 3.1 document (spec.openapis.org/oas/v3.1.0)."""

import re
from collections.abc import Iterable
from http import HTTPStatus

from sandbox.inspector.endpoints import Endpoint, Parameter
from sandbox.inspector.schemas import TEXT, object_of
from sandbox.inspector.security import CUSTOM_HEADER, SAFE_METHODS
from sandbox.json_value import JsonValue

OPENAPI_VERSION = "3.1.0"

_DESCRIPTION = (
    "What a running arc-sandbox shows and lets a developer change. Any client on this "
    f'machine may read; a change needs the header "{CUSTOM_HEADER}: 1". Errors are '
    'objects with "message" and "remedy". Times are seconds since 1970 on the '
    "sandbox's clock."
)


def describe(endpoints: Iterable[Endpoint], *, version: str) -> dict[str, JsonValue]:
    """Give the document.

    Args:
        endpoints: what the API dispatches by.
        version: of arc-sandbox.
    """
    paths: dict[str, dict[str, JsonValue]] = {}
    for endpoint in sorted(endpoints, key=lambda one: (one.path, one.method)):
        operations = paths.setdefault(endpoint.path, {})
        operations[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": "arc-sandbox",
            "version": version,
            "description": _DESCRIPTION,
        },
        "paths": paths,
        "components": {
            "schemas": {"Error": object_of({"message": TEXT, "remedy": TEXT})},
            "parameters": {"Custom": _custom_header()},
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, JsonValue]:
    parameters: list[JsonValue] = [
        {"name": name, "in": "path", "required": True, "schema": TEXT}
        for name in endpoint.parameter_names
    ]
    parameters += [_query(parameter) for parameter in endpoint.query]
    if endpoint.method not in SAFE_METHODS:
        parameters.append({"$ref": "#/components/parameters/Custom"})
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    operation: dict[str, JsonValue] = {
        "operationId": _operation_id(endpoint),
        "summary": endpoint.summary,
        "tags": [endpoint.path.split("/")[2]],
        "parameters": parameters,
        "responses": {
            str(HTTPStatus.OK.value): {
                "description": "What was asked for.",
                "content": {endpoint.media_type: {"schema": endpoint.gives}},
            },
            "default": {"description": "What is wrong.", "content": error},
        },
    }
    if endpoint.takes is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": endpoint.takes}},
        }
    return operation


def _query(parameter: Parameter) -> dict[str, JsonValue]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.description,
        "schema": {"type": parameter.type},
    }


def _custom_header() -> dict[str, JsonValue]:
    return {
        "name": CUSTOM_HEADER,
        "in": "header",
        "required": True,
        "schema": {"type": "string", "enum": ["1"]},
    }


def _operation_id(endpoint: Endpoint) -> str:
    words = re.findall(r"[a-z]+", endpoint.path.removeprefix("/api").lower())
    return "_".join([endpoint.method.lower(), *words])
