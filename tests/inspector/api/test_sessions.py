"""Sessions by the API: in either store, seen, changed, ended, made and explained."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from sandbox.inspector.api.sessions import merge_patch

pytestmark = pytest.mark.slow

DAY = 86_400


def count_of(app: Any) -> int:
    count: int = app.get("/").json()["count"]
    return count


def test_a_session_shows_its_data_age_and_end(inspected: Any) -> None:
    """What a handler wrote is seen, with the requests that used it."""
    inspected.app.post("/count")
    inspected.app.post("/count")

    (session,) = inspected.sessions()

    assert session["data"]["count"] == 2
    assert session["age_seconds"] < 30
    assert session["is_expired"] is False
    assert 0 < session["size_bytes"] < session["limit_bytes"]
    assert len(session["requests"]) == 2
    assert inspected.get(f"sessions/{session['id']}")["id"] == session["id"]


def test_the_end_follows_the_store(table_app: Any, jwe_app: Any) -> None:
    """A row lives a week, a cookie as long as ARC_SESSION_TTL says."""
    for one in (table_app, jwe_app):
        one.app.post("/count")

    (row,) = table_app.sessions()
    (token,) = jwe_app.sessions()

    assert 7 * DAY - 30 < row["seconds_left"] <= 7 * DAY
    assert DAY - 30 < token["seconds_left"] <= DAY


def test_data_is_merged_into_a_session(inspected: Any) -> None:
    """The browser's next request reads what was changed out of band."""
    inspected.app.post("/count")
    (session,) = inspected.sessions()

    changed = inspected.api.patch(
        f"/api/sessions/{session['id']}", json={"data": {"count": 41, "who": "Ada"}}
    ).json()

    assert changed["data"]["count"] == 41
    assert count_of(inspected.app) == 41
    assert inspected.app.post("/count").json() == {"c": 42}
    (after,) = inspected.sessions()
    assert after["data"]["who"] == "Ada"


def test_merging_loses_nothing_that_the_app_writes_meanwhile(table_app: Any) -> None:
    """What is merged is no more than what was sent, and others' writes stay."""
    table_app.app.post("/count")
    (session,) = table_app.sessions()
    path = f"/api/sessions/{session['id']}"
    is_over = threading.Event()

    def merge() -> None:
        while not is_over.is_set():
            table_app.api.patch(path, json={"data": {"who": {"name": "Ada"}}})

    with ThreadPoolExecutor(1) as merging:
        merged = merging.submit(merge)
        try:
            counted = [table_app.app.post("/count").json()["c"] for _ in range(40)]
        finally:
            is_over.set()
        merged.result()

    assert counted == list(range(2, 42))


def test_merges_lose_nothing_of_each_other(inspected: Any) -> None:
    """Two at once leave both; where the first gave another id, the second is told."""
    made = inspected.post("sessions/forge", {"data": {}})
    path = f"/api/sessions/{made['id']}"

    def is_merged(name: str) -> bool:
        answer = inspected.api.patch(path, json={"data": {name: 1}})
        return answer.status_code == 200

    with ThreadPoolExecutor(8) as merging:
        merged = dict(zip("abcdefgh", merging.map(is_merged, "abcdefgh"), strict=True))

    (session,) = inspected.sessions()
    assert session["data"] == {name: 1 for name, was in merged.items() if was}


def test_data_is_replaced(inspected: Any) -> None:
    """PUT leaves nothing of what was there."""
    inspected.app.post("/count")
    (session,) = inspected.sessions()

    path = f"/api/sessions/{session['id']}"
    inspected.api.put(path, json={"data": {"who": "Ada"}})

    assert "count" not in inspected.app.get("/").json()["keys"]
    assert "who" in inspected.app.get("/").json()["keys"]


@pytest.mark.parametrize("how", ["delete", "expire"])
def test_a_session_is_ended(inspected: Any, how: str) -> None:
    """The visitor is signed out, and the session is no longer listed."""
    inspected.app.post("/count")
    (session,) = inspected.sessions()

    path = f"/api/sessions/{session['id']}"
    if how == "delete":
        inspected.api.delete(path)
    else:
        inspected.api.post(f"{path}/expire")

    assert count_of(inspected.app) == 0
    assert inspected.sessions() == []
    assert inspected.app.post("/count").json() == {"c": 1}


def test_a_forged_cookie_signs_in(inspected: Any) -> None:
    """The cookie of a session that was made here is accepted by the app."""
    made = inspected.post("sessions/forge", {"data": {"count": 6}})

    answer = inspected.app.get("/", headers={"cookie": made["cookie"]})

    assert answer.json()["count"] == 6
    assert made["set_cookie"].startswith("_idx=")
    assert [session["id"] for session in inspected.sessions()] == [made["id"]]


def test_opening_a_session_sets_the_browsers_cookie(inspected: Any) -> None:
    """Cookies know no port, so that the inspector can set the app's."""
    made = inspected.post("sessions/forge", {"data": {"count": 9}})

    opened = inspected.api.post(f"/api/sessions/{made['id']}/open")

    cookie = f"_idx={opened.cookies['_idx']}"
    assert opened.json()["url"] == inspected.sandbox.url
    assert inspected.app.get("/", headers={"cookie": cookie}).json()["count"] == 9


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("ARC_SESSION_DOMAIN=example.com", 'Domain "example.com" does not cover'),
        ("ARC_SESSION_TTL=0", "Its Max-Age ends it at once."),
    ],
)
def test_what_no_browser_keeps_is_not_opened(
    inspected: Any, line: str, why: str
) -> None:
    """Else the app would be opened as nobody, and the page would say otherwise."""
    made = inspected.post("sessions/forge", {"data": {"count": 9}})
    with inspected.variable(line):
        opened = inspected.api.post(f"/api/sessions/{made['id']}/open")

    assert opened.status_code == 409
    assert why in opened.json()["message"]
    assert "set-cookie" not in opened.headers


def test_an_opened_session_ends_on_the_sandboxs_clock(jwe_app: Any) -> None:
    """Its cookie is dropped when its life is over, as the app's own are."""
    made = jwe_app.post("sessions/forge", {"data": {"count": 9}})
    jwe_app.api.post(f"/api/sessions/{made['id']}/open")
    jwe_app.sandbox.clock.advance(DAY + 1)

    answer = jwe_app.app.get("/", headers={"cookie": made["cookie"]})

    assert answer.json()["count"] == 0


def test_decode_explains_a_cookie(inspected: Any) -> None:
    """A whole cookie header is taken apart."""
    made = inspected.post("sessions/forge", {"data": {"user": 1}})

    found = inspected.post("sessions/decode", {"cookie": made["set_cookie"]})

    assert (found["is_valid"], found["reason"]) == (True, None)
    assert found["session"]["user"] == 1
    assert json.loads(found["session_text"]) == found["session"]


@pytest.mark.parametrize(
    ("store", "cookie", "reason"),
    [
        ("sessions", "abc.def", "The signature does not fit"),
        ("sessions", "abc", "holds no signature"),
        ("jwe", "abc", "has 1 parts in place of 5"),
        ("jwe", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c", "does not open"),
        ("jwe", "eyJhbGciOiJub25lIn0..a.b.c", 'encrypted with "none"'),
    ],
)
def test_decode_says_why_not(
    inspect: Any, store: str, cookie: str, reason: str
) -> None:
    """Each refusal has its reason."""
    found = inspect(store).post("sessions/decode", {"cookie": cookie})

    assert found["is_valid"] is False
    assert reason in found["reason"]
    assert found["session"] is None
    assert found["session_text"] is None


def test_decode_judges_by_the_sandboxs_clock(table_app: Any) -> None:
    """A row that a week without use has ended is expired, or gone."""
    made = table_app.post("sessions/forge", {"data": {"user": 1}})

    table_app.post("clock", {"advance": "8d"})
    found = table_app.post("sessions/decode", {"cookie": made["cookie"]})

    assert found["is_valid"] is False
    assert "no row" in found["reason"]


def test_eight_days_sign_a_visitor_out(inspected: Any) -> None:
    """Rows expire after a week, cookies at their Max-Age, in both stores at once."""
    inspected.app.post("/count")
    cookie = f"_idx={inspected.app.cookies['_idx']}"

    inspected.post("clock", {"advance": "8d"})
    answer = inspected.app.get("/", headers={"cookie": cookie})

    assert answer.json()["count"] == 0
    notes = inspected.get("requests")["requests"][-1]["notes"]
    assert 'The cookie "_idx" expired 7 days ago' in " ".join(notes)


@pytest.mark.parametrize("session_id", ["no", "..%2f..", "%2e%2e", "a%00b", "jwe-1"])
def test_an_unknown_session_is_404(inspected: Any, session_id: str) -> None:
    """Nothing in an id reaches beyond the store."""
    answer = inspected.api.get(f"/api/sessions/{session_id}")

    assert answer.status_code == 404
    assert answer.json()["remedy"]


def test_other_functions_settings_can_be_asked_for(inspected: Any) -> None:
    """A function that there is not is told."""
    body = {"cookie": "a", "function": "get /nowhere"}

    answer = inspected.api.post("/api/sessions/decode", json=body)

    assert answer.status_code == 404
    assert '"get /nowhere"' in answer.json()["message"]


def test_own_names_cannot_be_forged(inspected: Any) -> None:
    """Data that names an id of another session does not overwrite it."""
    first = inspected.post("sessions/forge", {"data": {"count": 1}})

    inspected.post("sessions/forge", {"data": {"_idx": first["id"], "count": 2}})

    kept = inspected.get(f"sessions/{quote(first['id'])}")
    assert kept["data"]["count"] == 1


def test_markup_in_a_session_leaves_escaped(inspected: Any) -> None:
    """A value that would be a script is no script in the bytes of an answer."""
    inspected.post("sessions/forge", {"data": {"who": "<script>alert(1)</script>"}})

    answer = inspected.api.get("/api/sessions")

    assert b"<script" not in answer.content
    assert answer.json()["sessions"][0]["data"]["who"].startswith("<script>")


@pytest.mark.parametrize(
    ("stored", "patch", "merged"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": None}, {}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}, {"a": {"c": 2}}),
        ({"a": [1]}, {"a": [2]}, {"a": [2]}),
        ({"a": "x"}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({}, {"a": None}, {}),
    ],
)
def test_merge_patch_follows_rfc_7396(stored: Any, patch: Any, merged: Any) -> None:
    """The RFC's own cases, in short."""
    assert merge_patch(stored, patch) == merged


@pytest.mark.parametrize(
    ("stored", "patch", "merged"),
    [
        ({"$set": ["a"]}, {"$number": f"{2**70}"}, {"$number": f"{2**70}"}),
        ({"b": 1}, {"$set": ["a"]}, {"$set": ["a"]}),
        ({"$binary": "aGk="}, {"b": 1}, {"b": 1}),
    ],
)
def test_words_of_a_table_are_not_merged(
    table_app: Any, stored: Any, patch: Any, merged: Any
) -> None:
    """A set, a binary or a number is one value, though it is written as an object."""
    made = table_app.post("sessions/forge", {"data": {"a": stored}})

    changed = table_app.api.patch(
        f"/api/sessions/{made['id']}", json={"data": {"a": patch}}
    ).json()

    assert changed["data"]["a"] == merged


def test_words_mean_nothing_in_a_cookie(jwe_app: Any) -> None:
    """A token is JSON, whatever its names are."""
    made = jwe_app.post("sessions/forge", {"data": {"a": {"b": 1}}})

    changed = jwe_app.api.patch(
        f"/api/sessions/{made['id']}", json={"data": {"a": {"$set": ["c"]}}}
    ).json()

    assert changed["data"]["a"] == {"b": 1, "$set": ["c"]}


def test_the_size_counts_texts_as_they_are_stored(table_app: Any) -> None:
    """Four bytes an emoji, not the twelve of its escapes in JSON."""
    made = table_app.post("sessions/forge", {"data": {"a": "\N{SNAIL}" * 1000}})
    found = table_app.post("sessions/decode", {"cookie": made["cookie"]})

    size_bytes = table_app.get(f"sessions/{made['id']}")["size_bytes"]

    assert 4000 < size_bytes < 4200
    assert found["session_bytes"] == size_bytes
