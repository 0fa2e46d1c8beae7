"""Advice about sessions: each trap has its code, level and place; a good app none."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import SourceLocation
from sandbox.project.advice import Advice, Surroundings
from sandbox.project.model import Key, Preferences, Project, Table
from sandbox.sessions.advice import advise_sessions

MANIFEST = """\
@app
demo
@tables
sessions
  _idx *String
  ttl TTL
notes
  id *String
"""
SECRET = "S" * 32
IDX = Key(attribute="_idx")
GOOD = Table(name="sessions", partition_key=IDX, ttl_attribute="_ttl", line=4)
GUIDE = Table(name="sessions", partition_key=IDX, ttl_attribute="ttl", line=4)
NO_TTL = Table(name="sessions", partition_key=IDX, line=4)
OTHER_KEY = Table(
    name="sessions", partition_key=Key(attribute="id"), ttl_attribute="_ttl"
)
NUMBER_KEY = Table(
    name="sessions",
    partition_key=Key(attribute="_idx", type="Number"),
    ttl_attribute="_ttl",
)
SORTED = Table(
    name="sessions",
    partition_key=IDX,
    sort_key=Key(attribute="at", type="Number"),
    ttl_attribute="_ttl",
)
PLACE = SourceLocation(file="index.py", line=1, column=1, source_line="import arc")
JWE_TABLE = Table(name="jwe", partition_key=Key(attribute="id"))


def advice_of(
    *tables: Table, secret: str | None = SECRET, **facts: Any
) -> tuple[Advice, ...]:
    project = Project(
        root=Path("/app"),
        name="demo",
        manifest_file=Path("/app/app.arc"),
        tables=tables,
        manifest_text=MANIFEST,
    )
    environment = dict(facts.pop("environment", {}))
    if secret is not None:
        environment.setdefault("ARC_APP_SECRET", secret)
    return advise_sessions(project, Surroundings(environment=environment, **facts))


def codes(found: tuple[Advice, ...]) -> list[tuple[str, str]]:
    return [(advice.level, advice.code) for advice in found]


def codes_apart_from(
    found: tuple[Advice, ...], *left_out: str
) -> list[tuple[str, str]]:
    return [item for item in codes(found) if item[1] not in left_out]


TABLE = {"ARC_SESSION_TABLE_NAME": "sessions"}


@pytest.mark.parametrize(
    ("tables", "environment", "expected"),
    [
        ((), {}, []),
        ((GOOD,), TABLE, []),
        ((GOOD,), {"ARC_SESSION_TABLE_NAME": "demo-staging-sessions"}, []),
        ((GUIDE,), TABLE, [("warning", "session-ttl-attribute")]),
        ((NO_TTL,), TABLE, [("warning", "session-ttl-attribute")]),
        ((), TABLE, [("error", "session-table-unknown")]),
        ((OTHER_KEY,), TABLE, [("error", "session-key")]),
        ((NUMBER_KEY,), TABLE, [("error", "session-key")]),
        ((SORTED,), TABLE, [("error", "session-key")]),
        ((GOOD,), {}, [("warning", "session-table-unused")]),
        ((GOOD,), {"SESSION_TABLE_NAME": "jwe"}, [("warning", "session-table-unused")]),
        ((OTHER_KEY,), {}, []),
        ((JWE_TABLE,), {}, [("warning", "table-named-jwe")]),
    ],
)  # fmt: skip
def test_advice_about_the_table(
    tables: tuple[Table, ...], environment: dict[str, str], expected: Any
) -> None:
    """Its name, its key, its TTL attribute, and whether it is used at all."""
    assert codes(advice_of(*tables, environment=environment)) == expected


@pytest.mark.parametrize(
    ("secret", "environment", "facts", "expected"),
    [
        (None, {}, {}, [("hint", "secret-default")]),
        (None, {}, {"stage": "production"}, [("warning", "secret-default")]),
        (None, TABLE, {"stage": "staging"}, [("warning", "secret-default")]),
        ("", {}, {}, [("warning", "secret-empty")]),
        ("", {}, {"pypi_helper": "1.0.0"}, [("error", "secret-empty")]),
        ("", TABLE, {"pypi_helper": "1.0.0"}, [("warning", "secret-empty")]),
        ("S" * 31, {}, {}, [("error", "secret-short")]),
        ("S" * 32, {}, {}, []),
        ("S" * 33, {}, {}, [("hint", "secret-truncated")]),
        ("S" * 16, {"ARC_APP_SECRET_ALGO": "A128GCM"}, {}, []),
        ("S" * 15, {"ARC_APP_SECRET_ALGO": "A128GCM"}, {}, [("error", "secret-short")]),
        ("S" * 31, TABLE, {}, [("hint", "secret-short")]),
        ("S" * 31, TABLE, {"stage": "staging"}, [("warning", "secret-short")]),
        ("S" * 99, TABLE, {}, []),
        ("é" * 16, {}, {}, [("warning", "secret-non-ascii")]),
        ("é" * 16, {}, {"pypi_helper": "1.0.0"}, [("error", "secret-non-ascii")]),
        ("é" * 32, TABLE, {}, [("warning", "secret-non-ascii")]),
        ("c2VjcmV0c2VjcmV0c2VjcmV0", {"ARC_FORCE_LEGACY_JWE_SECRET": "1"}, {}, []),
    ],
)
def test_advice_about_the_secret(
    secret: str | None, environment: dict[str, str], facts: Any, expected: Any
) -> None:
    """Default, empty, short, truncated, not ASCII; the secret is never quoted."""
    found = advice_of(GOOD, secret=secret, environment=environment, **facts)

    relevant = codes_apart_from(found, "session-table-unused", "session-token-ageless")
    assert relevant == expected
    assert not secret or all(secret not in str(advice) for advice in found)


@pytest.mark.parametrize(
    ("tables", "environment", "facts", "expected"),
    [
        ((OTHER_KEY,), {}, {}, []),
        ((), {}, {"stage": "production"}, []),
        ((GOOD,), {}, {}, ["secret-default"]),
        ((), {"ARC_SESSION_TTL": "60"}, {}, ["secret-default"]),
        ((), {}, {"pypi_helper": "1.0.0"}, ["secret-default"]),
        ((), {}, {"npm_helper": "8.1.0"}, ["secret-default"]),
        ((), {}, {"npm_session_store": "@begin/data"}, ["secret-default"]),
        ((), {}, {"arc_imports": (PLACE,)}, ["secret-default"]),
        ((), {"ARC_APP_SECRET": ""}, {}, ["secret-empty"]),
    ],
)
def test_no_secret_is_asked_of_an_app_without_sessions(
    tables: tuple[Table, ...], environment: dict[str, str], facts: Any, expected: Any
) -> None:
    """A page without a helper, a session setting or a table of sessions needs none."""
    found = advice_of(*tables, secret=None, environment=environment, **facts)

    assert [a.code for a in found if a.code.startswith("secret-")] == expected


@pytest.mark.parametrize(
    ("environment", "key"),
    [({}, "a public constant"), (TABLE, "the app's name")],
)
def test_advice_names_the_key_that_replaces_a_secret(
    environment: dict[str, str], key: str
) -> None:
    """What the helper signs with, if nobody sets a secret."""
    (advice,) = (
        found
        for found in advice_of(GOOD, secret=None, environment=environment)
        if found.code == "secret-default"
    )

    assert advice.what.endswith(f"protected by {key}.")


@pytest.mark.parametrize(
    ("environment", "facts", "expected"),
    [
        ({"ARC_SESSION_TTL": "1.5"}, {}, [("error", "session-ttl")]),
        ({"SESSION_TTL": "abc"}, {}, [("error", "session-ttl")]),
        ({"ARC_APP_SECRET_ALGO": "A512"}, {}, [("error", "session-algorithm")]),
        ({"ARC_SESSION_SAME_SITE": "maybe"}, {}, [("error", "session-same-site")]),
        (
            {"ARC_SESSION_TTL": "x", "ARC_SESSION_SAME_SITE": "y"},
            {},
            [("error", "session-ttl"), ("error", "session-same-site")],
        ),
        ({"ARC_SESSION_SAME_SITE": "none"}, {}, [("warning", "session-same-site")]),
        ({"ARC_SESSION_SAME_SITE": "none"}, {"stage": "production"}, []),
        ({"ARC_SESSION_SAME_SITE": "strict"}, {}, []),
        ({"ARC_SESSION_DOMAIN": "a.com"}, {}, [("error", "session-domain")]),
        ({"ARC_SESSION_DOMAIN": "a.com"}, {"host": "www.a.com"}, []),
        ({"ARC_SESSION_DOMAIN": "localhost"}, {}, []),
        (
            {"SESSION_DOMAIN": "a.com"},
            {"stage": "production"},
            [("hint", "session-domain")],
        ),
        ({"ARC_SESSION_DOMAIN": "http://a"}, {}, [("error", "session-domain")]),
    ],
)
def test_advice_about_the_cookie(
    environment: dict[str, str], facts: Any, expected: Any
) -> None:
    """Every wrong variable at once, and what browsers will not accept here."""
    assert codes(advice_of(environment=environment, **facts)) == expected


@pytest.mark.parametrize(
    ("environment", "facts", "expected"),
    [
        (
            {"ARC_SESSION_SAME_SITE": "strict"},
            {"pypi_helper": "1.0.0"},
            [("warning", "setting-ignored")],
        ),
        ({"ARC_SESSION_SAME_SITE": "lax"}, {"pypi_helper": "1.0.0"}, []),
        (
            {
                "ARC_FORCE_LEGACY_JWE_SECRET": "1",
                "ARC_APP_SECRET": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0",
            },
            {"pypi_helper": "1.0.0"},
            [("warning", "setting-ignored")],
        ),
        (
            {"ARC_SESSION_SAME_SITE": "odd"},
            {"pypi_helper": "1.0.0"},
            [("warning", "setting-ignored")],
        ),
        ({"ARC_SESSION_TTL": ""}, {"pypi_helper": "1"}, [("error", "session-ttl")]),
        ({"ARC_SESSION_TTL": ""}, {"npm_helper": "8"}, []),
        (
            {"ARC_APP_SECRET_ALGO": ""},
            {"pypi_helper": "1.0.0"},
            [("error", "session-algorithm")],
        ),
        ({"ARC_APP_SECRET_ALGO": "", **TABLE}, {"pypi_helper": "1.0.0"}, []),
        (
            {"ARC_SESSION_TABLE_NAME": ""},
            {"pypi_helper": "1.0.0"},
            [("error", "session-table-empty")],
        ),
        (
            {"ARC_SESSION_TABLE_NAME": ""},
            {"npm_helper": "8.1.10"},
            [("error", "session-table-empty")],
        ),
        ({"ARC_SESSION_TTL": "1e3"}, {"npm_helper": "8.1.10"}, []),
        ({"ARC_APP_SECRET_ALGO": "odd", **TABLE}, {"pypi_helper": "1.0.0"}, []),
        (
            {"ARC_SESSION_TTL": "604801"},
            {"npm_helper": "8.1.10"},
            [("warning", "session-ttl-over-week")],
        ),
        ({"ARC_SESSION_TTL": "604800"}, {"npm_helper": "8.1.10"}, []),
        ({"ARC_SESSION_TTL": "604801"}, {"pypi_helper": "1.0.0"}, []),
        (
            {"ARC_SESSION_TTL": "604801", **TABLE},
            {"pypi_helper": "1.0.0"},
            [("warning", "session-ttl-over-week")],
        ),
        ({}, {"npm_helper": "8.1.10", "pypi_helper": "1.0.0"}, []),
    ],
)
def test_advice_about_what_helpers_ignore(
    environment: dict[str, str], facts: Any, expected: Any
) -> None:
    """Only where the helper that ignores it is installed."""
    found = advice_of(GOOD, environment=environment, **facts)

    assert (
        codes_apart_from(found, "session-table-unused", "session-token-ageless")
        == expected
    )


def test_advice_leaves_a_table_to_what_else_keeps_sessions_in_it() -> None:
    """Its shape is then no slip: Remix writes rows of its own, by the same key."""
    assert codes(advice_of(GOOD, npm_session_store="@remix-run/architect")) == []


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"pypi_helper": "1.0.0"}, "no browser keeps it"),
        ({"npm_helper": "8.1.10"}, "the request ends in 500"),
    ],
)
def test_advice_says_what_a_wrong_domain_does(facts: Any, why: str) -> None:
    """One helper throws, the other writes what it is given."""
    environment = {"ARC_SESSION_DOMAIN": "http://a.com"}

    found = advice_of(GOOD, environment=environment, **facts)

    (told,) = (advice for advice in found if advice.code == "session-domain")
    assert why in told.why


@pytest.mark.parametrize(
    ("stage", "table", "helper", "expected"),
    [
        ("testing", "jwe", "1.0.0", [("hint", "session-token-ageless")]),
        ("production", "jwe", "1.0.0", [("warning", "session-token-ageless")]),
        ("testing", "sessions", "1.0.0", []),
        ("testing", "jwe", None, []),
    ],
)
def test_advice_about_tokens_that_no_age_ends(
    stage: Any, table: str, helper: str | None, expected: Any
) -> None:
    """One helper never asks how old a token is; the others refuse it in time."""
    found = advice_of(
        GOOD,
        environment={"ARC_SESSION_TABLE_NAME": table},
        stage=stage,
        pypi_helper=helper,
    )

    assert codes_apart_from(found, "session-table-unused") == expected


def test_advice_about_a_lifetime_that_is_no_number_is_one() -> None:
    """A value that cannot be read is not also called too long."""
    found = advice_of(
        GOOD,
        environment={"ARC_SESSION_TTL": "abc", "ARC_SESSION_TABLE_NAME": "sessions"},
        pypi_helper="1.0.0",
    )

    assert codes(found) == [("error", "session-ttl")]


@pytest.mark.parametrize(
    ("mode", "words"), [("aws", "does as AWS"), ("guide", "keeps that promise")]
)
def test_advice_about_the_guide_says_what_the_sandbox_does(
    mode: str, words: str
) -> None:
    """The promise is kept by default, and given up where AWS is asked for."""
    project = Project(
        root=Path("/app"),
        name="demo",
        manifest_file=None,
        tables=(GUIDE,),
        preferences=Preferences(settings={"sandbox": {"ttl": mode}}),
    )
    environment = {"ARC_APP_SECRET": SECRET, "ARC_SESSION_TABLE_NAME": "sessions"}

    (advice,) = advise_sessions(project, Surroundings(environment=environment))

    assert words in advice.why


def test_advice_points_at_the_attribute_of_the_guide() -> None:
    """`ttl TTL`, line and caret, why it bites, and what to write instead."""
    (found,) = advice_of(GUIDE, environment=TABLE)

    assert found == Advice(
        level="warning",
        code="session-ttl-attribute",
        what='The sessions table "sessions" expires by "ttl", which no runtime helper '
        "writes.",
        where=SourceLocation(file="app.arc", line=6, column=3, source_line="  ttl TTL"),
        why='Helpers write "_ttl", so that AWS never deletes a session; the guide '
        "promises a week without activity, and the sandbox keeps that promise.",
        fix='Declare "_ttl TTL".',
    )


def test_advice_points_at_the_variable() -> None:
    """Where the variable is set, if whoever asks knows it."""
    place = SourceLocation(file=".env", line=2)

    (found,) = advice_of(
        environment={"ARC_SESSION_TTL": "soon"}, places={"ARC_SESSION_TTL": place}
    )

    assert found.where == place
    assert str(found).startswith('.env:2:1: error: ARC_SESSION_TTL is "soon"')
