"""What an UpdateExpression does to an item."""

import copy
from typing import Any

import pytest

from sandbox.tables.errors import TableError
from sandbox.tables.store import TableStore
from sandbox.tables.update_expressions import parse_update
from sandbox.tables.updating import BoundUpdate

TABLE = "demo-staging-notes"
KEY = {"owner": {"S": "a"}, "number": {"N": "1"}}
ONE = {":one": {"N": "1"}}
VALUES = {
    ":n": {"N": "1"},
    ":small": {"N": "0.1"},
    ":large": {"N": "9e125"},
    ":x": {"S": "x"},
    ":y": {"S": "y"},
    ":ss": {"SS": ["y", "z"]},
    ":all": {"SS": ["y", "x"]},
    ":bs": {"BS": [b"x", b"y"]},
}


@pytest.fixture
def item(store: TableStore) -> dict[str, Any]:
    """Put an item that has one of each, and give it."""
    item = {
        **KEY,
        "n": {"N": "5"},
        "l": {"L": [{"M": {"k": {"N": "1"}}}]},
        "m": {"M": {"k": {"N": "1"}}},
        "s": {"SS": ["x", "y"]},
    }
    store.call("PutItem", {"TableName": TABLE, "Item": item})
    return item


def updated(
    store: TableStore, text: str, values: object = None, key: object = KEY
) -> Any:
    """Give what an item is after an update."""
    request: dict[str, object] = {
        "TableName": TABLE,
        "Key": key,
        "UpdateExpression": text,
    }
    if values:
        request["ExpressionAttributeValues"] = values
    if "#key" in text:
        request["ExpressionAttributeNames"] = {"#key": "owner"}
    return store.call("UpdateItem", {**request, "ReturnValues": "ALL_NEW"})[
        "Attributes"
    ]


@pytest.mark.parametrize(
    ("section", "action", "count"),
    [("SET", "a{}=:one", 400), ("ADD", "a{} :one", 400), ("REMOVE", "a{}", 700)],
)
def test_an_update_may_fill_its_four_kilobytes(
    store: TableStore, section: str, action: str, count: int
) -> None:
    """So many actions are no more than DynamoDB takes, and all of them count."""
    names = [f"a{number}" for number in range(count)]
    if section == "REMOVE":
        filled = {name: {"S": "x"} for name in names}
        store.call("PutItem", {"TableName": TABLE, "Item": {**KEY, **filled}})
    actions = ",".join(action.format(number) for number in range(count))
    new = updated(store, f"{section} {actions}", None if section == "REMOVE" else ONE)
    expected = {} if section == "REMOVE" else {name: {"N": "1"} for name in names}
    assert new == {**KEY, **expected}


def test_what_is_read_is_what_was_there_before(
    store: TableStore, item: dict[str, Any]
) -> None:
    """A section sees nothing of what another does to the item."""
    text = "SET kept = s, n = n + :one, former = n DELETE s :y"
    new = updated(store, text, {**ONE, ":y": {"SS": ["y"]}})
    assert (new["kept"], new["s"]) == (item["s"], {"SS": ["x"]})
    assert (new["n"], new["former"]) == ({"N": "6"}, {"N": "5"})


@pytest.mark.parametrize(
    ("copying", "changing", "path"),
    [
        ("SET c = m", "SET c.k = :two", "m"),
        ("SET c = m, d = m", "SET c.k = :two", "d"),
        ("SET l = list_append(l, l)", "SET l[0].k = :two", "l"),
        ("SET c = if_not_exists(c, m)", "ADD c.k :two", "m"),
        ("SET c = s", "DELETE c :x", "s"),
    ],
)
@pytest.mark.usefixtures("item")
def test_a_copy_changes_alone(
    store: TableStore, copying: str, changing: str, path: str
) -> None:
    """What was copied from one path to another is not changed with it later."""
    before = updated(store, copying)[path]
    values = {":x": {"SS": ["x"]}} if ":x" in changing else {":two": {"N": "2"}}
    after = updated(store, changing, values)[path]
    if path == "l":
        assert after == {"L": [{"M": {"k": {"N": "2"}}}, before["L"][1]]}
    else:
        assert after == before


@pytest.mark.parametrize("text", ["SET c = #key", "SET c = n", "SET m.k = :one"])
def test_a_new_item_has_nothing_to_read(store: TableStore, text: str) -> None:
    """Not even its key; what fails makes no item."""
    key = {**KEY, "owner": {"S": "new"}}
    with pytest.raises(TableError, match=r"not exist|invalid for update"):
        updated(store, text, ONE if ":one" in text else None, key)
    assert "Item" not in store.call("GetItem", {"TableName": TABLE, "Key": key})


@pytest.mark.usefixtures("item")
def test_a_key_is_read_but_not_changed(store: TableStore) -> None:
    """Where it stands decides, not that it is named."""
    assert updated(store, "SET c = #key")["c"] == KEY["owner"]
    for text in ("SET #key = n", "REMOVE #key", "ADD #key :one"):
        with pytest.raises(TableError, match="Cannot update attribute owner"):
            updated(store, text, ONE if ":one" in text else None)


@pytest.mark.parametrize(
    "text",
    [
        "SET n.k = :one",
        "SET l.k = :one",
        "SET l[0].k.k = :one",
        "SET l[7].k = :one",
        "ADD n.k :one",
        "ADD m[0] :one",
        "REMOVE l.k",
        "REMOVE n[0]",
        "REMOVE l[0].k.k",
        "DELETE n.k :x",
    ],
)
def test_a_path_that_leads_nowhere_is_refused(
    store: TableStore, item: dict[str, Any], text: str
) -> None:
    """Nothing is written that is then not there, and nothing is a sandbox's failure."""
    values = {":x": {"SS": ["x"]}} if ":x" in text else ONE
    with pytest.raises(TableError, match=r"document path .* is invalid for update"):
        updated(store, text, None if "REMOVE" in text else values)
    found = store.call("GetItem", {"TableName": TABLE, "Key": KEY})
    assert found["Item"] == item


@pytest.mark.usefixtures("item")
def test_a_place_behind_a_list_is_its_end(store: TableStore) -> None:
    """A list is appended to; what it has not is removed without a word."""
    assert updated(store, "SET l[7] = :one", ONE)["l"]["L"][1:] == [{"N": "1"}]
    assert len(updated(store, "REMOVE l[7]")["l"]["L"]) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("REMOVE n, m.k, m.k", r"overlap .* path one: \[m, k\], path two: \[m, k\]"),
        ("REMOVE l[0].k, l", r"overlap .* path one: \[l, \[0\], k\], path two: \[l\]"),
        ("SET m.k = :one, m[0] = :one", "conflict with each other"),
    ],
)
@pytest.mark.usefixtures("item")
def test_paths_that_meet_are_refused(
    store: TableStore, text: str, message: str
) -> None:
    """Before anything is changed."""
    with pytest.raises(TableError, match=message):
        updated(store, text, ONE if ":one" in text else None)


def test_an_update_that_fails_halfway_changes_nothing(
    store: TableStore, item: dict[str, Any]
) -> None:
    """ADD to a list fails after SET has been carried out."""
    with pytest.raises(TableError, match="incorrect data type"):
        updated(store, "SET n = :one ADD l :one", ONE)
    found = store.call("GetItem", {"TableName": TABLE, "Key": KEY})
    assert found["Item"] == item


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("REMOVE l[0], l[1]", "c"),
        ("REMOVE l[2], l[0]", "b"),
        ("REMOVE l[0], l[9]", "bc"),
        ("SET l[0] = l[1], l[1] = l[0]", "bac"),
        ("SET l[9] = :y, l[5] = :x", "abcxy"),
        ("SET l[1] = :x REMOVE l[0]", "xc"),
        ("SET l[3] = :x REMOVE l[0], l[1]", "cx"),
        ("SET l = list_append(l, l)", "abcabc"),
        ("SET l = list_append(if_not_exists(gone, l), l)", "abcabc"),
        ("SET l[0] = if_not_exists(l[7], if_not_exists(l[8], :y))", "ybc"),
    ],
)
def test_places_are_those_before_the_update(text: str, elements: str) -> None:
    """And what is set behind the end is added to it, in order."""
    changed = applied(text, {"l": {"L": [{"S": letter} for letter in "abc"]}})

    assert changed == {"l": {"L": [{"S": letter} for letter in elements]}}


def test_what_an_update_is_given_stays_as_it_is() -> None:
    """Values of one place reach another whole, and before they are changed."""
    given = {"m": {"M": {"l": {"L": [{"N": "1"}]}}}, "c": {"N": "0"}}
    before = copy.deepcopy(given)

    changed = applied("SET c = m, m.l[0] = :x REMOVE gone", given)

    assert given == before
    assert changed == {
        "c": before["m"],
        "m": {"M": {"l": {"L": [{"S": "x"}]}}},
        "gone": None,
    }


def _nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"L": []}
    for _level in range(levels - 1):
        value = {"L": [value]}
    return value


@pytest.mark.usefixtures("item")
def test_an_update_makes_nothing_too_deep(store: TableStore) -> None:
    """An item has 32 levels, and is the first of them itself."""
    assert updated(store, "SET m.fits = :v", {":v": _nested(30)})

    with pytest.raises(TableError) as refused:
        updated(store, "SET m.deep = :v", {":v": _nested(31)})
    assert refused.value.message == "Nesting Levels have exceeded supported limits"


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("99999999999999999999999999999999999998", "+ :n", "9" * 38),
        ("0.1", "+ :n", "1.1"),
        ("1", "- :n", "0"),
        ("1E+37", "- :n", "9" * 37),
        ("-1.50", "+ :n", "-0.5"),
    ],
)
def test_sums_are_exact(before: str, text: str, after: str) -> None:
    """To each of the 38 digits that DynamoDB keeps, and written as it writes them."""
    changed = applied(f"SET a = a {text}", {"a": {"N": before}})

    assert changed == {"a": {"N": after}}


@pytest.mark.parametrize(
    ("before", "text", "message"),
    [
        ("9" * 38, "SET a = a + :small", "more than 38 significant digits"),
        ("9e125", "SET a = a + a", "Number overflow"),
        ("9e125", "ADD a :large", "Number overflow"),
    ],
)
def test_sums_that_cannot_be_kept_are_refused(
    before: str, text: str, message: str
) -> None:
    """Rather than rounded."""
    with pytest.raises(TableError, match=message):
        applied(text, {"a": {"N": before}})


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("ADD a :n", {"a": {"N": "1"}}),
        ("ADD s :ss", {"s": {"SS": ["x", "y", "z"]}}),
        ("ADD b :bs", {"b": {"BS": [b"x", b"y"]}}),
        ("DELETE s :ss", {"s": {"SS": ["x"]}}),
        ("DELETE s :all", {"s": None}),
        ("DELETE gone :ss", {"gone": None}),
    ],
)
def test_sets_gain_and_lose_members(text: str, changed: object) -> None:
    """A set without members is none."""
    item = {"s": {"SS": ["x", "y"]}, "b": {"BS": [b"x"]}}

    assert applied(text, item) == changed


@pytest.mark.parametrize(
    "text",
    [
        "ADD s :n",
        "ADD n :ss",
        "DELETE n :ss",
        "DELETE s :bs",
        "SET a = s + :n",
        "SET a = :n - s",
        "SET a = list_append(n, n)",
        "SET a = if_not_exists(s, :n) + :n",
    ],
)
def test_values_of_another_type_are_refused(text: str) -> None:
    """Where only the item shows it."""
    with pytest.raises(TableError, match=r"operand .* has an incorrect data type"):
        applied(text, {"s": {"SS": ["x"]}, "n": {"N": "1"}})


def applied(text: str, attributes: Any) -> object:
    update = BoundUpdate(update=parse_update(text), names={}, values=VALUES)
    assert update.heads() >= {path[0] for path in update.targets()}
    return update.apply({n: v for n, v in attributes.items() if n in update.heads()})
