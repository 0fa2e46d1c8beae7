"""`arc-sandbox sessions` against a running sandbox, in both stores."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.project.table_names import physical_name

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sessions", "jwe"])
def here(run_here: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Give a running sandbox, and what runs commands for it."""
    with run_here(request.param) as both:
        yield both


def forge(run: Any, **session: Any) -> Any:
    result = run("sessions", "forge", json.dumps(session), "--format", "json")
    return json.loads(result.output)


def test_a_session_is_forged_listed_shown_set_and_deleted(here: Any) -> None:
    """A whole life, out of band."""
    sandbox, run = here
    made = forge(run, user=1, note="\x1b[31mred")
    cookie = {"cookie": made["cookie"]}

    listed = run("sessions", "list").output
    shown = run("sessions", "show", made["id"]).output
    changed = run(
        "sessions", "set", made["id"], "count=41", "name=Ada", "user=null", "t=[1]",
        "--format", "json",
    )  # fmt: skip
    count = httpx.get(sandbox.url, headers=cookie).json()["count"]
    after = json.loads(changed.output)
    deleted = run("sessions", "delete", after["id"]).output

    assert made["id"] in listed
    assert '"user": 1' in shown
    assert "\x1b" not in listed + shown
    assert after["data"] == {
        "note": "\x1b[31mred",
        "count": 41,
        "name": "Ada",
        "t": [1],
    }
    assert count == 41
    assert deleted == f"Session {after['id']} is deleted.\n"
    assert httpx.get(sandbox.url, headers=cookie).json()["count"] == 0


@pytest.mark.parametrize(
    "arguments", [("show", ""), ("set", "", "a=1"), ("expire", ""), ("delete", "")]
)
def test_an_empty_id_is_refused(run_here: Any, arguments: tuple[str, ...]) -> None:
    """An unset variable of a script is no fault of the API."""
    with run_here("sessions") as (_, run):
        result = run("sessions", *arguments)

    assert result.exit_code == 2
    assert "Invalid value for 'ID': it is empty" in result.output


def test_an_id_may_begin_with_a_hyphen(run_here: Any) -> None:
    """As one in 64 does; and what is no JSON is text."""
    session_id = "-abcDEF0123456789abcdefg"
    row = {"_idx": {"S": session_id}, "_secret": {"S": "s"}}
    with run_here("sessions") as (sandbox, run):
        table = physical_name(sandbox.project.name, "staging", "sessions")
        sandbox.tables.call("PutItem", {"TableName": table, "Item": row})
        changed = run("sessions", "set", session_id, "n=NaN", "m=1", "--format", "json")
        shown = run("sessions", "show", session_id).output
        expired = run("sessions", "expire", session_id).output

    assert json.loads(changed.output)["data"] == {"n": "NaN", "m": 1}
    assert session_id in shown
    assert expired == f"Session {session_id} has expired.\n"


def test_forge_gives_a_cookie_for_curl(here: Any) -> None:
    """The cookie alone on standard output, the hint beside it."""
    sandbox, run = here

    result = run("sessions", "forge", '{"count": 3}')

    cookie = result.stdout.strip()
    assert httpx.get(sandbox.url, headers={"cookie": cookie}).json() == {"count": 3}
    assert result.stderr.startswith("curl -b '_idx=")


def test_decode_tells_a_good_cookie_apart(here: Any) -> None:
    """Its data, its age and its end."""
    _, run = here
    made = forge(run, user=1)

    result = run("sessions", "decode", made["set_cookie"])

    assert result.exit_code == 0
    assert '"user": 1' in result.output


def test_decode_says_why_it_cannot(here: Any) -> None:
    """And ends with 1, for scripts."""
    _, run = here
    made = forge(run, user=1)

    result = run("sessions", "decode", made["cookie"][:-4] + "AAAA")

    assert result.exit_code == 1
    assert result.output.startswith("Not accepted. The ")
    assert result.output.count("tampered with") == 1


def test_a_session_is_expired(here: Any) -> None:
    """As if its time had come."""
    sandbox, run = here
    made = forge(run, count=1)

    run("sessions", "expire", made["id"])

    cookie = {"cookie": made["cookie"]}
    assert httpx.get(sandbox.url, headers=cookie).json() == {"count": 0}
    assert made["id"] not in run("sessions", "list").output


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("show", "nobody"), 1, 'There is no session "nobody".'),
        (("set", "nobody", "a=1"), 1, 'There is no session "nobody".'),
        (("set", "nobody", "a"), 2, '"a" is not a pair'),
        (("set", "nobody"), 2, "KEY=VALUE"),
        (("forge", "user=1"), 2, "is not a JSON object"),
        (
            ("decode", "x", "--function", "get /no"),
            1,
            'There is no function "get /no".',
        ),
    ],
)
def test_what_cannot_be_is_told(
    here: Any, arguments: tuple[str, ...], code: int, told: str
) -> None:
    """With a remedy and an exit code."""
    _, run = here

    result = run("sessions", *arguments)

    assert result.exit_code == code
    assert told in result.output
