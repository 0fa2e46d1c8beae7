"""Holds what the group of commands says before any of them runs."""

import click.testing
import pytest

from sandbox.cli import main


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("strat", "Error: No such command 'strat'. Did you mean 'start'?"),
        ("session", "Error: No such command 'session'. Did you mean 'sessions'?"),
        ("deploy", "Error: No such command 'deploy'."),
    ],
)
def test_a_mistyped_command_is_told_with_what_is_near(typed: str, told: str) -> None:
    """As a mistyped option is."""
    result = click.testing.CliRunner().invoke(main, [typed])

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == told


def test_a_mistyped_option_of_the_group_is_an_option() -> None:
    """It is no command to look for."""
    result = click.testing.CliRunner().invoke(main, ["--versoin"])

    assert "No such option" in result.stderr
