"""Where expiry departs from DynamoDB's rules: the sessions table, and a lag."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.project.model import Key, Preferences, Project, Table
from sandbox.tables.policy import expiry_policy

SESSIONS = Table(name="sessions", partition_key=Key(attribute="_idx"))
NOTES = Table(name="notes", partition_key=Key(attribute="id"), ttl_attribute="ends")
NAMED = {"ARC_SESSION_TABLE_NAME": "sessions"}


def project_with(**settings: Any) -> Project:
    return Project(
        root=Path("/app"),
        name="demo",
        manifest_file=None,
        tables=(SESSIONS, NOTES),
        preferences=Preferences(settings={"sandbox": settings}),
    )


@pytest.mark.parametrize(
    ("settings", "environment", "expected"),
    [
        ({}, NAMED, {"sessions": ("_ttl",)}),
        ({"ttl": "guide"}, NAMED, {"sessions": ("_ttl",)}),
        ({"ttl": "aws"}, NAMED, {}),
        ({}, {"SESSION_TABLE_NAME": "sessions"}, {"sessions": ("_ttl",)}),
        (
            {},
            {"ARC_SESSION_TABLE_NAME": "demo-staging-sessions"},
            {"sessions": ("_ttl",)},
        ),
        ({}, {"ARC_SESSION_TABLE_NAME": "jwe"}, {}),
        ({}, {"ARC_SESSION_TABLE_NAME": "unknown"}, {}),
        ({}, {}, {}),
        ({}, {**NAMED, "ARC_SESSION_TTL": "abc"}, {"sessions": ("_ttl",)}),
    ],
)
def test_expiry_policy_keeps_the_promise_for_the_sessions_table(
    settings: Any, environment: dict[str, str], expected: Any
) -> None:
    """Its rows expire by what helpers write, unless AWS's own rules are asked for."""
    policy = expiry_policy(project_with(**settings), environment)

    assert policy.extra_attributes == expected


@pytest.mark.parametrize(
    ("lag", "seconds"),
    [("90s", 90), ("15m", 900), ("48h", 172_800), ("7d", 604_800), (None, 0)],
)
def test_expiry_policy_reads_the_lag(lag: str | None, seconds: float) -> None:
    """In the units that people write."""
    settings = {} if lag is None else {"ttl-lag": lag}

    assert expiry_policy(project_with(**settings), {}).lag_seconds == seconds
