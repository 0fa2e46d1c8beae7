"""The texts of .env and prefs.arc in, the place of each variable out.

The places carry no source line: what is written there may be a secret.
"""

from collections.abc import Mapping

from sandbox.errors import ManifestSyntaxError, SourceLocation
from sandbox.manifest.formats import parse_manifest
from sandbox.project.dotenv import read_assignments, with_plain_line_ends
from sandbox.project.model import Stage


def dotenv_places(text: str, *, file: str) -> dict[str, SourceLocation]:
    """Find the line that sets each variable of a .env file."""
    return {
        found.name: SourceLocation(file=file, line=found.line)
        for found in read_assignments(with_plain_line_ends(text))
    }


def preferences_places(
    text: str, *, file: str, stage: Stage
) -> dict[str, SourceLocation]:
    """Find the line that sets each variable of a stage under `@env`; none if broken."""
    try:
        items = parse_manifest(text, file=file).items("env") or ()
    except ManifestSyntaxError:
        return {}
    places: dict[str, SourceLocation] = {}
    for item in items:
        if isinstance(item.value, Mapping) and stage in item.value:
            # A stage that is written twice counts as the last one says.
            places = {
                name: SourceLocation(file=file, line=line)
                for name, line in item.key_lines.items()
            }
    return places
