"""The handler's environment → where its services are.

Everything is read when it is asked for: a warm worker may be given new addresses.
"""

import json
import os
import re
from collections.abc import Mapping
from typing import Any

DEFAULT_REGION = "us-west-2"
_AWS_ENVIRONMENTS = ("staging", "production")


class NotEmulatedError(RuntimeError):
    """The sandbox that runs this handler does not offer the service yet."""


def use_aws() -> bool:
    """Tell whether calls go to AWS rather than to the sandbox."""
    stage = os.environ.get("ARC_ENV")
    if stage == "testing":
        return False
    in_sandbox = bool(os.environ.get("ARC_SANDBOX"))
    is_live = bool(os.environ.get("ARC_LOCAL"))
    return not (stage in _AWS_ENVIRONMENTS and in_sandbox and not is_live)


def ports() -> Mapping[str, int]:
    """Give the sandbox's ports by service: http, tables, events, _arc.

    Raises:
        RuntimeError: the handler does not run in a sandbox, or the sandbox is too old.
    """
    found = _sandbox().get("ports")
    if not found:
        raise RuntimeError(
            "ARC_SANDBOX names no ports. Run this handler with arc-sandbox start."
        )
    return dict(found)


def port(service: str) -> int:
    """Give one of the sandbox's ports.

    Raises:
        RuntimeError: the sandbox does not offer this service.
    """
    number = ports().get(service)
    if not number:
        raise RuntimeError(f'ARC_SANDBOX names no port for "{service}".')
    return int(number)


def region() -> str:
    """Give the region of the handler."""
    return os.environ.get("AWS_REGION") or DEFAULT_REGION


def stack_name() -> str:
    """Give the CloudFormation stack's name, under which the services are listed.

    Raises:
        RuntimeError: on AWS, where the environment says neither stack nor app.
    """
    stack = os.environ.get("ARC_STACK_NAME")
    app = os.environ.get("ARC_APP_NAME")
    if stack:
        return stack
    if not app and use_aws():
        raise RuntimeError("Neither ARC_APP_NAME nor ARC_STACK_NAME is set.")
    return to_logical_id(f"{app or 'arc-app'}-{os.environ.get('ARC_ENV')}")


def to_logical_id(name: str) -> str:
    """Give a CloudFormation id as Architect makes it: `my-app-staging` → MyAppStaging.

    `@architect/utils`, to-logical-id, is the rule. As `sandbox.services` has it, which
    nothing here may import: a handler's process has the standard library alone.
    """
    spaced = re.sub(r"([A-Z])", r" \1", name)
    if len(spaced) == 1:
        return spaced.upper()
    lower = re.sub(r"^[\W_]+|[\W_]+$", "", spaced, flags=re.ASCII).lower()
    logical = re.sub(
        r"[\W_]+(\w|$)",
        lambda found: found.group(1).upper(),
        lower[:1].upper() + lower[1:],
        flags=re.ASCII,
    )
    return "GetIndex" if logical == "Get" else logical


def _sandbox() -> Mapping[str, Any]:
    text = os.environ.get("ARC_SANDBOX")
    return dict(json.loads(text)) if text else {}
