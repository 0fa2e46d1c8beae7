"""What a function sees in its environment: takes function and addresses, gives names.

Names and values are Lambda's (AWS Lambda developer guide, "Defined runtime environment
variables") and Architect's (`@architect/sandbox` 9, where runtime helpers look for
their services in ARC_SANDBOX). Where the two differ Architect's value stands, because
an app may have come to depend on it: AWS_LAMBDA_FUNCTION_NAME, for one. Nothing of the
developer's shell is passed on but what is named here, and `AWS_*` where functions use
AWS itself.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.project.model import Function, Project, Stage
from sandbox.workers.aws_environment import aws_variables

LAMBDA_TZ = "UTC"
DUMMY_ACCESS_KEY = "arcDummyAccessKey"
DUMMY_SECRET_KEY = "arcDummySecretKey"  # noqa: S105 (a public constant of Architect's)
_DUMMY_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": DUMMY_ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": DUMMY_SECRET_KEY,
}
LOCAL = "ARC_LOCAL"
LOG_STREAM_NAME = "AWS_LAMBDA_LOG_STREAM_NAME"
LOG_STREAM = "sandbox/[$LATEST]"
"""How each worker's begins; what follows is its own."""

_HELPER_VERSION = "9.0.0"
"""The `@architect/sandbox` whose ARC_SANDBOX this one is shaped like."""
RESERVED_NAMES = frozenset(
    (
        "ARC_APP_NAME",
        "ARC_DISABLE_ENV_VARS",
        "ARC_ENV",
        "ARC_LOCAL",
        "ARC_ROLE",
        "ARC_SANDBOX",
        "ARC_STATIC_BUCKET",
        "ARC_STATIC_SPA",
        "ARC_WSS_URL",
        "HOME",
        "PATH",
        "PYTHONPATH",
        "PYTHONUNBUFFERED",
    )
)
"""Names that a developer's own variables cannot replace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the sandbox's services listen, all on the loopback address."""

    http: int
    tables: int | None
    """None for an app without tables: helpers then see `null`."""
    internal: int
    events: int
    is_secure: bool = False
    """Whether the app's own speaks TLS."""


def arc_ports(ports: Ports) -> dict[str, int | None]:
    """Give the ports under the names that runtime helpers look for."""
    return {
        "http": ports.http,
        "tables": ports.tables,
        "events": ports.events,
        "_arc": ports.internal,
    }


def function_environment(
    function: Function,
    project: Project,
    *,
    ports: Ports,
    stage: Stage,
    shell: Mapping[str, str],
    own: Mapping[str, str],
) -> dict[str, str]:
    """Give the whole environment of `function`.

    Args:
        function: whose environment it is.
        project: the app, with the developer's own variables by stage.
        ports: where helpers find tables, service map and HTTP.
        stage: which of the developer's variables count, and ARC_ENV.
        shell: the environment of the sandbox itself; ARC_LOCAL in it says that
            functions of a stage in AWS use AWS itself.
        own: variables of this run, which beat those of `.env` and the preferences.
    """
    developers = {**project.preferences.environment.get(stage, {}), **own}
    in_aws = _uses_aws(stage, shell)
    return {
        **_lambda_variables(function, project),
        **(aws_variables(project, shell) if in_aws else _local_variables(ports)),
        **_session_variables(shell),
        **(_allowed(developers) if function.config.env else {}),
        **_architect_variables(function, project, ports=ports, stage=stage),
        **_shell_variables(shell),
        **_language_variables(function),
    }


def command_environment(
    project: Project, *, ports: Ports, stage: Stage, shell: Mapping[str, str]
) -> dict[str, str]:
    """Give the environment of a command of the developer's own: shell and app in one.

    It finds the sandbox as functions do, and has their variables; nothing of it leads
    to AWS by mistake.

    Args:
        project: the app, with the developer's own variables by stage.
        ports: where helpers find tables, service map and HTTP.
        stage: which of the developer's variables count, and ARC_ENV.
        shell: the environment of the sandbox itself.
    """
    own = project.preferences.environment.get(stage) or {}
    return {
        **shell,
        "AWS_DEFAULT_REGION": project.region,
        "AWS_REGION": project.region,
        **({} if _uses_aws(stage, shell) else _local_variables(ports)),
        **_session_variables(shell),
        **_allowed(own),
        **_app_variables(project, ports=ports, stage=stage),
        "ARC_SANDBOX": _sandbox_json(project, ports),
    }


def seed_environment(project: Project, *, shell: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of a seed program: nothing in it leads to AWS.

    Args:
        project: the app.
        shell: the environment of the sandbox itself, of which HOME and PATH pass.
    """
    return {
        **{name: shell[name] for name in ("HOME", "PATH") if name in shell},
        **_DUMMY_CREDENTIALS,
        "AWS_DEFAULT_REGION": project.region,
        "AWS_REGION": project.region,
    }


def _uses_aws(stage: Stage, shell: Mapping[str, str]) -> bool:
    return stage != "testing" and bool(shell.get(LOCAL))


def _allowed(own: Mapping[str, str]) -> dict[str, str]:
    """Give those of the developer's variables that replace none of Architect's."""
    return {name: value for name, value in own.items() if name not in RESERVED_NAMES}


def _lambda_variables(function: Function, project: Project) -> dict[str, str]:
    name = function.key
    return {
        "_HANDLER": f"{function.handler_file.stem}.{function.handler_method}",
        "AWS_DEFAULT_REGION": project.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.config.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.config.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        LOG_STREAM_NAME: LOG_STREAM,
        "AWS_REGION": project.region,
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": str(function.folder),
        "LANG": "en_US.UTF-8",
        "TZ": LAMBDA_TZ,
    }


def _local_variables(ports: Ports) -> dict[str, str]:
    """Give what leads an AWS SDK to the sandbox, whoever made its client.

    Helpers read ARC_SANDBOX; a client of the handler's own would go to AWS itself (AWS
    SDKs and Tools Reference Guide, "Service-specific endpoints").
    """
    variables = {
        **_DUMMY_CREDENTIALS,
        "AWS_ENDPOINT_URL_SSM": f"http://localhost:{ports.internal}/_arc/ssm",
    }
    if ports.tables is not None:
        variables["AWS_ENDPOINT_URL_DYNAMODB"] = f"http://localhost:{ports.tables}"
    return variables


def _session_variables(shell: Mapping[str, str]) -> dict[str, str]:
    table = shell.get("ARC_SESSION_TABLE_NAME") or shell.get("SESSION_TABLE_NAME")
    return {"ARC_SESSION_TABLE_NAME": table or "jwe"}


def _architect_variables(
    function: Function, project: Project, *, ports: Ports, stage: Stage
) -> dict[str, str]:
    variables = {
        **_app_variables(project, ports=ports, stage=stage),
        "ARC_SANDBOX": _sandbox_json(project, ports, lambdaSrc=str(function.folder)),
    }
    if not function.config.env:
        variables["ARC_DISABLE_ENV_VARS"] = "true"
    return variables


def _app_variables(project: Project, *, ports: Ports, stage: Stage) -> dict[str, str]:
    variables = {
        "ARC_APP_NAME": project.name,
        "ARC_ENV": stage,
        "ARC_ROLE": "SandboxRole",
    }
    if project.static is not None:
        variables["ARC_STATIC_BUCKET"] = str(project.static.folder)
    if any(other.pragma == "ws" for other in project.functions):
        scheme = "wss" if ports.is_secure else "ws"
        variables["ARC_WSS_URL"] = f"{scheme}://localhost:{ports.http}"
    return variables


def _sandbox_json(project: Project, ports: Ports, **more: str) -> str:
    """Give what both runtime helpers read to find the sandbox's services."""
    static = project.static.folder if project.static else project.root / "public"
    return json.dumps(
        {
            "apiType": project.api_type,
            "cwd": str(project.root),
            **more,
            "ports": arc_ports(ports),
            "staticPath": str(static),
            "version": _HELPER_VERSION,
        }
    )


def _shell_variables(shell: Mapping[str, str]) -> dict[str, str]:
    names = ["HOME", "PATH", "ARC_STATIC_SPA"]
    passed = {name: shell[name] for name in names if name in shell}
    if shell.get(LOCAL):
        passed[LOCAL] = "true"
    return passed


def _language_variables(function: Function) -> dict[str, str]:
    if function.language != "python":
        return {}
    return {
        "PYTHONPATH": str(function.folder / "vendor"),
        "PYTHONUNBUFFERED": "true",
    }
