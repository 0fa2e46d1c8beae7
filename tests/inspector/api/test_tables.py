"""Tables by the API: rows in plain JSON, paged, queried, changed, taken out and in."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.slow

THINGS = "testapp-staging-things"
ROWS = f"tables/{THINGS}/rows"


def put(inspected: Any, **row: Any) -> None:
    answer = inspected.api.put(f"/api/{ROWS}", json={"row": row})
    assert answer.status_code == 200, answer.text


@pytest.fixture
def things(table_app: Any) -> Any:
    """Give the app with five rows in its table of things."""
    for at in range(5):
        put(table_app, owner="ada", at=at, kind="odd" if at % 2 else "even")
    return table_app


def test_tables_are_listed_with_keys_and_indexes(table_app: Any) -> None:
    """By the names that DynamoDB has, both stages."""
    tables = {table["name"]: table for table in table_app.get("tables")["tables"]}

    assert sorted(tables) == [
        f"testapp-{stage}-{name}"
        for stage in ("production", "staging")
        for name in ("sessions", "things")
    ]
    assert tables[THINGS]["keys"] == ["owner", "at"]
    assert tables[THINGS]["indexes"] == [{"name": "byKind", "keys": ["kind"]}]
    assert tables["testapp-staging-sessions"]["ttl_attribute"] == "_ttl"


def test_rows_are_paged(things: Any) -> None:
    """Each page says where the next begins."""
    first = things.get(ROWS, limit="3")
    second = things.get(ROWS, limit="3", after=json.dumps(first["next_key"]))

    assert [row["at"] for row in first["rows"] + second["rows"]] == [0, 1, 2, 3, 4]
    assert first["next_key"] == {"owner": "ada", "at": 2}
    assert second["next_key"] is None


def test_a_full_page_that_is_the_last_says_so(things: Any) -> None:
    """DynamoDB gives a last key wherever the limit was reached."""
    page = things.get(ROWS, limit="5")

    assert [row["at"] for row in page["rows"]] == [0, 1, 2, 3, 4]
    assert page["next_key"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"key": {"owner": "ada"}}, [0, 1, 2, 3, 4]),
        ({"key": {"owner": "ada", "at": 2}}, [2]),
        ({"key": {"owner": "bob"}}, []),
        ({"key": {"kind": "odd"}, "index": "byKind"}, [1, 3]),
    ],
)
def test_rows_are_queried_by_key(things: Any, query: Any, found: list[int]) -> None:
    """Of the table or of an index, by the partition key or by both."""
    asked = {**query, "key": json.dumps(query["key"])}

    assert sorted(row["at"] for row in things.get(ROWS, **asked)["rows"]) == found


def test_a_row_is_changed_and_removed(things: Any) -> None:
    """Whatever DynamoDB holds can be written."""
    put(things, owner="ada", at=1, tags={"$set": ["a"]}, big={"$number": "1E+30"})

    key = {"owner": "ada", "at": 1}
    (row,) = things.get(ROWS, key=json.dumps(key))["rows"]
    removed = [
        things.api.request("DELETE", f"/api/{ROWS}", json={"key": key}).json()
        for _ in range(2)
    ]

    assert row["tags"] == {"$set": ["a"]}
    assert row["big"] == {"$number": f"1{'0' * 30}"}
    assert removed == [{"was_there": True}, {"was_there": False}]


@pytest.mark.parametrize(
    ("row", "status", "message"),
    [
        ({"owner": "ada", "at": 5, "kind": "mine"}, 200, None),
        ({"owner": "ada", "at": 1, "kind": "mine"}, 409, "a row with this key already"),
        ({"at": 1}, 400, "Missing the key owner"),
    ],
)
def test_a_new_row_takes_no_others_place(
    things: Any, row: Any, status: int, message: str | None
) -> None:
    """Whoever makes one does not know of the one that has its key."""
    answer = things.api.post(f"/api/{ROWS}", json={"row": row})

    assert answer.status_code == status
    assert message is None or message in answer.json()["message"]
    kept = {one["at"]: one["kind"] for one in things.get(ROWS)["rows"]}
    assert (kept[1], kept.get(5)) == ("odd", "mine" if status == 200 else None)


def test_a_table_is_taken_out_and_in(things: Any) -> None:
    """What was exported is what is there after an import."""
    rows = things.get(f"tables/{THINGS}/export")["rows"]
    things.sandbox.reset()
    assert things.get(ROWS)["rows"] == []

    count = things.post(f"tables/{THINGS}/import", {"rows": rows})["count"]

    assert count == 5
    assert things.get(f"tables/{THINGS}/export")["rows"] == rows


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            {"rows": [{"owner": "a", "at": 1}, {"owner": "a"}]},
            (
                "Row 2: ",
                "missing the key at in the item. 1 row before it is stored.",
            ),
        ),
        (
            {"rows": [{"owner": "a", "at": {"$set": []}}]},
            ("Row 1: ", "none that is empty", "No row is stored."),
        ),
        (
            {"rows": [{"owner": "a", "at": 1}, 3], "first_number": 501},
            ("Row 502 is not an object.", "501 rows before it are stored."),
        ),
    ],
)
def test_a_row_that_does_not_fit_is_named(
    table_app: Any, body: Any, told: tuple[str, ...]
) -> None:
    """Its place in the file, what is wrong, and what was stored before."""
    answer = table_app.api.post(f"/api/tables/{THINGS}/import", json=body)

    said = " ".join(answer.json().values())
    assert answer.status_code == 400
    assert [part for part in told if part.lower() not in said.lower()] == []


def test_an_import_into_no_table_is_no_rows_fault(table_app: Any) -> None:
    """It is told once, of the table."""
    answer = table_app.api.post("/api/tables/nowhere/import", json={"rows": [{}]})

    assert answer.status_code == 404
    assert "Row" not in answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "tables/nowhere/rows", None, 404),
        ("GET", "tables/..%2f..%2fetc/rows", None, 404),
        ("GET", f"{ROWS}?key=x", None, 400),
        ("GET", f"{ROWS}?key=[]", None, 400),
        ("GET", f"{ROWS}?after={{}}", None, 400),
        ("GET", f"{ROWS}?index=nowhere", None, 400),
        ("GET", f"{ROWS}?key=%7B%22nokey%22:1%7D", None, 400),
        ("PUT", ROWS, {"row": {"owner": "a"}}, 400),
        ("PUT", ROWS, {"row": []}, 400),
        ("PUT", ROWS, {"row": {"owner": "a", "at": 1, "s": {"$set": []}}}, 400),
        ("PUT", ROWS, {"row": {"owner": 1, "at": 1}}, 400),
        ("DELETE", ROWS, {"key": {"owner": "a"}}, 400),
        ("DELETE", ROWS, {}, 400),
        ("POST", f"tables/{THINGS}/import", {"rows": {}}, 400),
        ("POST", f"tables/{THINGS}/import", {"rows": [1]}, 400),
        ("POST", f"tables/{THINGS}/import", {"rows": [], "first_number": "a"}, 400),
        ("POST", f"tables/{THINGS}/import", {"rows": [], "first_number": 0}, 400),
    ],
)
def test_what_does_not_fit_is_told(
    table_app: Any, method: str, path: str, body: Any, status: int
) -> None:
    """DynamoDB's own words, as an error of the API."""
    answer = table_app.api.request(method, f"/api/{path}", json=body)

    assert answer.status_code == status, answer.text
    assert answer.json()["message"]
