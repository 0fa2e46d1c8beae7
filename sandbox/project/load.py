"""The only reader of an app's folder: the disk in, a `Project` out."""

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sandbox.errors import (
    RAISE_FILE_LIMIT,
    Problem,
    ProjectError,
    WorldError,
    is_file_shortage,
)
from sandbox.manifest.formats import parse_manifest, parse_package
from sandbox.manifest.nodes import Manifest
from sandbox.manifest.parser import parse_arc
from sandbox.manifest.source_text import SourceText
from sandbox.project.build import build_project
from sandbox.project.files import Files, Kind
from sandbox.project.functions import PACKAGE_FILE
from sandbox.project.model import Project
from sandbox.project.preferences import DOTENV_FILE, PREFERENCES_FILES
from sandbox.project.reading import READABLE
from sandbox.project.settings import DEFAULT_REGION

MANIFEST_FILES = ("app.arc", ".arc", "arc.json", "arc.yaml", "arc.yml")
"""The first one that exists is the manifest; else package.json may hold one."""
_DEFAULT_MANIFEST = "@app\napp-default\n@http\n@static"


class DiskFiles:
    """Answers from the real disk; a path that no disk can have is just absent.

    Raises:
        WorldError: no more files can be opened, which tells nothing about the disk.
    """

    def present(self, folder: str, names: Sequence[str]) -> tuple[str, ...]:
        """Give those of `names` that exist directly in `folder`, in their order."""
        try:
            found = set(os.listdir(folder))  # noqa: PTH208 - a third of Path's cost
        except (OSError, ValueError) as error:
            _refuse_shortage(folder, error)
            return ()
        return tuple(name for name in names if name in found)

    def read(self, path: str) -> str | None:
        """Give a file's text (UTF-8, bad bytes replaced), or None if unreadable."""
        try:
            return Path(path).read_bytes().decode("utf-8", "replace")
        except (OSError, ValueError) as error:
            _refuse_shortage(path, error)
            return None

    def kind(self, path: str) -> Kind | None:
        """Tell what is at `path`; None for nothing."""
        try:
            mode = Path(path).stat().st_mode
        except (OSError, ValueError):
            return None
        return "folder" if stat.S_ISDIR(mode) else "file"


def _refuse_shortage(path: str, error: OSError | ValueError) -> None:
    """Tell a file that cannot be opened now from one that is absent."""
    if isinstance(error, OSError) and is_file_shortage(error):
        raise WorldError(
            f'"{path}" cannot be read: {error.strerror}.', remedy=RAISE_FILE_LIMIT
        ) from error


def load_project(
    root: Path, *, home: Path | None, environ: Mapping[str, str]
) -> Project:
    """Read an app's folder.

    Args:
        root: the app's folder.
        home: the developer's home folder, for preferences; None leaves it out.
        environ: of which AWS_REGION counts.

    Raises:
        ManifestSyntaxError: the manifest does not parse.
        ProjectError: it parses, but describes no app that Architect would take.
    """
    return read_project(DiskFiles(), root=root, home=home, environ=environ)


def read_project(
    files: Files, *, root: Path, home: Path | None, environ: Mapping[str, str]
) -> Project:
    """Read an app's folder through `files`; raises what `load_project` does."""
    root = Path(os.path.abspath(root))  # noqa: PTH100 - resolve() follows links
    manifest_file, manifest = _read_manifest(files, root)
    project = build_project(
        manifest,
        files,
        root=root,
        manifest_file=manifest_file,
        home=home,
        region=environ.get("AWS_REGION") or DEFAULT_REGION,
    )
    return replace(project, source_files=_source_files(project, home))


def usable(project: Project) -> Project:
    """Give a project that can be run.

    Raises:
        ProjectError: it can only be read, as `@sandbox` sets what means nothing.
    """
    if project.preferences.problems:
        raise ProjectError(project.preferences.problems)
    return project


def _read_manifest(files: Files, root: Path) -> tuple[Path | None, Manifest]:
    """Give the manifest and its file; the default project's has none."""
    present = files.present(str(root), (*MANIFEST_FILES, PACKAGE_FILE))
    for name in present:
        text = files.read(str(root / name))
        if text is None:
            raise SourceText("", name).error(
                f'"{name}" cannot be read as a file.',
                offset=0,
                remedy=READABLE,
            )
        if name != PACKAGE_FILE:
            return root / name, parse_manifest(text, file=name)
        manifest = parse_package(text, file=name)
        if manifest:
            return root / name, manifest
    kind = files.kind(str(root))
    if kind != "folder":
        raise ProjectError((_gone(root) if kind is None else _no_folder(root),))
    return None, parse_arc(_DEFAULT_MANIFEST, file="app.arc")


def _gone(root: Path) -> Problem:
    """Tell of a folder that is not there: its tables and rows wait for its return."""
    return Problem(
        message=f'The app\'s folder "{root}" is not there.',
        remedy="Bring it back, and the next request is served again; or, where the "
        "path is wrong, name the folder that holds app.arc.",
    )


def _no_folder(root: Path) -> Problem:
    return Problem(
        message=f'"{root}" is a file, and no app\'s folder.',
        remedy="Name the folder that holds app.arc.",
    )


def _source_files(project: Project, home: Path | None) -> tuple[Path, ...]:
    """Give the files whose change may change the project; some may not exist."""
    root = project.root
    names = (*MANIFEST_FILES, PACKAGE_FILE, *PREFERENCES_FILES, DOTENV_FILE)
    files = [root / name for name in names]
    if home:
        files += [home / name for name in PREFERENCES_FILES]
    configs = [f.config_file for f in project.functions if f.config_file]
    return tuple(dict.fromkeys([*files, *configs]))
