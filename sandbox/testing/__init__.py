"""What a test of an Architect app works with: the parts behind the pytest fixtures.

Other test frameworks use the same parts::

    with SandboxUnderTest("path/to/app") as sandbox, Client(sandbox) as client:
        session = ClientSession(sandbox, client)

The names are imported when they are first used: pytest loads the plugin in every
project that has arc-sandbox installed, and those that never use it pay nothing.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.httpd import LoopbackServer as LoopbackServer
    from sandbox.testing.app_choice import AppChoice as AppChoice
    from sandbox.testing.app_choice import choose_app as choose_app
    from sandbox.testing.app_choice import mark_keywords as mark_keywords
    from sandbox.testing.client import Client as Client
    from sandbox.testing.client_session import ClientSession as ClientSession
    from sandbox.testing.clock_control import ClockControl as ClockControl
    from sandbox.testing.failures import Failure as Failure
    from sandbox.testing.failures import HandlerFailedError as HandlerFailedError
    from sandbox.testing.front import Front as Front
    from sandbox.testing.lent_terminal import debugging_in_tests as debugging_in_tests
    from sandbox.testing.login import log_in as log_in
    from sandbox.testing.request_log import RequestLog as RequestLog
    from sandbox.testing.sandbox_under_test import SandboxUnderTest as SandboxUnderTest
    from sandbox.testing.shelf import Shelf as Shelf
    from sandbox.testing.table_resources import TableResources as TableResources
    from sandbox.testing.table_resources import unconfigured_aws as unconfigured_aws
    from sandbox.testing.tracebacks import end_in_test as end_in_test
    from sandbox.testing.tracebacks import parts as parts
    from sandbox.testing.websocket import WebSocketClosedError as WebSocketClosedError
    from sandbox.testing.websocket import WebSocketRefusedError as WebSocketRefusedError

_HOMES = {
    "AppChoice": "sandbox.testing.app_choice",
    "Client": "sandbox.testing.client",
    "ClientSession": "sandbox.testing.client_session",
    "ClockControl": "sandbox.testing.clock_control",
    "Failure": "sandbox.testing.failures",
    "Front": "sandbox.testing.front",
    "HandlerFailedError": "sandbox.testing.failures",
    "LoopbackServer": "sandbox.httpd",
    "RequestLog": "sandbox.testing.request_log",
    "SandboxUnderTest": "sandbox.testing.sandbox_under_test",
    "Shelf": "sandbox.testing.shelf",
    "TableResources": "sandbox.testing.table_resources",
    "WebSocketClosedError": "sandbox.testing.websocket",
    "WebSocketRefusedError": "sandbox.testing.websocket",
    "choose_app": "sandbox.testing.app_choice",
    "debugging_in_tests": "sandbox.testing.lent_terminal",
    "end_in_test": "sandbox.testing.tracebacks",
    "log_in": "sandbox.testing.login",
    "mark_keywords": "sandbox.testing.app_choice",
    "parts": "sandbox.testing.tracebacks",
    "unconfigured_aws": "sandbox.testing.table_resources",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
