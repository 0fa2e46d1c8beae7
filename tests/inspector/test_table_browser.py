"""An app's tables for people, of whatever DynamoDB says meanwhile."""

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.inspector.messages import ApiError
from sandbox.inspector.table_browser import TableBrowser

NAMES = ("a", "b", "c", "d", "e")
PER_PAGE = 2


def call(operation: str, request: Mapping[str, Any]) -> Any:
    """Answer for five tables, of which one has gone since they were listed."""
    if operation == "ListTables":
        left = [n for n in NAMES if n > request.get("ExclusiveStartTableName", "")]
        page: dict[str, Any] = {"TableNames": left[:PER_PAGE]}
        if left[PER_PAGE:]:
            page["LastEvaluatedTableName"] = page["TableNames"][-1]
        return page
    if request["TableName"] == "c":
        raise ApiError(404, "Requested resource not found")
    if operation == "DescribeTimeToLive":
        return {"TimeToLiveDescription": {}}
    keys = [{"AttributeName": "id", "KeyType": "HASH"}]
    table = {"TableName": request["TableName"], "KeySchema": keys}
    return {"Table": {**table, "AttributeDefinitions": []}}


def test_all_tables_are_listed_but_those_that_are_gone() -> None:
    """DynamoDB lists a hundred at a time; a save may drop one at any moment."""
    tables = TableBrowser(call).tables()

    assert [table["name"] for table in tables] == ["a", "b", "d", "e"]


def test_other_refusals_are_told() -> None:
    """A list that cannot be had is not an empty one."""

    def refuse(operation: str, request: Mapping[str, Any]) -> Any:
        if operation == "ListTables":
            return call(operation, request)
        raise ApiError(400, "Not now")

    with pytest.raises(ApiError, match="Not now"):
        TableBrowser(refuse).tables()
