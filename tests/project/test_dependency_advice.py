"""Advice about packages: what a function will lack, and where `arc deploy` stops."""

from typing import Any

import pytest

from sandbox.errors import SourceLocation
from sandbox.project.advice import Hindrance, LeftBehind, Surroundings, Unlisted
from sandbox.project.dependency_advice import advise_dependencies
from tests.functions import function_of

HERE = SourceLocation(file="src/http/get-index/index.py", line=1)
FOLDER = "src/http/get-index"


def lacking(hindrance: Hindrance = "unnamed", **fields: Any) -> LeftBehind:
    given = {"function": function_of(), "module": "yaml", "package": "PyYAML", **fields}
    return LeftBehind(hindrance=hindrance, folder=FOLDER, where=HERE, **given)


@pytest.mark.parametrize(
    ("arc_imports", "requirements", "count"),
    [
        ((HERE,), frozenset(), 1),
        ((HERE, HERE), frozenset({"boto3"}), 1),
        ((HERE,), frozenset({"architect-functions"}), 0),
        ((), frozenset(), 0),
    ],
)
def test_the_helper_is_missed_in_requirements(
    arc_imports: Any, requirements: frozenset[str], count: int
) -> None:
    """Once, at the first import: deployed, the function would not load."""
    found = advise_dependencies(
        Surroundings(arc_imports=arc_imports, requirements=requirements)
    )

    assert [advice.code for advice in found] == ["arc-requirement"] * count
    assert all(advice.where == HERE for advice in found)


@pytest.mark.parametrize(
    ("version", "count"),
    [
        ("3.14.2", 1),
        ("4.1.2", 1),
        ("5.0.0", 0),
        ("8.1.10", 0),
        ("10.0.0", 0),
        ("next", 0),
        (None, 0),
    ],
)
def test_a_node_helper_before_5_is_told(version: str | None, count: int) -> None:
    """It asks for variables that Architect sets no more, and waits for what is none."""
    found = advise_dependencies(Surroundings(npm_helper=version))

    assert [advice.code for advice in found] == ["helper-outdated"] * count
    assert all(f'functions" {version} ' in advice.what for advice in found)


@pytest.mark.parametrize(
    ("requirements", "code"),
    [
        (frozenset[str](), "arc-requirement"),
        (frozenset({"architect-functions"}), "dependency-missing"),
    ],
)
def test_the_helper_is_missed_once(requirements: frozenset[str], code: str) -> None:
    """Where no file names it, the app lacks it; else the one function does."""
    found = advise_dependencies(
        Surroundings(
            arc_imports=(HERE,),
            requirements=requirements,
            left_behind=(lacking(module="arc", package="architect-functions"),),
        )
    )

    assert [advice.code for advice in found] == [code]


def test_a_package_is_told_once() -> None:
    """With the first function that lacks it, and how many do so too."""
    others = [lacking(function=function_of(f"get /{name}")) for name in "bc"]
    another = lacking(module="jwt", package="PyJWT")

    found = advise_dependencies(Surroundings(left_behind=(lacking(), another, *others)))

    assert [advice.what for advice in found] == [
        '"get /" imports "jwt", which its requirements.txt does not name.',
        '"get /" imports "yaml", which its requirements.txt does not name. '
        "The same goes for 2 more.",
    ]
    assert [advice.level for advice in found] == ["warning", "warning"]
    assert found[1].where == HERE
    assert found[1].fix == f'Add the line "PyYAML" to {FOLDER}/requirements.txt.'


@pytest.mark.parametrize(
    ("runtime", "hindrance", "fact", "fix"),
    [
        ("python3.12", "not-hydrated", "hydrate false", f"{FOLDER}/requirements.txt"),
        (
            "python3.11",
            "one-of-several",
            "another package for",
            f"{FOLDER}/requirements.txt",
        ),
        ("nodejs22.x", "unnamed", "package.json does not name it", "npm install"),
        ("nodejs22.x", "development", "has in devDependencies", "--save-prod"),
        ("nodejs22.x", "not-hydrated", "hydrate false", "npm install"),
        ("nodejs22.x", "sdk-v2", "Lambda no longer has", "@aws-sdk/"),
        ("nodejs22.x", "re-exported", '"export … from"', f"in {HERE.file}"),
    ],
)
def test_each_reason_has_its_remedy(
    runtime: str, hindrance: Hindrance, fact: str, fix: str
) -> None:
    """Whoever reads it can mend it without knowing how `arc deploy` works."""
    one = lacking(hindrance, function=function_of(runtime=runtime), package="aws-sdk")

    (found,) = advise_dependencies(Surroundings(left_behind=(one,)))

    assert fact.replace(" it", "") in found.what.replace(" it", "")
    assert fix in found.fix
    is_python = runtime.startswith("python")
    assert ("ImportModuleError" if is_python else '"Cannot find …"') in found.why


@pytest.mark.parametrize(
    ("module", "why"), [(None, "no Python after 3.11"), ("shared", '"shared"')]
)
def test_a_stop_of_the_deployment_is_a_hint(module: str | None, why: str) -> None:
    """`arc deploy` tells it too, and nothing has been deployed then."""
    one = Unlisted(function=function_of(), folder=FOLDER, module=module)
    other = Unlisted(function=function_of("post /"), folder="src/other", module="other")

    (found,) = advise_dependencies(Surroundings(unlisted=(one, other)))

    assert (found.level, found.code) == ("hint", "requirements-missing")
    assert found.what.startswith('"get /" has no requirements.txt')
    assert found.what.endswith("stops there. The same goes for 1 more.")
    assert why in found.why
    assert f"{FOLDER}/requirements.txt" in found.fix
