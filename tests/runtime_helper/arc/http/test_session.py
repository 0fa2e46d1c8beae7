"""Sessions: each helper's cookies read by the others, and our own promises.

Oracle against oracle: `own` is `sandbox/runtime_helper/arc`, `pypi` is
architect-functions, `npm` is @architect/functions, each in a process of its own.
"""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sandbox.runtime_helper.arc.http import res, session_read, session_write
from sandbox.sessions.settings import SessionSettingsError

SECRET = "3q2+7/3q2+7/3q2+7/3q2+7/3q2+7/3q2+7/3q2+7w=="
SESSION = {
    "count": 1,
    "name": "Zoë ☃",
    "deep": {"list": [1, 2, None, True], "empty": {}},
}

TOKEN_SETTINGS: dict[str, dict[str, str]] = {
    "default": {},
    "A256GCM": {"ARC_APP_SECRET": SECRET, "ARC_APP_SECRET_ALGO": "A256GCM"},
    "A192GCM": {"ARC_APP_SECRET": SECRET, "ARC_APP_SECRET_ALGO": "A192GCM"},
    "A128GCM": {"ARC_APP_SECRET": SECRET, "ARC_APP_SECRET_ALGO": "A128GCM"},
    "legacy": {"ARC_APP_SECRET": SECRET, "ARC_FORCE_LEGACY_JWE_SECRET": "true"},
    "legacy default": {"ARC_FORCE_LEGACY_JWE_SECRET": "true"},
}
TABLE_SETTINGS: dict[str, dict[str, str]] = {
    "default": {},
    "secret": {"ARC_APP_SECRET": SECRET},
    "short secret": {"ARC_APP_SECRET": "s"},
}
COPIES = 8
"""Cookies a helper writes for each table setting: about half of them hold a `/`."""

Written = dict[tuple[str, str], list[str]]
Read = dict[tuple[str, str, str], list[Any]]


def pair_of(set_cookie: str) -> str:
    """Give what a client sends back: the part before the first attribute."""
    return set_cookie.strip().partition(";")[0]


def without_own_names(session: dict[str, Any]) -> dict[str, Any]:
    own = {"iat", "_idx", "_secret", "_ttl"}
    return {name: value for name, value in session.items() if name not in own}


def exchange(
    oracles: Any, cases: dict[str, dict[str, str]], copies: int
) -> tuple[Written, Read]:
    """Let each helper write each case, then each read what each wrote."""
    written: Written = {}
    for writer in oracles.helpers:
        jobs = [
            {"environment": environment, "write": SESSION}
            for environment in cases.values()
            for _ in range(copies)
        ]
        answers = oracles.run(writer, jobs)
        for number, case in enumerate(cases):
            own = answers[number * copies : (number + 1) * copies]
            written[writer, case] = [answer["set_cookie"] for answer in own]
    read: Read = {}
    for reader in oracles.helpers:
        keys = list(written)
        jobs = [
            {"environment": cases[case], "read": pair_of(set_cookie)}
            for writer, case in keys
            for set_cookie in written[writer, case]
        ]
        answers = oracles.run(reader, jobs)
        for number, (writer, case) in enumerate(keys):
            own = answers[number * copies : (number + 1) * copies]
            read[reader, writer, case] = [answer.get("session") for answer in own]
    return written, read


@pytest.fixture
def pair_of_helpers(
    request: pytest.FixtureRequest, reader: str, writer: str
) -> tuple[str, str]:
    """Give the reader and the writer of a test, which needs Node if one is `npm`."""
    if "npm" in (reader, writer):
        request.getfixturevalue("node_modules")
    return reader, writer


@pytest.fixture(scope="module")
def tokens(oracles: Any, services: Any) -> tuple[Written, Read]:
    """Give what each helper wrote and read of JWE sessions."""
    base = {**services.environment, "ARC_SESSION_TABLE_NAME": "jwe"}
    cases = {name: {**base, **own} for name, own in TOKEN_SETTINGS.items()}
    return exchange(oracles, cases, 1)


@pytest.fixture(scope="module")
def signed_ids(oracles: Any, services: Any) -> tuple[Written, Read]:
    """Give what each helper wrote and read of table-backed sessions."""
    base = {**services.environment, "ARC_SESSION_TABLE_NAME": "sessions"}
    cases = {name: {**base, **own} for name, own in TABLE_SETTINGS.items()}
    return exchange(oracles, cases, COPIES)


@pytest.mark.slow
@pytest.mark.parametrize("case", TOKEN_SETTINGS)
@pytest.mark.parametrize("writer", ["own", "pypi", "npm"])
@pytest.mark.parametrize("reader", ["own", "pypi", "npm"])
def test_token_of_each_helper_is_read_by_each(
    tokens: tuple[Written, Read], pair_of_helpers: tuple[str, str], case: str
) -> None:
    """In every algorithm; the PyPI helper alone knows nothing of legacy secrets."""
    (_, read), (reader, writer) = tokens, pair_of_helpers
    is_readable = "legacy" not in case or (reader == "pypi") is (writer == "pypi")

    (session,) = read[reader, writer, case]

    assert without_own_names(session) == (SESSION if is_readable else {})


@pytest.mark.slow
@pytest.mark.parametrize("case", TABLE_SETTINGS)
@pytest.mark.parametrize("writer", ["own", "pypi", "npm"])
@pytest.mark.parametrize("reader", ["own", "pypi", "npm"])
def test_signed_id_of_each_helper_is_read_by_each(
    signed_ids: tuple[Written, Read], pair_of_helpers: tuple[str, str], case: str
) -> None:
    """Only the npm helper fails, on what the PyPI helper quotes: values with a `/`."""
    (written, read), (reader, writer) = signed_ids, pair_of_helpers
    cookies, sessions = written[writer, case], read[reader, writer, case]

    for cookie, session in zip(cookies, sessions, strict=True):
        is_lost = reader == "npm" and '"' in pair_of(cookie)
        assert without_own_names(session) == ({} if is_lost else SESSION)


@pytest.mark.slow
@pytest.mark.parametrize("case", TABLE_SETTINGS)
def test_own_signed_id_is_never_quoted(
    signed_ids: tuple[Written, Read], case: str
) -> None:
    """So the npm helper reads every one of ours."""
    written, _ = signed_ids

    assert len(written["own", case]) == COPIES
    assert not any('"' in cookie for cookie in written["own", case])


@pytest.mark.slow
@pytest.mark.usefixtures("node_modules")
def test_own_cookie_has_the_attributes_of_the_npm_helper(oracles: Any) -> None:
    """Every setting, the value and the seconds of Expires apart."""
    environment = {
        "ARC_ENV": "staging",
        "ARC_SESSION_TABLE_NAME": "jwe",
        "ARC_SESSION_TTL": "86400",
        "ARC_SESSION_DOMAIN": "example.com",
        "ARC_SESSION_SAME_SITE": "none",
    }
    job = {"environment": environment, "write": {}}

    own, npm = (
        oracles.run(helper, [job])[0]["set_cookie"].split("; ")
        for helper in ("own", "npm")
    )

    assert [text[:20] for text in own[1:]] == [text[:20] for text in npm[1:]]
    assert own[-3:] == ["HttpOnly", "Secure", "SameSite=None"]


def request_with(set_cookie: str) -> dict[str, Any]:
    return {"version": "2.0", "headers": {}, "cookies": [pair_of(set_cookie)]}


NO_COOKIE: dict[str, Any] = {"version": "2.0", "headers": {}}


def test_session_of_an_anonymous_request_is_empty(
    handler_environment: Callable[..., None], services: Any
) -> None:
    """And reading it stores no row: the guide says `{}` if unknown or invalid."""
    handler_environment(ARC_SESSION_TABLE_NAME="sessions")
    before = services.rows()

    assert session_read(NO_COOKIE) == {}
    assert session_read(request_with("_idx=forged.signature")) == {}
    assert services.rows() == before


@pytest.mark.parametrize("store", ["jwe", "sessions"])
@pytest.mark.parametrize(
    ("neighbour", "is_lost"),
    [("a=1", False), ('consent={"a":1}', True), ("a=b c", True), ("name=Zoë", True)],
)
def test_session_is_lost_by_the_neighbours_that_lose_it_deployed(
    handler_environment: Callable[..., None],
    store: str,
    neighbour: str,
    *,
    is_lost: bool,
) -> None:
    """As architect-functions loses it, which parses the whole header or nothing."""
    handler_environment(ARC_SESSION_TABLE_NAME=store)
    request = request_with(session_write({"user": 1}))
    request["cookies"].insert(0, neighbour)

    assert without_own_names(session_read(request)) == ({} if is_lost else {"user": 1})


def test_session_read_and_written_is_one_row(
    handler_environment: Callable[..., None], services: Any
) -> None:
    """One POST of a new visitor leaves one row, however it writes."""
    handler_environment(ARC_SESSION_TABLE_NAME="sessions")
    before = len(services.rows())

    session = session_read(NO_COOKIE)
    first = res(NO_COOKIE, {"session": {**session, "count": 1}})
    again = request_with(first["headers"]["set-cookie"])
    session = session_read(again)
    res(again, {"session": {"count": session["count"] + 1}})
    session_write({**session_read(again), "direct": True})

    assert without_own_names(session_read(again)) == {"count": 2, "direct": True}
    assert len(services.rows()) == before + 1


def test_session_emptied_keeps_its_row_and_nothing_else(
    handler_environment: Callable[..., None],
) -> None:
    """`session: {}` destroys the contents."""
    handler_environment(ARC_SESSION_TABLE_NAME="sessions")
    cookie = session_write({"user": 1})
    before = session_read(request_with(cookie))

    response = res(request_with(cookie), {"session": {}})

    after = session_read(request_with(response["headers"]["set-cookie"]))
    assert without_own_names(after) == {}
    assert after["_idx"] == before["_idx"]


def test_session_none_writes_nothing(handler_environment: Callable[..., None]) -> None:
    """No session property, no cookie."""
    handler_environment(ARC_SESSION_TABLE_NAME="jwe")

    assert "set-cookie" not in res(NO_COOKIE, {"session": None, "json": {}})["headers"]


def test_session_of_a_table_is_read_by_way_of_json(
    handler_environment: Callable[..., None],
) -> None:
    """Whole numbers are int and others float, which boto3 refuses to write again."""
    handler_environment(ARC_SESSION_TABLE_NAME="sessions")
    session = {"whole": Decimal("3"), "half": Decimal("0.5"), "list": [1, {"deep": 2}]}

    found = session_read(request_with(session_write(session)))

    expected = {"whole": 3, "half": 0.5, "list": [1, {"deep": 2}]}
    assert without_own_names(found) == expected
    assert (type(found["_ttl"]), type(found["whole"])) == (int, int)
    with pytest.raises(TypeError, match="Float types are not supported"):
        session_write(found)


@pytest.mark.parametrize("value", [{1, 2}, b"x", Decimal(10) ** 40])
def test_session_of_a_table_that_json_has_nothing_for_reads_as_empty(
    handler_environment: Callable[..., None], value: Any
) -> None:
    """It can be written, and nothing of it is had back."""
    handler_environment(ARC_SESSION_TABLE_NAME="sessions")

    assert session_read(request_with(session_write({"value": value}))) == {}


@pytest.mark.parametrize("store", ["jwe", "sessions"])
def test_session_write_leaves_the_callers_dict(
    handler_environment: Callable[..., None], store: str
) -> None:
    """In either store it adds its own names to a copy."""
    handler_environment(ARC_SESSION_TABLE_NAME=store)
    session = {"count": 1}

    session_write(session)

    assert session == {"count": 1}


@pytest.mark.parametrize(
    ("store", "added"), [("jwe", set()), ("sessions", {"_idx", "_secret"})]
)
def test_res_gives_the_callers_dict_the_names_of_its_row(
    handler_environment: Callable[..., None], store: str, added: set[str]
) -> None:
    """A dict that two visitors share gives the second the session of the first."""
    handler_environment(ARC_SESSION_TABLE_NAME=store)
    session = {"count": 1}

    first = res(NO_COOKIE, {"session": session})["headers"]["set-cookie"]
    second = res(NO_COOKIE, {"session": session})["headers"]["set-cookie"]

    assert session.keys() == {"count"} | added
    assert (pair_of(first) == pair_of(second)) is bool(added)


@pytest.mark.parametrize(("store", "days"), [("jwe", 1), ("sessions", 7)])
def test_session_expires_on_the_handlers_clock(
    handler_environment: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    store: str,
    days: int,
) -> None:
    """Tokens after ARC_SESSION_TTL, rows after a week, both without activity."""
    handler_environment(ARC_SESSION_TABLE_NAME=store, ARC_SESSION_TTL="86400")
    end = int(time.time()) + days * 86_400  # noqa: TID251 - the helper reads this clock
    request = request_with(session_write({"user": 1}))

    monkeypatch.setattr(time, "time", lambda: end - 60)
    before = session_read(request)
    monkeypatch.setattr(time, "time", lambda: end + 60)
    after = session_read(request)

    assert (without_own_names(before), after) == ({"user": 1}, {})


def test_session_settings_that_cannot_work_are_told(
    handler_environment: Callable[..., None],
) -> None:
    """A short secret is no silent logout, neither when reading nor when writing."""
    handler_environment(ARC_SESSION_TABLE_NAME="jwe", ARC_APP_SECRET="short")

    for call in (lambda: session_read(NO_COOKIE), lambda: session_write({})):
        with pytest.raises(SessionSettingsError, match="and 32 are required"):
            call()


def test_session_table_is_found_by_either_name(
    handler_environment: Callable[..., None],
) -> None:
    """The logical name as documented, or the physical one."""
    handler_environment(ARC_SESSION_TABLE_NAME="app-staging-sessions")
    cookie = session_write({"user": 1})
    handler_environment(ARC_SESSION_TABLE_NAME="sessions")

    assert without_own_names(session_read(request_with(cookie))) == {"user": 1}


def test_session_table_that_is_none_is_told(
    handler_environment: Callable[..., None],
) -> None:
    """The error names the value and the way out."""
    handler_environment(ARC_SESSION_TABLE_NAME="sesions")

    with pytest.raises(NameError, match='is "sesions", which is not a table of this'):
        session_read(NO_COOKIE)
