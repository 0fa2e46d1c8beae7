"""Where a handler finds its services."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import services
from sandbox.runtime_helper.arc import _environment


@pytest.mark.parametrize(
    ("name", "logical_id"),
    [
        ("my-app-testing", "MyAppTesting"),
        ("testapp-staging", "TestappStaging"),
        ("a", "A"),
        ("myApp", "MyApp"),
        ("-x_y-", "XY"),
        ("get", "GetIndex"),
        ("na\u00efve-app", "NaVeApp"),
        ("", ""),
    ],
)
def test_to_logical_id_is_architects(name: str, logical_id: str) -> None:
    """The cases of `@architect/utils`."""
    assert _environment.to_logical_id(name) == logical_id


@given(st.text())
def test_to_logical_id_is_the_sandboxs(name: str) -> None:
    """The handler's side asks for what the sandbox's side has; neither may differ."""
    assert _environment.to_logical_id(name) == services.logical_id(name)


@pytest.mark.parametrize(
    ("variables", "is_aws"),
    [
        ({"ARC_ENV": "testing"}, False),
        ({"ARC_ENV": "testing", "ARC_LOCAL": "1"}, False),
        ({"ARC_ENV": "staging", "ARC_SANDBOX": "{}"}, False),
        ({"ARC_ENV": "staging", "ARC_SANDBOX": "{}", "ARC_LOCAL": "1"}, True),
        ({"ARC_ENV": "production"}, True),
        ({}, True),
    ],
)
def test_use_aws_follows_the_stage(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], *, is_aws: bool
) -> None:
    """Testing never; a stage in a sandbox only with ARC_LOCAL."""
    for name in ("ARC_ENV", "ARC_SANDBOX", "ARC_LOCAL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert _environment.use_aws() is is_aws
