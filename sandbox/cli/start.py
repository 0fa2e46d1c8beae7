"""`arc-sandbox start`: runs the app until Ctrl-C, and shows what happens."""

import os
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from sandbox.backing import Wishes, is_on
from sandbox.cli.collector import collector_paused
from sandbox.cli.console import Console, Verbosity
from sandbox.cli.debugging import debugging_for
from sandbox.cli.options import api_type_option, cwd_option
from sandbox.cli.shell import shell_options
from sandbox.cli.terminal import keys_of
from sandbox.options import Options, Tls
from sandbox.project.model import ApiType
from sandbox.project.sandbox_preferences import MAX_PORT
from sandbox.workers.debugging import DEFAULT_PORT
from sandbox.workers.nurseries import Nurseries

PORT = click.IntRange(0, MAX_PORT)
PEM = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("start")
@click.option(
    "-p",
    "--port",
    type=PORT,
    envvar=["ARC_HTTP_PORT", "PORT"],
    show_envvar=True,
    help="The app's port; 0 takes a free one.  [default: 3333]",
)
@click.option(
    "--host",
    envvar="ARC_HOST",
    show_envvar=True,
    help="The app's address.  [default: 127.0.0.1]",
)
@click.option(
    "-q",
    "--quiet",
    is_flag=True,
    envvar=["ARC_QUIET", "QUIET"],
    show_envvar=True,
    help="Show only that it is ready, and what fails.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show what the sandbox does.")
@click.option("-d", "--debug", is_flag=True, help="Show events and results as well.")
@click.option(
    "--full-tracebacks", is_flag=True, help="Show the frames of libraries as well."
)
@click.option(
    "--expose-inspector",
    is_flag=True,
    help="With --host: open the inspector to other machines too, with a token.",
)
@click.option(
    "--persist/--no-persist",
    default=None,
    help="Keep tables across restarts.  [default: @sandbox persist, or no]",
)
@click.option(
    "--https", is_flag=True, help="Serve the app over HTTPS, as when deployed."
)
@click.option(
    "--cert", type=PEM, help="A certificate for it, in PEM.  [default: made here]"
)
@click.option("--key", type=PEM, help="The certificate's private key, in PEM.")
@click.option(
    "--debugger",
    type=PORT,
    is_flag=False,
    flag_value=DEFAULT_PORT,
    metavar="[PORT]",
    help="Let an editor's debugger attach to handlers.  [default port: 5678]",
)
@click.option(
    "--no-watch", is_flag=True, help="Do not act on a save before the next request."
)
@cwd_option
@click.option(
    "--tables-port", type=PORT, envvar="ARC_TABLES_PORT", show_envvar=True, hidden=True
)
@click.option(
    "--internal-port",
    type=PORT,
    envvar="ARC_INTERNAL_PORT",
    show_envvar=True,
    hidden=True,
)
@click.option(
    "--events-port", type=PORT, envvar="ARC_EVENTS_PORT", show_envvar=True, hidden=True
)
@api_type_option
@click.pass_context
def start_command(  # noqa: PLR0913 - click passes each option by name
    context: click.Context,
    *,
    port: int | None,
    host: str | None,
    quiet: bool,
    verbose: bool,
    debug: bool,
    full_tracebacks: bool,
    expose_inspector: bool,
    persist: bool | None,
    https: bool,
    cert: Path | None,
    key: Path | None,
    debugger: int | None,
    no_watch: bool,
    cwd: Path,
    tables_port: int | None,
    internal_port: int | None,
    events_port: int | None,
    api_type: ApiType | None,
) -> None:
    """Run the app on this machine until Ctrl-C.

    Variables stand in for flags: ARC_TABLES_PORT (5555), ARC_INTERNAL_PORT (2222),
    ARC_EVENTS_PORT (4444), ARC_ENV (testing, staging or production) and ARC_API_TYPE
    (http, httpv1, httpv2 or rest). Flags beat variables, and both beat preferences.
    """
    verbosity = Verbosity(
        is_quiet=quiet,
        is_verbose=verbose or debug,
        is_debug=debug,
        frames_below=None if full_tracebacks else cwd.resolve(),
    )
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        context.color = False
    console = Console(verbosity, use_colour=context.color)
    options = replace(
        shell_options(os.environ, say=console.show_notice),
        host=host,
        http_port=port,
        tables_port=tables_port,
        internal_port=internal_port,
        events_port=events_port,
        api_type=api_type,
        watch=not no_watch,
        wishes=_wishes(os.environ, persist=persist),
        tls=_tls(is_wanted=https, certificate=cert, key=key),
        inspector_token=secrets.token_urlsafe() if expose_inspector else None,
    )
    _serve(cwd, options, console, debugger_port=debugger)


def _serve(
    app: Path, options: Options, console: Console, *, debugger_port: int | None
) -> None:
    """Begin the nursery, import the sandbox meanwhile, and run the app."""
    reader = keys_of(sys.stdin)
    with Nurseries() as nurseries:
        if nurseries.can_fork:
            with suppress(OSError):  # no more processes, which the first request tells
                nurseries.begin()
        # Takes the longest of a start, during which the nursery gets ready as well.
        with collector_paused():
            from sandbox.cli.serving import serve

        debugging = debugging_for(console, reader, port=debugger_port)
        serve(app, options, console, reader, debugging=debugging, nurseries=nurseries)
    if console.is_stuck():
        os._exit(os.EX_OK)  # Python would wait for that thread's output, and abort


def _tls(*, is_wanted: bool, certificate: Path | None, key: Path | None) -> Tls | None:
    if (certificate is None) != (key is None):
        raise click.UsageError("--cert and --key go together.")
    if not is_wanted and certificate is None:
        return None
    return Tls(certificate=certificate, key=key)


def _wishes(environ: Mapping[str, str], *, persist: bool | None) -> Wishes:
    return Wishes(
        persist=persist,
        external_db=is_on(environ.get("ARC_DB_EXTERNAL")),
        use_aws=is_on(environ.get("ARC_LOCAL")),
    )
