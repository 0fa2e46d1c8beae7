"""What a function sees in its environment."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.project.model import (
    Function,
    FunctionConfig,
    Preferences,
    Project,
    Static,
)
from sandbox.workers.environment import Ports, function_environment, seed_environment

ROOT = Path("/app")
PORTS = Ports(http=3333, tables=5555, internal=2222, events=4444)
SHELL = {
    "HOME": "/home/dev",
    "PATH": "/usr/bin",
    "PYTHONPATH": "/elsewhere",
    "SECRET": "of the shell",
    "AWS_PROFILE": "work",
}
FUNCTION = Function(
    name="get /env",
    pragma="http",
    folder=ROOT / "src/http/get-env",
    handler_file=ROOT / "src/http/get-env/index.py",
    handler_method="handler",
    config=FunctionConfig(runtime="python3.12"),
)
PROJECT = Project(
    root=ROOT,
    name="demo",
    manifest_file=ROOT / "app.arc",
    functions=(FUNCTION,),
    static=Static(folder=ROOT / "public"),
    preferences=Preferences(
        environment={
            "testing": {
                "OWN": "testing",
                "TZ": "Europe/Berlin",
                "ARC_APP_NAME": "cannot-change",
                "ARC_SESSION_TABLE_NAME": "sessions",
                "PATH": "/cannot/change",
            },
            "staging": {"OWN": "staging"},
        }
    ),
)


def environment(function=FUNCTION, project=PROJECT, **arguments):
    """Give the environment with the usual arguments."""
    usual = {"ports": PORTS, "stage": "testing", "shell": SHELL, "own": {}}
    return function_environment(function, project, **{**usual, **arguments})


def test_environment_is_lambdas_and_architects():
    """The whole of it: every name and every value."""
    found = environment()

    assert json.loads(found.pop("ARC_SANDBOX")) == {
        "apiType": "http",
        "cwd": "/app",
        "lambdaSrc": "/app/src/http/get-env",
        "ports": {"http": 3333, "tables": 5555, "events": 4444, "_arc": 2222},
        "staticPath": "/app/public",
        "version": "9.0.0",
    }
    assert found == {
        "ARC_APP_NAME": "demo",
        "ARC_ENV": "testing",
        "ARC_ROLE": "SandboxRole",
        "ARC_SESSION_TABLE_NAME": "sessions",
        "ARC_STATIC_BUCKET": "/app/public",
        "AWS_ACCESS_KEY_ID": "arcDummyAccessKey",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://localhost:5555",
        "AWS_ENDPOINT_URL_SSM": "http://localhost:2222/_arc/ssm",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.12",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1152",
        "AWS_LAMBDA_FUNCTION_NAME": "@http get /env",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/@http get /env",
        "AWS_LAMBDA_LOG_STREAM_NAME": "sandbox/[$LATEST]",
        "AWS_REGION": "us-west-2",
        "AWS_SECRET_ACCESS_KEY": "arcDummySecretKey",
        "HOME": "/home/dev",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": "/app/src/http/get-env",
        "LANG": "en_US.UTF-8",
        "OWN": "testing",
        "PATH": "/usr/bin",
        "PYTHONPATH": "/app/src/http/get-env/vendor",
        "PYTHONUNBUFFERED": "true",
        "TZ": "Europe/Berlin",
        "_HANDLER": "index.handler",
    }


def test_the_stage_chooses_the_developers_variables():
    """ARC_ENV and the values that go with it."""
    found = environment(stage="staging")

    assert (found["ARC_ENV"], found["OWN"], found["TZ"]) == (
        "staging",
        "staging",
        "UTC",
    )


def test_env_false_hides_them():
    """`@arc env false` leaves Architect's own."""
    hidden = replace(FUNCTION, config=replace(FUNCTION.config, env=False))

    found = environment(hidden)

    assert "OWN" not in found
    assert found["ARC_DISABLE_ENV_VARS"] == "true"
    assert found["ARC_SESSION_TABLE_NAME"] == "jwe"


@pytest.mark.parametrize(
    ("shell", "expected"),
    [
        ({}, "jwe"),
        ({"SESSION_TABLE_NAME": "old"}, "old"),
        ({"SESSION_TABLE_NAME": "old", "ARC_SESSION_TABLE_NAME": "new"}, "new"),
    ],
)
def test_the_shell_may_name_the_session_table(shell, expected):
    """Both names are known; the newer one wins."""
    project = replace(PROJECT, preferences=Preferences())

    assert (
        environment(project=project, shell=shell)["ARC_SESSION_TABLE_NAME"] == expected
    )


def test_variables_of_a_run_beat_the_developers():
    """What a run is given stands beside .env, and replaces nothing of the sandbox's."""
    found = environment(own={"OWN": "run", "NEW": "run", "ARC_ENV": "cannot"})

    assert (found["OWN"], found["NEW"]) == ("run", "run")
    assert (found["ARC_ENV"], found["TZ"]) == ("testing", "Europe/Berlin")


def test_node_functions_have_no_python_variables():
    """Each language has its own."""
    config = FunctionConfig(runtime="nodejs20.x")
    node = replace(FUNCTION, config=config)

    assert not [name for name in environment(node) if name.startswith("PYTHON")]


@pytest.mark.parametrize(("is_secure", "scheme"), [(False, "ws"), (True, "wss")])
def test_websocket_apps_learn_their_address(is_secure: bool, scheme: str) -> None:  # noqa: FBT001 - whether by TLS
    """ARC_WSS_URL is there where @ws is; `wss` where the app is served by HTTPS."""
    socket = replace(FUNCTION, pragma="ws", name="connect")
    project = replace(PROJECT, functions=(FUNCTION, socket))
    ports = replace(PORTS, is_secure=is_secure)

    found = environment(project=project, ports=ports)

    assert found["ARC_WSS_URL"] == f"{scheme}://localhost:3333"


def test_seed_programs_get_no_credentials_of_the_shell() -> None:
    """What they need to run, and Architect's dummies."""
    shell = {**SHELL, "AWS_ACCESS_KEY_ID": "real", "AWS_SECRET_ACCESS_KEY": "real"}

    assert seed_environment(PROJECT, shell=shell) == {
        "HOME": "/home/dev",
        "PATH": "/usr/bin",
        "AWS_ACCESS_KEY_ID": "arcDummyAccessKey",
        "AWS_SECRET_ACCESS_KEY": "arcDummySecretKey",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_REGION": "us-west-2",
    }


def test_sdks_are_led_to_the_sandbox_but_where_aws_itself_is_used() -> None:
    """A client of the handler's own asks the same tables as Architect's helper."""
    name = "AWS_ENDPOINT_URL_DYNAMODB"
    staging = {"stage": "staging", "shell": {**SHELL, "ARC_LOCAL": "1"}}
    in_aws = environment(**staging)
    without_tables = environment(ports=replace(PORTS, tables=None))

    assert environment()[name] == "http://localhost:5555"
    assert environment(shell=staging["shell"])[name] == "http://localhost:5555"
    assert [found for found in (in_aws, without_tables) if name in found] == []
    assert "AWS_ENDPOINT_URL_SSM" not in in_aws
