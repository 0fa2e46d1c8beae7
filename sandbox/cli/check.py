"""`arc-sandbox check`: what is wrong in an app, and what will bite; no server."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from sandbox.cli.console import LEVEL_COLOURS, notice_text
from sandbox.cli.options import cwd_option, format_option
from sandbox.cli.shell import shell_options
from sandbox.errors import EXIT_APP_IS_WRONG, AppError, Problem, SourceLocation
from sandbox.json_value import JsonValue
from sandbox.notice import Notice
from sandbox.project.advice import Advice
from sandbox.project.load import load_project, usable
from sandbox.wiring.adviser import NOTICE_LEVELS, advice_text, advise_all
from sandbox.wiring.surroundings import collect_surroundings

EXIT_WILL_BITE = 1


@click.command("check")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@format_option
@cwd_option
def check_command(*, strict: bool, output_format: str, cwd: Path) -> None:
    """Show what is wrong in an app, and what is legal but will bite.

    Exit codes: 0 where there is no error (with --strict: no warning either), 1 where
    there is one, 2 for a folder without an app that can run. ARC_ENV decides whose
    variables count.
    """
    try:
        advice = check(cwd)
    except AppError as error:
        if output_format == "text":
            raise
        click.echo(_as_json(_problem_rows(error)))
        sys.exit(EXIT_APP_IS_WRONG)
    if output_format == "json":
        click.echo(_as_json([_advice_row(one) for one in advice]))
    else:
        click.echo(_as_text(advice))
    failing = ("error", "warning") if strict else ("error",)
    if any(one.level in failing for one in advice):
        sys.exit(EXIT_WILL_BITE)


def check(folder: Path) -> tuple[Advice, ...]:
    """Give all advice about the app in `folder`, what its manifest says too.

    Raises:
        AppError: the folder holds no app that can be run.
    """
    options = shell_options(os.environ, say=_say)
    project = usable(load_project(folder, home=options.home, environ=options.shell))
    advice = advise_all(project, collect_surroundings(project, options))
    return tuple(map(_as_advice, project.warnings)) + advice


def _say(notice: Notice) -> None:
    click.echo(notice_text(notice), err=True)


def _as_advice(problem: Problem) -> Advice:
    return Advice(
        level="warning",
        code="manifest",
        what=problem.message,
        where=problem.location,
        why="",
        fix=problem.remedy,
    )


def _as_text(advice: Sequence[Advice]) -> str:
    counts = ", ".join(
        _counted(sum(one.level == level for one in advice), level)
        for level in ("error", "warning", "hint")
    )
    return "\n\n".join([*map(_block, advice), f"{counts.capitalize()}."])


def _block(advice: Advice) -> str:
    colour = LEVEL_COLOURS[NOTICE_LEVELS[advice.level]]
    label = click.style(f"{advice.level}:", fg=colour, bold=True)
    return f"{label} {advice_text(advice)}".replace("\n", "\n    ")


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _as_json(rows: list[dict[str, JsonValue]]) -> str:
    return json.dumps(rows, indent=2, ensure_ascii=False)


def _advice_row(advice: Advice) -> dict[str, JsonValue]:
    return {
        "level": advice.level,
        "code": advice.code,
        "what": advice.what,
        "where": _place(advice.where),
        "why": advice.why,
        "fix": advice.fix,
    }


def _problem_rows(error: AppError) -> list[dict[str, JsonValue]]:
    return [
        {
            "level": "error",
            "code": "refused",
            "what": problem.message,
            "where": _place(problem.location),
            "why": "The app cannot be run.",
            "fix": problem.remedy,
        }
        for problem in error.problems
    ]


def _place(location: SourceLocation | None) -> JsonValue:
    if location is None:
        return None
    return {"file": location.file, "line": location.line, "column": location.column}
