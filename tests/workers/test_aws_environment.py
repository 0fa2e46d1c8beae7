"""What functions see of the developer's AWS credentials."""

from pathlib import Path

import pytest

from sandbox.project.model import Project
from sandbox.workers.aws_environment import aws_variables

PROJECT = Project(
    root=Path("/app"),
    name="demo",
    manifest_file=None,
    region="eu-north-1",
    inventory={"aws": {"profile": "manifest"}},
)


def test_credentials_and_endpoints_of_the_shell_are_passed_on() -> None:
    """Every AWS_ variable but Lambda's own, the stack's name, and nothing else."""
    shell = {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "AWS_ENDPOINT_URL_SSM": "http://localhost:1",
        "AWS_LAMBDA_FUNCTION_NAME": "outer",
        "AWS_EXECUTION_ENV": "outer",
        "ARC_STACK_NAME": "Stack",
        "OTHER": "secret",
    }

    assert aws_variables(PROJECT, shell) == {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "AWS_ENDPOINT_URL_SSM": "http://localhost:1",
        "ARC_STACK_NAME": "Stack",
        "AWS_REGION": "eu-north-1",
        "AWS_DEFAULT_REGION": "eu-north-1",
    }


@pytest.mark.parametrize(
    ("shell", "profile", "region"),
    [
        ({}, "manifest", "eu-north-1"),
        ({"AWS_PROFILE": "mine"}, "mine", "eu-north-1"),
        ({"AWS_DEFAULT_REGION": "sa-east-1"}, "manifest", "sa-east-1"),
        (
            {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "sa-east-1"},
            "manifest",
            "us-east-1",
        ),
    ],
)
def test_the_shell_beats_the_manifest(
    shell: dict[str, str], profile: str, region: str
) -> None:
    """In profile and region; both names of the region agree."""
    found = aws_variables(PROJECT, shell)

    assert found["AWS_PROFILE"] == profile
    assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == region
