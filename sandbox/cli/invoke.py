"""`arc-sandbox invoke`: runs one function without serving, and prints its outcome."""

import difflib
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import click

from sandbox.backing import Wishes
from sandbox.bus.messages import KINDS, Message, lambda_event
from sandbox.cli.console import delivery_lines, failure_text, notice_text, say
from sandbox.cli.options import api_type_option, cwd_option
from sandbox.cli.shell import shell_options
from sandbox.clock import MovableClock
from sandbox.exchange import Delivery, Execution, HttpRequest, Match, Returned
from sandbox.gateway.payload import build_event
from sandbox.gateway.request_parts import ApiFacts
from sandbox.gateway.router import Router
from sandbox.gateway.run_notes import run_notes
from sandbox.json_value import JsonValue
from sandbox.notice import Notice
from sandbox.options import Options
from sandbox.project.model import ApiType, Function, Project
from sandbox.sandbox import Sandbox
from sandbox.websocket.events import (
    DEFAULT,
    Client,
    Closing,
    connect_event,
    disconnect_event,
    message_event,
)

_NO_ID = "00000000-0000-0000-0000-000000000000"
_NO_CONNECTION = "AAAAAAAAAAAAAAA="
_PARAMETER = re.compile(r"^:(.+)")
"""A part of a route's path that takes any value; its name stands for one."""


@click.command("invoke")
@click.argument("name")
@click.option(
    "--event",
    "event_file",
    type=click.File(encoding="utf-8"),
    help="A file with the event as JSON; - is standard input.  [default: what a plain "
    "request, or an empty message, would give]",
)
@cwd_option
@api_type_option
def invoke_command(
    name: str, event_file: TextIO | None, cwd: Path, api_type: ApiType | None
) -> None:
    """Run the function NAME, such as "get /path", and print what it returns.

    The result goes to standard output as JSON; what the function prints, and what is
    wrong, to standard error. Exit status 1 if the function failed. ARC_ENV and
    ARC_API_TYPE count as they do for start.
    """
    given = _read_event(event_file) if event_file else None
    sandbox = Sandbox(cwd, options=_options(api_type), say=_say)
    project = sandbox.project
    function = _function(project, name)
    event = given if event_file else _plain_event(project, function)
    sandbox.bus.subscribe(_show_delivery)
    with sandbox:
        sandbox.wait_ready()
        execution = sandbox.invoke(function.key, event)
        sandbox.bus.wait_idle()
    for note in run_notes(execution, function, root=project.root):
        _say(Notice(level="warning", text=note))
    _show(execution)


def _options(api_type: ApiType | None) -> Options:
    return replace(
        shell_options(os.environ, say=_say),
        http_port=0,
        tables_port=0,
        internal_port=0,
        events_port=0,
        watch=False,
        # A running sandbox may hold the kept tables, and this never writes to them.
        wishes=Wishes(persist=False),
        api_type=api_type,
    )


def _say(notice: Notice) -> None:
    if notice.level != "detail":
        click.echo(notice_text(notice), err=True)


def _read_event(file: TextIO) -> JsonValue:
    try:
        event: JsonValue = json.load(file)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(
            f'The event in "{file.name}" is not JSON: {error}.'
        ) from error
    return event


def _function(project: Project, name: str) -> Function:
    """Find a function by its name, in any case and spacing."""
    wanted = " ".join(name.split()).lower()
    found = [f for f in project.functions if wanted in (f.name.lower(), f.key.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        keys = " or ".join(f'"{function.key}"' for function in found)
        raise click.UsageError(f'Several functions are called "{name}": name {keys}.')
    names = [function.name.lower() for function in project.functions]
    near = difflib.get_close_matches(wanted, names, n=1) or names[:5]
    known = ", ".join(f'"{name}"' for name in near) or "none"
    raise click.UsageError(f'The app has no function "{name}". It has: {known}.')


def _plain_event(project: Project, function: Function) -> JsonValue:
    """Give what a bare request to the function's route would be as an event."""
    if function.pragma == "ws":
        return _plain_websocket_event(project, function)
    route = next((r for r in project.routes if r.function == function), None)
    if route is None:
        return _plain_message(project, function)
    method = "GET" if route.method == "any" else route.method.upper()
    parts = [_PARAMETER.sub(r"\1", part) for part in route.path.split("/")]
    request = HttpRequest(
        method=method,
        path="/".join("proxy" if part == "*" else part for part in parts),
        query_string="",
        headers=(("host", "localhost"),),
    )
    found = Router((route,)).match(method, request.path)
    event = build_event(
        request,
        found if isinstance(found, Match) else Match(route=route),
        api_type=project.api_type,
        facts=ApiFacts.from_project(project, port=80),
        request_id=_NO_ID,
        now_epoch=MovableClock().now_epoch(),
    )
    plain: JsonValue = json.loads(json.dumps(event))
    return plain


def _plain_websocket_event(project: Project, function: Function) -> JsonValue:
    """Give a connection without headers, a message `{}`, or an end without a code."""
    now_epoch = MovableClock().now_epoch()
    client = Client(
        connection_id=_NO_CONNECTION,
        connected_epoch=now_epoch,
        request=HttpRequest(
            method="GET", path="/", query_string="", headers=(("Host", "localhost"),)
        ),
        facts=ApiFacts.from_project(project, port=80),
        stage="testing",
    )
    if function.name == "connect":
        return connect_event(client, request_id=_NO_CONNECTION, trace=_NO_ID)
    if function.name == "disconnect":
        closing = Closing(code=1005, reason="")
        return disconnect_event(
            client, closing, request_id=_NO_CONNECTION, now_epoch=now_epoch
        )
    return message_event(
        client,
        "{}",
        route_key=DEFAULT if function.name == "default" else function.name,
        request_id=_NO_CONNECTION,
        message_id=_NO_CONNECTION,
        now_epoch=now_epoch,
    )


def _plain_message(project: Project, function: Function) -> JsonValue:
    """Give an empty message for a function of @events or @queues; {} for others."""
    kind = KINDS.get(f"/{function.pragma}")
    if kind is None:
        return {}
    message = Message(kind=kind, name=function.name, text="{}", group=function.name)
    return lambda_event(
        message,
        function,
        message_id=_NO_ID,
        region=project.region,
        now_epoch=MovableClock().now_epoch(),
    )


def _show_delivery(delivery: Delivery) -> None:
    say("\n".join(delivery_lines(delivery)), is_error=True)


def _show(execution: Execution) -> None:
    if execution.output:
        say(execution.output.rstrip("\n"), is_error=True)
    outcome = execution.outcome
    if isinstance(outcome, Returned):
        say(json.dumps(outcome.value, indent=2, ensure_ascii=False))
        return
    say(failure_text(outcome), is_error=True)
    click.get_current_context().exit(1)
