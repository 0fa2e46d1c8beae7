"""Service discovery: what runtime helpers ask of the internal port at `/_arc/ssm`.

What they ask of WebSocket connections at `/_arc/ws` is answered elsewhere.

In AWS, Architect writes a parameter for each resource into SSM, and the runtime helpers
(`architect-functions`, `@architect/functions`) read them to find their tables. This is
the part of SSM that they use, in its JSON 1.1 protocol (Systems Manager API Reference):
GetParametersByPath, GetParameter and GetParameters.
"""

import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sandbox.http1.wsgi_input import read_input
from sandbox.json_value import JsonValue
from sandbox.project.model import Project, Stage
from sandbox.project.table_names import physical_name, table_stage

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/_arc/ssm"
CONTENT_TYPE = "application/x-amz-json-1.1"
_CONNECTIONS = "/_arc/ws/@connections/"
FALLBACK_APP = "arc-app"
"""The app's name as helpers have it outside a handler, without ARC_APP_NAME."""

_MAX_BODY_BYTES = 64 * 1024
_MAX_PAGE = 10
_UNREADABLE = "ValidationException"

ServiceMap: TypeAlias = Mapping[str, str]
"""Parameters by name: `/AppTesting/tables/things` → `app-staging-things`."""


def logical_id(text: str) -> str:
    """Give CloudFormation's form of a name, as `@architect/utils` makes it.

    `my-app-staging` becomes `MyAppStaging`.
    """
    spaced = re.sub(r"([A-Z])", r" \1", text)
    if len(spaced) == 1:
        return spaced.upper()
    lower = re.sub(r"^[\W_]+|[\W_]+$", "", spaced, flags=re.ASCII).lower()
    joined = re.sub(
        r"[\W_]+(\w|$)",
        lambda found: found.group(1).upper(),
        lower[:1].upper() + lower[1:],
        flags=re.ASCII,
    )
    return "GetIndex" if joined == "Get" else joined


def service_map(
    project: Project, *, ports: Mapping[str, int | None], stage: Stage
) -> ServiceMap:
    """Give the parameters of an app, under its own name and under the fallback name.

    Args:
        project: has the tables; those of `testing` are the ones of `staging`.
        ports: the sandbox's ports as `ARC_SANDBOX` has them: `http`, `tables`,
            `events`, `_arc`.
        stage: the value of ARC_ENV.
    """
    names = (table.name for table in project.tables)
    values = {
        f"tables/{name}": physical_name(project.name, table_stage(stage), name)
        for name in names
    }
    values["ARC_SANDBOX/ports"] = json.dumps(dict(ports))
    if project.static is not None:
        values["static/bucket"] = str(project.static.folder)
    return {
        f"/{logical_id(f'{app}-{stage}')}/{name}": value
        for app in (FALLBACK_APP, project.name)
        for name, value in values.items()
    }


class SsmError(Exception):
    """One of SSM's own errors: a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def get_parameters_by_path(
    services: ServiceMap, request: Mapping[str, Any]
) -> dict[str, JsonValue]:
    """Give the parameters below `Path`, ten a page; `Recursive` gives all levels.

    Raises:
        SsmError: there is no `Path`, or `NextToken` is not one that was given out.
    """
    path = _text(request, "Path").rstrip("/") + "/"
    last_given = _last_given(request.get("NextToken"), path)
    left = [
        name
        for name in sorted(services)
        if name.startswith(path)
        and (request.get("Recursive") is True or "/" not in name[len(path) :])
        and name > last_given
    ]
    size = request.get("MaxResults") or _MAX_PAGE
    if not isinstance(size, int) or not 1 <= size <= _MAX_PAGE:
        raise SsmError(_UNREADABLE, f"MaxResults is a number from 1 to {_MAX_PAGE}.")
    page = left[:size]
    answer: dict[str, JsonValue] = {
        "Parameters": [_parameter(services, name) for name in page]
    }
    if page != left:
        answer["NextToken"] = page[-1]
    return answer


def get_parameter(
    services: ServiceMap, request: Mapping[str, Any]
) -> dict[str, JsonValue]:
    """Give the parameter called `Name`.

    Raises:
        SsmError: there is none.
    """
    name = _text(request, "Name")
    if name not in services:
        raise SsmError("ParameterNotFound", f"There is no parameter {name}.")
    return {"Parameter": _parameter(services, name)}


def get_parameters(
    services: ServiceMap, request: Mapping[str, Any]
) -> dict[str, JsonValue]:
    """Give the parameters of `Names` that exist, and the names of those that do not.

    Raises:
        SsmError: `Names` is not a list of names.
    """
    names = request.get("Names")
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise SsmError(_UNREADABLE, "Names is a list of parameter names.")
    return {
        "Parameters": [
            _parameter(services, name) for name in names if name in services
        ],
        "InvalidParameters": [name for name in names if name not in services],
    }


_OPERATIONS: Mapping[
    str, Callable[[ServiceMap, Mapping[str, Any]], dict[str, JsonValue]]
] = {
    "GetParameter": get_parameter,
    "GetParameters": get_parameters,
    "GetParametersByPath": get_parameters_by_path,
}


def _text(request: Mapping[str, Any], member: str) -> str:
    value = request.get(member)
    if not isinstance(value, str) or not value:
        raise SsmError(_UNREADABLE, f"{member} is missing, or not a string.")
    return value


def _last_given(token: object, path: str) -> str:
    """Give the name after which a page begins.

    A number would be of another parameter where a manifest has changed meanwhile, and
    architect-functions would start a session anew as its table is not to be found.
    """
    if token is None:
        return ""
    if isinstance(token, str) and token.startswith(path):
        return token
    raise SsmError("InvalidNextToken", "NextToken is not one of this request's.")


def _parameter(services: ServiceMap, name: str) -> dict[str, JsonValue]:
    return {
        "Name": name,
        "Type": "String",
        "Value": services[name],
        "Version": 1,
        "ARN": f"arn:aws:ssm:local:000000000000:parameter{name}",
        "DataType": "text",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: str
    content_type: str
    content: JsonValue


class Services:
    """A WSGI application for what lies below `/_arc/` on the internal port.

    Args:
        services: gives the map at each request, since a manifest may have changed.
        connections: answers below `/_arc/ws/@connections/`.
    """

    def __init__(
        self, services: Callable[[], ServiceMap], *, connections: "WSGIApplication"
    ) -> None:
        self._services = services
        self._connections = connections

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request; what is neither gets a 404 that says what is here."""
        if environ.get("PATH_INFO", "").startswith(_CONNECTIONS):
            return self._connections(environ, start_response)
        answer = self._answer(environ)
        body = json.dumps(answer.content).encode("ascii")
        headers = [
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(body))),
            ("x-amzn-RequestId", str(uuid.uuid4())),
        ]
        start_response(answer.status, headers)
        return [body]

    def _answer(self, environ: "WSGIEnvironment") -> _Answer:
        path = environ.get("PATH_INFO", "")
        if path.rstrip("/") != PATH or environ["REQUEST_METHOD"] != "POST":
            return _Answer(
                status="404 Not Found",
                content_type="application/json",
                content={
                    "message": f"There is nothing at {path} for this method.",
                    "available": [f"POST {PATH} (SSM: {', '.join(_OPERATIONS)})"],
                },
            )
        try:
            content = self._ssm(environ)
        except SsmError as error:
            return _Answer(
                status="400 Bad Request",
                content_type=CONTENT_TYPE,
                content={"__type": error.code, "message": error.message},
            )
        return _Answer(status="200 OK", content_type=CONTENT_TYPE, content=content)

    def _ssm(self, environ: "WSGIEnvironment") -> dict[str, JsonValue]:
        operation = environ.get("HTTP_X_AMZ_TARGET", "").removeprefix("AmazonSSM.")
        if operation not in _OPERATIONS:
            known = ", ".join(_OPERATIONS)
            raise SsmError(
                "UnknownOperationException",
                f'The sandbox\'s SSM has no "{operation}". It has {known}.',
            )
        return _OPERATIONS[operation](self._services(), _read_request(environ))


def _read_request(environ: "WSGIEnvironment") -> Mapping[str, Any]:
    try:
        # One that is too long is none of a helper's, and reads as an empty one.
        request = json.loads(read_input(environ, most_bytes=_MAX_BODY_BYTES) or b"")
    except (ValueError, RecursionError) as error:
        message = f"The body is not JSON: {error}"
        raise SsmError("SerializationException", message) from error
    if not isinstance(request, dict):
        raise SsmError("SerializationException", "The body is not an object.")
    return request
