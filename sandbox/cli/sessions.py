"""`arc-sandbox sessions`: sees and changes the sessions of a running sandbox."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sandbox.cli.options import cwd_option, format_option
from sandbox.cli.remote import RemoteSandbox, find_sandbox
from sandbox.durations import spoken_duration
from sandbox.json_value import strict_json
from sandbox.sessions.refusals import REFUSED

NO_SESSIONS = "No sessions. One begins when a handler writes it."
_SHOWN_CHARACTERS = 60
_ANY_ID = {"ignore_unknown_options": True}
"""For arguments that may begin with a hyphen, as one id in 64 does."""


def _not_empty(_ctx: click.Context, _argument: click.Parameter, value: str) -> str:
    """Refuse an empty ID, of which a script's unset variable makes one."""
    if not value:
        raise click.BadParameter("it is empty; arc-sandbox sessions list shows them.")
    return value


_id_argument = click.argument("session_id", metavar="ID", callback=_not_empty)


@click.group("sessions")
def sessions_command() -> None:
    """See and change the sessions of the running sandbox, in either store."""


@sessions_command.command("list", short_help="List the sessions.")
@cwd_option
@format_option
def list_command(cwd: Path, output_format: str) -> None:
    """List the sessions: rows of the table, or the JWE cookies that were seen."""
    remote = find_sandbox(cwd)
    if output_format == "json":
        _print_json(remote.get("sessions")["sessions"])
    elif lines := session_lines(remote):
        click.echo("\n".join(lines))
    else:
        click.echo(NO_SESSIONS, err=True)


def session_lines(remote: RemoteSandbox) -> list[str]:
    """Give a line a session.

    Raises:
        WorldError: the sandbox does not answer.
    """
    return [_line(session) for session in remote.get("sessions")["sessions"]]


@sessions_command.command("show", context_settings=_ANY_ID)
@_id_argument
@cwd_option
@format_option
def show_command(session_id: str, cwd: Path, output_format: str) -> None:
    """Show session ID: its data, age and end."""
    _print_session(find_sandbox(cwd).get("sessions", session_id), output_format)


@sessions_command.command("set", context_settings=_ANY_ID)
@_id_argument
@click.argument("pairs", metavar="KEY=VALUE…", nargs=-1, required=True)
@cwd_option
@format_option
def set_command(
    session_id: str, pairs: tuple[str, ...], cwd: Path, output_format: str
) -> None:
    """Store values in session ID.

    A VALUE is JSON where it is JSON, else text; null removes the KEY.
    """
    body = {"data": dict(map(_pair, pairs))}
    changed = find_sandbox(cwd).ask("PATCH", "sessions", session_id, body=body)
    _print_session(changed, output_format)


@sessions_command.command("delete", context_settings=_ANY_ID)
@_id_argument
@cwd_option
def delete_command(session_id: str, cwd: Path) -> None:
    """End session ID."""
    find_sandbox(cwd).ask("DELETE", "sessions", session_id)
    click.echo(f"Session {session_id} is deleted.")


@sessions_command.command("expire", context_settings=_ANY_ID)
@_id_argument
@cwd_option
def expire_command(session_id: str, cwd: Path) -> None:
    """Expire session ID now."""
    find_sandbox(cwd).ask("POST", "sessions", session_id, "expire")
    click.echo(f"Session {session_id} has expired.")


@sessions_command.command(
    "decode", context_settings=_ANY_ID, short_help="Explain a session cookie."
)
@click.argument("cookie", metavar="COOKIE")
@click.option(
    "--function", help="The function whose settings judge it, such as 'get /'."
)
@cwd_option
@format_option
def decode_command(
    cookie: str, function: str | None, cwd: Path, output_format: str
) -> None:
    """Explain COOKIE: a value, _idx=…, or a whole Cookie or Set-Cookie header.

    Says why, and exits with 1, where the app would not accept it.
    """
    body = {"cookie": cookie, **({"function": function} if function else {})}
    found = find_sandbox(cwd).ask("POST", "sessions", "decode", body=body)
    if output_format == "json":
        _print_json(found)
    else:
        _print_explanation(found)
    if not found["is_valid"]:
        raise SystemExit(1)


@sessions_command.command("forge")
@click.argument("data", metavar="JSON")
@cwd_option
@format_option
def forge_command(data: str, cwd: Path, output_format: str) -> None:
    """Make a session that holds the object JSON, and print its cookie."""
    remote = find_sandbox(cwd)
    body = {"data": _object(data)}
    made = remote.ask("POST", "sessions", "forge", body=body)
    if output_format == "json":
        _print_json(made)
        return
    click.echo(made["cookie"])
    click.echo(f"curl -b '{made['cookie']}' {remote.ready.url}/", err=True)


def _pair(text: str) -> tuple[str, Any]:
    key, separator, value = text.partition("=")
    if not separator or not key:
        raise click.UsageError(f'"{text}" is not a pair; write KEY=VALUE.')
    try:
        return key, strict_json(value)
    except ValueError:
        return key, value


def _object(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise click.UsageError(
            f"'{text}' is not a JSON object; write for example '{{\"user\": 1}}'."
        )
    return value


def _line(session: Mapping[str, Any]) -> str:
    data = _readable(session["data"])
    if len(data) > _SHOWN_CHARACTERS:
        data = data[: _SHOWN_CHARACTERS - 1] + "…"
    return f"{_harmless(session['id'])}  {_end(session):<22}  {data}"


def _print_session(session: Mapping[str, Any], output_format: str) -> None:
    if output_format == "json":
        _print_json(session)
        return
    age = session["age_seconds"]
    facts = {
        "id": _harmless(session["id"]),
        "store": session["store"],
        "written": "at an unknown time" if age is None else _ago(age),
        "end": _end(session),
        "size": f"{session['size_bytes']} of {session['limit_bytes']} bytes",
        "requests": str(len(session["requests"])),
    }
    _print_facts(facts)
    click.echo(_readable(session["data"], indent=2))


def _print_explanation(found: Mapping[str, Any]) -> None:
    if not found["is_valid"]:
        click.echo(f"Not accepted. {found['reason']}")
    else:
        age, end = found["age_seconds"], found["expires_epoch"]
        left = None if end is None or age is None else end - found["issued_epoch"] - age
        facts = {
            "store": found["store"],
            "written": "at an unknown time" if age is None else _ago(age),
            "end": _end({"seconds_left": left}),
            "cookie": f"{found['cookie_bytes']} bytes",
        }
        _print_facts(facts)
        click.echo(_readable(found["session"], indent=2))
    for warning in found["warnings"]:
        if not warning["code"].startswith(REFUSED):
            click.echo(f"Warning: {warning['text']}", err=True)


def _print_facts(facts: Mapping[str, str]) -> None:
    width = max(map(len, facts))
    for name, fact in facts.items():
        click.echo(f"{name:<{width}}  {fact}")


def _end(session: Mapping[str, Any]) -> str:
    left = session["seconds_left"]
    if left is None:
        return "no end known"
    if left <= 0:
        return f"expired {_ago(-left)}"
    return f"in {spoken_duration(left)}"


def _ago(seconds: float) -> str:
    if seconds < 0:
        return f"in {spoken_duration(seconds)}, by a clock that was ahead"
    return f"{spoken_duration(seconds)} ago"


def _readable(value: Any, *, indent: int | None = None) -> str:
    """Write JSON with its letters as they are."""
    return _harmless(json.dumps(value, indent=indent, ensure_ascii=False))


def _harmless(text: str) -> str:
    """Give a text without what moves a terminal."""
    return "".join(
        c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text
    )


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2))
