"""The API's documentation, held against what a running sandbox answers."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.inspector.endpoints import Endpoint, Parameter
from sandbox.inspector.messages import ApiRequest, JsonAnswer
from sandbox.inspector.openapi import describe
from sandbox.inspector.schemas import OBJECT, TEXT, object_of

TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}


def misfits(value: Any, schema: Any, path: str = "$") -> list[str]:
    """Say where a value is not what a schema of ours describes."""
    names = schema.get("type", list(TYPES))
    names = [names] if isinstance(names, str) else names
    if not isinstance(value, sum((TYPES[name] for name in names), ())):
        return [f"{path} is {value!r}, not {names}"]
    found = []
    if isinstance(value, dict):
        missing = set(schema.get("required", ())) - set(value)
        found += [f"{path} lacks {name}" for name in sorted(missing)]
        properties = schema.get("properties", {})
        if properties:
            unknown = set(value) - set(properties)
            found += [f"{path} has {name} undocumented" for name in sorted(unknown)]
        for name in set(value) & set(properties):
            found += misfits(value[name], properties[name], f"{path}.{name}")
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            found += misfits(item, schema["items"], f"{path}[{number}]")
    return found


def answer_nothing(request: ApiRequest) -> JsonAnswer:
    return JsonAnswer(content={})


def test_an_endpoint_is_described_whole() -> None:
    """Parameters, body, answer and the header for changes are all in the document."""
    endpoint = Endpoint(
        "PUT",
        "/api/things/{id}/parts",
        "Change a part.",
        answer_nothing,
        gives=object_of({"id": TEXT}),
        takes=OBJECT,
        query=(Parameter(name="limit", description="How many.", type="integer"),),
    )

    document: Any = describe([endpoint], version="1.2.3")

    assert (document["openapi"], document["info"]["version"]) == ("3.1.0", "1.2.3")
    operation = document["paths"]["/api/things/{id}/parts"]["put"]
    assert operation["operationId"] == "put_things_id_parts"
    assert operation["tags"] == ["things"]
    assert [parameter.get("name") for parameter in operation["parameters"]] == [
        "id",
        "limit",
        None,
    ]
    assert operation["parameters"][2] == {"$ref": "#/components/parameters/Custom"}
    assert operation["requestBody"]["content"] == {
        "application/json": {"schema": {"type": "object"}}
    }
    assert operation["responses"]["200"]["content"]["application/json"]["schema"][
        "required"
    ] == ["id"]


def bodies() -> dict[str, Any]:
    return {
        "post /api/connections/{id}/messages": {"text": "hello"},
        "post /api/clock": {"advance": "1h"},
        "post /api/sessions/forge": {"data": {"user": 1}},
        "post /api/sessions/decode": {"cookie": "x"},
        "put /api/sessions/{id}": {"data": {"user": 2}},
        "patch /api/sessions/{id}": {"data": {"user": 3}},
        "post /api/tables/{name}/import": {"rows": [{"owner": "a", "at": 1}]},
        "post /api/tables/{name}/rows": {"row": {"owner": "c", "at": 2}},
        "put /api/tables/{name}/rows": {"row": {"owner": "b", "at": 2}},
        "delete /api/tables/{name}/rows": {"key": {"owner": "b", "at": 2}},
    }


@pytest.mark.slow
def test_every_documented_operation_answers_as_described(table_app: Any) -> None:
    """No path is documented that is not there, and no answer is another than told."""
    table_app.app.post("/count")
    table_app.app.get("/fail")
    document = table_app.get("openapi.json")
    wrong = {}

    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            found = call(table_app, method, path, operation)
            if found:
                wrong[f"{method} {path}"] = found

    assert wrong == {}
    assert len(document["paths"]) >= 20


def call(inspected: Any, method: str, path: str, operation: Any) -> list[str]:
    """Call one operation with good values, and give what is wrong with its answer."""
    content = operation["responses"]["200"]["content"]
    ((media_type, media),) = content.items()
    if media_type == "text/event-stream":
        with inspected.api.stream("GET", path) as stream:
            return (
                [] if stream.headers["content-type"].startswith(media_type) else ["?"]
            )
    with inspected.websocket() as websocket:
        websocket.send("hello")
        websocket.receive()
        address = path.replace("{id}", id_for(inspected, path.split("/")[2]))
        address = address.replace("{name}", "testapp-staging-things")
        query = {"function": "get /"} if path == "/api/environment" else {}
        body = bodies().get(f"{method} {path}")
        answer = inspected.api.request(method.upper(), address, params=query, json=body)
    if answer.status_code != 200:
        return [f"{answer.status_code} {answer.text}"]
    if not answer.headers["content-type"].startswith(media_type):
        return [answer.headers["content-type"]]
    if media_type == "text/plain":
        return [] if answer.text else ["empty"]
    return misfits(json.loads(answer.content), media["schema"])


def id_for(inspected: Any, kind: str) -> str:
    """Give the id of something of a kind, made where there is none."""
    if kind == "sessions":
        return str(inspected.post("sessions/forge", {"data": {"user": 1}})["id"])
    if kind == "snapshots":
        inspected.api.put("/api/snapshots/testapp-staging-things", json={})
    if kind == "requests":
        inspected.app.get("/")
    if kind == "deliveries":
        inspected.publish("events", "ping", 1)
    if kind in ("requests", "deliveries", "connections"):
        return str(inspected.get(kind)[kind][-1]["id"])
    return ""
