"""What a function imports + what is deployed with it → what it will lack on AWS.

`arc deploy` installs for each function what the list in its own folder names
(requirements.txt, package.json), and nothing else then; without one it looks through
the code for imports (`@architect/hydrate` 6.0.2, "autoinstall"). Here, a function finds
all that is installed at or above its folder.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sandbox.project.advice import (
    Advice,
    LeftBehind,
    Surroundings,
    Unlisted,
    with_others,
)

_FAILS = "fails with Runtime.ImportModuleError"
_NODE_FAILS = 'fails with "Cannot find …"'
_NOT_INSTALLED = 'and "hydrate false" keeps it from being installed'
_BEFORE_5 = re.compile(r"[0-4]\.")
"""Version 4.1.2 asks NODE_ENV where it is, 5.0.0 asks ARC_ENV and ARC_SANDBOX."""


def advise_dependencies(surroundings: Surroundings) -> tuple[Advice, ...]:
    """Give what functions will lack, and where `arc deploy` stops."""
    is_arc_named = "architect-functions" in surroundings.requirements
    return (
        *(() if is_arc_named else _missing_helper(surroundings)),
        *_outdated_helper(surroundings.npm_helper),
        *_left_behind(
            one
            for one in surroundings.left_behind
            if is_arc_named or one.module != "arc"  # told already
        ),
        *_unlisted(surroundings.unlisted),
    )


def _missing_helper(surroundings: Surroundings) -> Iterator[Advice]:
    if not surroundings.arc_imports:
        return
    yield Advice(
        level="warning",
        code="arc-requirement",
        what='The app has "import arc", and no requirements.txt names its package.',
        where=surroundings.arc_imports[0],
        why="The sandbox lends its own. Deployed, a function has it only where its "
        "folder has no requirements.txt and `arc deploy` finds the package installed; "
        f"else it {_FAILS}.",
        fix='Add the line "architect-functions" to requirements.txt.',
    )


def _outdated_helper(version: str | None) -> Iterator[Advice]:
    if version is None or not _BEFORE_5.match(version):
        return
    yield Advice(
        level="warning",
        code="helper-outdated",
        what=f'"@architect/functions" {version} is older than Architect 10: use 5 or '
        "later.",
        why="It goes by NODE_ENV and SESSION_TABLE_NAME, which neither the sandbox nor "
        "`arc deploy` sets. So it finds no tables, events and sessions: calls fail, or "
        "wait until the function times out.",
        fix='Run "npm install @architect/functions@latest".',
    )


def _left_behind(lacking: Iterable[LeftBehind]) -> Iterator[Advice]:
    """Tell of each package once, with the first function that lacks it."""
    alike = sorted(lacking, key=_package_and_hindrance)
    for _, group in groupby(alike, key=_package_and_hindrance):
        first, *others = group
        is_python = first.function.language == "python"
        fact, why, fix = (_of_python if is_python else _of_node)(first)
        yield Advice(
            level="warning",
            code="dependency-missing",
            what=with_others(f'"{first.function.name}" {fact}.', len(others)),
            where=first.where,
            why=why,
            fix=fix,
        )


def _package_and_hindrance(one: LeftBehind) -> tuple[str, str, str]:
    return one.function.language, one.package, one.hindrance


def _of_python(one: LeftBehind) -> tuple[str, str, str]:
    file = f"{one.folder}/requirements.txt"
    if one.hindrance == "not-hydrated":
        return (
            f'imports "{one.module}", {_NOT_INSTALLED}',
            f"Deployed, the function {_FAILS}.",
            f'Write the line "{one.package}" into {file}, which is installed all the '
            "same.",
        )
    if one.hindrance == "one-of-several":
        top = one.module.partition(".")[0]
        return (
            f'imports "{one.module}", and `arc deploy` has another package for "{top}"',
            "Without a requirements.txt, it installs one of those that share a name. "
            f"Deployed, the function {_FAILS}.",
            f'Write the line "{one.package}" into {file}, and likewise all else that '
            "the function imports: it then gets no more than that names.",
        )
    return (
        f'imports "{one.module}", which its requirements.txt does not name',
        f"Deployed, the function has only what that file names, and {_FAILS}.",
        f'Add the line "{one.package}" to {file}.',
    )


def _of_node(one: LeftBehind) -> tuple[str, str, str]:
    install = f'Run "npm install {one.package}" in {one.folder}'
    fails = f"Deployed, the function {_NODE_FAILS}."
    if one.hindrance == "sdk-v2":
        return (
            f'loads "{one.module}", which Lambda no longer has',
            "Its Node runtimes have only the AWS SDK v3, and `arc deploy` installs "
            f"neither by itself. {fails}",
            f'Use "@aws-sdk/…". Or {install[0].lower()}{install[1:]}, and likewise for '
            "all else that the function loads: with a package.json it gets no more "
            "than that names.",
        )
    if one.hindrance == "development":
        return (
            f'loads "{one.module}", which its package.json has in devDependencies',
            f"`arc deploy` leaves these out. {fails}",
            f"{install}, with --save-prod.",
        )
    if one.hindrance == "not-hydrated":
        return (
            f'loads "{one.module}", {_NOT_INSTALLED}',
            fails,
            f"{install}: what a package.json there names is installed all the same.",
        )
    if one.hindrance == "re-exported":
        return (
            f'loads "{one.module}" by "export … from" alone',
            f"`arc deploy` installs what is imported, and overlooks that. {fails}",
            f"Import what it has, and export that apart, in {one.where.file}.",
        )
    return (
        f'loads "{one.module}", which its package.json does not name',
        f"Deployed, a function with dependencies has only its own, and {_NODE_FAILS}.",
        f"{install}.",
    )


def _unlisted(functions: Sequence[Unlisted]) -> Iterator[Advice]:
    if not functions:
        return
    first = functions[0]
    yield Advice(
        level="hint",
        code="requirements-missing",
        what=with_others(
            f'"{first.function.name}" has no requirements.txt, and `arc deploy` stops '
            "there.",
            len(functions) - 1,
        ),
        why="It reads the function's imports then, and knows no Python after 3.11."
        if first.module is None
        else f'It reads the function\'s imports then, and takes "{first.module}" for a '
        "package that is not installed.",
        fix=f"Create {first.folder}/requirements.txt; it may be empty.",
    )
