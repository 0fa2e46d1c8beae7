"""The options that many commands share."""

from pathlib import Path
from typing import get_args

import click

from sandbox.project.model import ApiType

cwd_option = click.option(
    "--cwd",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The app's folder.  [default: this one]",
)
api_type_option = click.option(
    "--api-type",
    type=click.Choice(get_args(ApiType)),
    envvar="ARC_API_TYPE",
    show_envvar=True,
    hidden=True,
)
format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
