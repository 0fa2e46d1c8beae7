"""`arc.tables` and `arc.services`: names from the service map, tables from boto3."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.runtime_helper import arc


def service_map(**parameters: str) -> bytes:
    listed = [{"Name": name, "Value": value} for name, value in parameters.items()]
    return json.dumps({"Parameters": listed}).encode()


def test_services_reads_the_map_once(
    sandboxed: Callable[..., None], port: int, listener: Any
) -> None:
    """By type and name, from the stack's path; the answer is the caller's to change."""
    sandboxed({"_arc": port})
    listener.answer = service_map(
        **{
            "/MyAppTesting/tables/notes": "my-app-staging-notes",
            "/MyAppTesting/static/bucket": "/public",
        }
    )

    first = arc.services()
    first["tables"]["other"] = "x"

    assert arc.services() == {
        "tables": {"notes": "my-app-staging-notes"},
        "static": {"bucket": "/public"},
    }
    ((path, request),) = listener.posted
    assert path.startswith("/_arc/ssm")
    assert request == {"Path": "/MyAppTesting", "Recursive": True}


def test_name_gives_the_physical_name(
    sandboxed: Callable[..., None], port: int, listener: Any
) -> None:
    """And names the tables that there are where it is not one of them."""
    sandboxed({"_arc": port})
    listener.answer = service_map(**{"/MyAppTesting/tables/notes": "physical"})

    assert arc.tables.name("notes") == "physical"
    with pytest.raises(NameError, match=r'Table "note" .* Its tables are: "notes".'):
        arc.tables.name("note")


def test_table_follows_its_sandbox(
    sandboxed: Callable[..., None], port: int, listener: Any
) -> None:
    """A warm worker given to a second sandbox talks to the second one's tables."""
    listener.answer = service_map(**{"/MyAppTesting/tables/notes": "physical"})
    sandboxed({"_arc": port, "tables": 1111})
    first = arc.tables.table("notes")
    sandboxed({"_arc": port, "tables": 2222})
    second = arc.tables.table("notes")

    assert first.name == "physical"
    assert first.meta.client.meta.endpoint_url == "http://localhost:1111"
    assert second.meta.client.meta.endpoint_url == "http://localhost:2222"


def test_table_without_a_sandbox_says_how_to_run(
    sandboxed: Callable[..., None],
) -> None:
    """The remedy is part of the error."""
    sandboxed({})

    with pytest.raises(RuntimeError, match="Run this handler with arc-sandbox start"):
        arc.tables.table("notes")
