"""Builds the JSON Schemas of the API's documentation (JSON Schema 2020-12)."""

from collections.abc import Mapping
from typing import TypeAlias

from sandbox.json_value import JsonValue

Schema: TypeAlias = Mapping[str, JsonValue]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
INTEGER: Schema = {"type": "integer"}
BOOLEAN: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object"}
ANYTHING: Schema = {}
TEXTS: Schema = {"type": "array", "items": TEXT}


def array_of(schema: Schema) -> Schema:
    """Give the schema of a list."""
    return {"type": "array", "items": schema}


def or_null(schema: Schema) -> Schema:
    """Give the schema of a value that may be null."""
    return {**schema, "type": [schema["type"], "null"]}


def object_of(properties: Mapping[str, Schema], *optional: str) -> Schema:
    """Give the schema of an object; all its properties are there but the optional."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }
