"""Clients of AWS that a handler makes itself, without Architect's helper."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.slow

HANDLER = """import boto3
def handler(request, context):
    ssm = boto3.client("ssm")
    parameters = ssm.get_parameters_by_path(Path="/TestappTesting/tables")
    names = [one["Value"] for one in parameters["Parameters"]]
    table = boto3.resource("dynamodb").Table(names[0])
    table.put_item(Item={"id": "of the handler"})
    return {"names": names, "ids": [item["id"] for item in table.scan()["Items"]]}
"""
TABLES = "@tables\nthings\n  id *String\n"


def test_a_handlers_own_clients_find_the_sandbox(
    make_app: Callable[..., Any], serve: Callable[..., Any]
) -> None:
    """What works on AWS works here, and nothing asks AWS for rows by mistake."""
    app = make_app({"src/http/get-index/index.py": HANDLER}, "get /", more=TABLES)
    answer = serve(app).client.get("/")

    assert answer.json() == {
        "names": ["testapp-staging-things"],
        "ids": ["of the handler"],
    }
