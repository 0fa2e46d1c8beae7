"""The environment by the API: secrets stay masked until they are asked for."""

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow


def variables(answer: Any) -> dict[str, str]:
    return {one["name"]: one["value"] for one in answer["variables"]}


def test_secrets_are_masked(table_app: Any) -> None:
    """What looks like a secret is not shown by itself."""
    found = variables(table_app.get("environment", function="get /"))

    assert found["PAYMENT_TOKEN"] == "••••••••"
    assert found["ARC_SESSION_TABLE_NAME"] == "sessions"


def test_secrets_are_revealed_when_asked_for(table_app: Any) -> None:
    """By whoever sends the header that web pages cannot."""
    found = variables(table_app.get("environment", function="get /", reveal="1"))

    assert found["PAYMENT_TOKEN"] == "sesame"


def test_no_page_can_have_them_revealed(table_app: Any) -> None:
    """Without the header there is a refusal, not a mask."""
    url = f"{table_app.sandbox.inspector_url}/api/environment"

    answer = httpx.get(url, params={"function": "get /", "reveal": "1"})

    assert answer.status_code == 403
    assert "sesame" not in answer.text


def test_functions_of_one_name_are_told_apart(table_app: Any) -> None:
    """By the pragma; the name alone does not say which is meant."""
    bare = table_app.api.get("/api/environment", params={"function": "ping"})
    found = [
        variables(table_app.get("environment", function=f"@{pragma} ping"))
        for pragma in ("events", "queues")
    ]

    assert bare.status_code == 400
    assert "@events ping, @queues ping" in bare.json()["remedy"]
    names = [one["AWS_LAMBDA_FUNCTION_NAME"] for one in found]
    assert names[0] != names[1]


@pytest.mark.parametrize("query", [{}, {"function": "get /nowhere"}])
def test_the_function_must_be_named(table_app: Any, query: dict[str, str]) -> None:
    """Each function may see another environment."""
    answer = table_app.api.get("/api/environment", params=query)

    assert answer.status_code == 404
