"""The session of a client, from outside the app; the same for both stores."""

import os
from datetime import UTC, datetime, timedelta
from math import nan
from pathlib import Path

import pytest

from sandbox.errors import AppError
from sandbox.options import Options
from sandbox.testing import Client, ClientSession, ClockControl, SandboxUnderTest
from sandbox.testing.unanswered import UnansweredError

pytestmark = pytest.mark.slow


def test_what_a_test_writes_the_handler_reads(
    session_sandbox: SandboxUnderTest,
) -> None:
    """Values of every JSON type arrive, and a handler's changes come back."""
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        session["user"] = {"name": "Ada", "roles": ["admin"], "age": 36}
        session["count"] = 4
        seen = client.get("/").json()
        client.post("/count")

        assert seen["user"] == {"name": "Ada", "roles": ["admin"], "age": 36}
        assert session["count"] == 5
        assert sorted(session) == ["count", "user"]
        assert len(session) == 2


def test_numbers_are_numbers(session_sandbox: SandboxUnderTest) -> None:
    """Those that JavaScript could not read too; both stores give them alike."""
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        session["user"] = {"id": 1234567890123456789, "most": [1e22, 0.1]}

        assert session["user"] == {"id": 1234567890123456789, "most": [1e22, 0.1]}
        assert client.get("/").json()["user"]["id"] == 1234567890123456789


def test_a_cookie_that_no_browser_keeps_is_told(
    session_sandbox: SandboxUnderTest, store: str
) -> None:
    """It would be dropped without a word, and the handler would see nothing."""
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        long_text = "x" * 5000
        if store != "jwe":
            session["text"] = long_text
            assert session["text"] == long_text
            return
        with pytest.raises(AppError, match="browsers keep 4096 at most"):
            session["text"] = long_text


def test_writing_keeps_the_id_of_a_row(
    session_sandbox: SandboxUnderTest, store: str
) -> None:
    """A table-backed session stays the same row; a JWE session has no id."""
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        client.post("/count")
        before = session.id
        session.update({"_idx": "another"} if store != "jwe" else {}, user=1)

        assert session.id == before
        assert (before is None) == (store == "jwe")


def test_forging_begins_another_session(
    session_sandbox: SandboxUnderTest, store: str
) -> None:
    """Nothing of the one before is left in it."""
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        session["old"] = 1
        before = session.id
        session.forge(user=2)

        assert client.get("/").json().keys() - {"iat"} == {"user"}
        assert session.data == {"user": 2}
        assert (session.id != before) == (store != "jwe")


def test_values_can_be_removed(session_sandbox: SandboxUnderTest) -> None:
    """Deleting, updating and clearing work as with any mapping."""
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        session.update({"a": 1}, b=2)
        del session["a"]
        left = session.data
        session.clear()

        assert (left, session.data) == ({"b": 2}, {})
        with pytest.raises(KeyError):
            session["a"]


def test_an_expired_session_is_empty(session_sandbox: SandboxUnderTest) -> None:
    """`expire()` does at once what time would do."""
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        session["count"] = 7
        session.expire()

        assert session.data == {}
        assert client.get("/").json().get("count") is None


def test_its_end_is_known_and_comes(session_sandbox: SandboxUnderTest) -> None:
    """ARC_SESSION_TTL of an hour: the cookie ends then, and the session with it."""
    clock = ClockControl(session_sandbox)
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        none_yet = session.expires_at
        client.post("/count")
        ends = session.expires_at
        assert ends is not None
        ends_in = ends - clock.now
        clock.advance(minutes=61)

        assert none_yet is None
        assert timedelta(minutes=59) < ends_in <= timedelta(hours=1)
        assert session.data == {}
        assert client.get("/").json().get("count") is None


def test_a_refusal_is_told(session_sandbox: SandboxUnderTest) -> None:
    """A cookie that was tampered with reads as empty, and says why."""
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        client.cookies.set("_idx", "made-up", domain="localhost.local")

        assert session.data == {}
        assert session.refusal
        assert ClientSession(session_sandbox, client).id is None


def test_a_table_that_is_not_there_is_told(sandbox: SandboxUnderTest) -> None:
    """The message names the fixture, the table and the remedy."""
    (sandbox.project.root / ".env").write_text("ARC_SESSION_TABLE_NAME=nope\n")
    with Client(sandbox) as client, pytest.raises(UnansweredError) as caught:
        ClientSession(sandbox, client)["user"] = 1

    assert str(caught.value).startswith('arc_session: the app has no table "nope".')
    assert "ARC_SESSION_TABLE_NAME" in str(caught.value)


@pytest.mark.parametrize(
    "variables",
    [
        {"ARC_SESSION_TABLE_NAME": "sessions", "ARC_APP_SECRET": ""},
        {"ARC_SESSION_TABLE_NAME": "jwe", "ARC_FORCE_LEGACY_JWE_SECRET": "1"},
        {"ARC_SESSION_TABLE_NAME": "jwe", "ARC_SESSION_SAME_SITE": "none"},
    ],
)
def test_what_the_app_s_helper_ignores_is_ignored(
    app: Path, variables: dict[str, str]
) -> None:
    """The real architect-functions reads what a test has written, and back."""
    shell = {"PATH": os.environ["PATH"]}  # noqa: TID251 - what a shell gives
    options = Options.for_program(shell, environment=variables)
    with SandboxUnderTest(app, options=options) as sandbox, Client(sandbox) as client:
        session = ClientSession(sandbox, client)
        session["user"] = "Ada"
        assert client.get("/").json()["user"] == "Ada"
        client.post("/count")
        assert (session["count"], session.refusal) == (1, "")


def test_a_row_that_is_over_and_still_there_is_read(app: Path) -> None:
    """As long as the handler reads it, and under the same id."""
    (app / "prefs.arc").write_text("@sandbox\nttl-lag 48h\n")
    shell = {"PATH": os.environ["PATH"]}  # noqa: TID251 - what a shell gives
    variables = {"ARC_SESSION_TABLE_NAME": "sessions"}
    options = Options.for_program(shell, environment=variables)
    with SandboxUnderTest(app, options=options) as sandbox, Client(sandbox) as client:
        session = ClientSession(sandbox, client)
        client.post("/count")
        before = session.id
        ClockControl(sandbox).advance(days=7, hours=3)
        assert session["count"] == client.get("/").json()["count"] == 1
        session["user"] = "Ada"
        assert (session.id, session["count"]) == (before, 1)


def test_a_token_is_judged_by_the_helper_that_reads_it(app: Path) -> None:
    """A Node function beside it does not end a Python session after a week."""
    manifest = app / "app.arc"
    manifest.write_text(
        manifest.read_text().replace("get /echo", "get /node\nget /echo")
    )
    folder = app / "src/http/get-node"
    folder.mkdir()
    (folder / "config.arc").write_text("@aws\nruntime nodejs20.x\n")
    (folder / "index.mjs").write_text("export const handler = async () => 1\n")
    with SandboxUnderTest(app) as sandbox, Client(sandbox) as client:
        session = ClientSession(sandbox, client)
        client.post("/count")
        ClockControl(sandbox).advance(days=8)

        assert session.data == {"count": client.get("/").json()["count"]}


def test_the_session_is_for_the_client_s_own_host(
    session_sandbox: SandboxUnderTest,
) -> None:
    """What a test writes there, the handler reads, and the other way round."""
    for base in ("https://shop.example", "http://[::1]:8000", "http://127.0.0.1", ""):
        with Client(session_sandbox, base_url=base) as client:
            session = ClientSession(session_sandbox, client)
            to = base or session_sandbox.url
            session["count"] = 4
            client.post(f"{to}/count")

            assert session["count"] == 5
            assert client.get(f"{to}/").json()["count"] == 5


@pytest.mark.parametrize("store", ["sessions"])
def test_a_row_that_the_app_s_helper_fails_to_read_is_refused(
    session_sandbox: SandboxUnderTest,
) -> None:
    """Just where the real architect-functions gives an empty session."""
    readable = ("text", 1, 10**37, 0.1, 1e-40, True, None, ["a", {"b": 1}])
    unreadable = ({"a"}, {1}, {b"a"}, b"a", 10**40, -(10**38), [{"b": {"a"}}])
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        session["user"] = "Ada"
        before = session.id
        for value in (*readable, *unreadable):
            session["value"] = value
            seen = client.get("/").json()

            assert bool(session.refusal) is (value in unreadable)
            assert seen == ({} if session.refusal else {"user": "Ada", "value": value})
            assert (session.id, session.data) == (
                before,
                {"user": "Ada", "value": value},
            )


@pytest.mark.parametrize("value", [datetime(2027, 1, 1, tzinfo=UTC), {1, "a"}, nan])
def test_what_no_store_holds_is_told(
    session_sandbox: SandboxUnderTest, value: object
) -> None:
    """In one way for both, whether the session is new or there is one already."""
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        for _ in range(2):
            with pytest.raises(ValueError, match="the session cannot be stored: "):
                session["value"] = value
            session["user"] = "Ada"

        assert session.data == {"user": "Ada"}


def test_what_is_too_large_or_without_end_is_told(
    session_sandbox: SandboxUnderTest, store: str
) -> None:
    """A row has a limit of its own, and so has a number; a list may hold itself."""
    endless: list[object] = []
    endless.append(endless)
    values = [endless] if store == "jwe" else [endless, "x" * 500_000, 1e200]
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        for value in values:
            with pytest.raises(ValueError, match="the session cannot be stored: "):
                session["value"] = value

        assert session.data == {}


def test_a_missing_value_tells_why_the_session_is_empty(
    session_sandbox: SandboxUnderTest,
) -> None:
    """The error is that of any mapping, and has a note where the session is refused."""
    with Client(session_sandbox) as client:
        session = ClientSession(session_sandbox, client)
        client.cookies.set("_idx", "forged")
        with pytest.raises(KeyError, match="'user'") as refused:
            session["user"]
        reason = session.refusal
        session["name"] = "Ada"
        with pytest.raises(KeyError) as missing:
            session["user"]

    assert refused.value.__notes__ == [f"The session reads as empty. {reason}"]
    assert not hasattr(missing.value, "__notes__")


def test_a_session_is_that_of_a_client(sandbox: SandboxUnderTest) -> None:
    """What is none is refused at once."""
    with pytest.raises(TypeError, match="is that of a client, such as arc_client"):
        ClientSession(sandbox, "client")  # type: ignore[arg-type]
