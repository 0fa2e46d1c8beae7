"""Holds which file holds a handler, for each runtime."""

import pytest

from sandbox.project.runtimes import alias_of, handler_file, language, remedy_for


@pytest.mark.parametrize(
    ("runtime", "present", "package_type", "expected"),
    [
        ("python3.13", (), None, ("lambda.py", None)),
        ("python3.13", ("handler.py", "index.py"), None, ("handler.py", None)),
        ("nodejs22.x", (), None, ("app.mjs", "esm")),
        ("nodejs22.x", ("index.mjs", "index.js"), None, ("index.js", "cjs")),
        ("nodejs22.x", ("index.js",), "module", ("index.js", "esm")),
        ("nodejs22.x", (), "commonjs", ("app.js", "cjs")),
        ("nodejs22.x", ("index.cjs",), "module", ("index.cjs", "cjs")),
        ("ruby3.3", ("index.rb",), None, ("index.rb", None)),
        ("deno", (), None, ("mod.ts", None)),
        ("java21", (), None, ("app", None)),
    ],
)
def test_handler_file_follows_the_runtime(
    runtime: str,
    present: tuple[str, ...],
    package_type: str | None,
    expected: tuple[str, str | None],
) -> None:
    """Only Node without an index file, and compiled runtimes, follow the setting."""
    assert handler_file(runtime, "app", present, package_type) == expected


@pytest.mark.parametrize(
    ("runtime", "expected"),
    [
        ("python3.13", "python"),
        ("nodejs22.x", "nodejs"),
        ("java8.al2", "java"),
        ("provided.al2023", "provided"),
        ("dotnet8", "dotnet"),
        ("deno", "deno"),
    ],
)
def test_language_is_the_runtime_without_its_version(
    runtime: str, expected: str
) -> None:
    """Versions and platforms fall away."""
    assert language(runtime) == expected


def test_alias_of_takes_any_case() -> None:
    """Aliases are Architect's; a full name is none."""
    assert alias_of("Py") == "python3.12"
    assert alias_of("Node.js") == "nodejs20.x"
    assert alias_of("python3.13") is None


NODE = "Write nodejs20.x, nodejs22.x or nodejs24.x."


@pytest.mark.parametrize(
    ("runtime", "expected"),
    [
        ("nodejs18.x", f"AWS has retired it. {NODE}"),
        ("nodejs14.x", f"AWS has retired it. {NODE}"),
        ("nodejs99.x", NODE),
        ("nodejs22", NODE),
        ("dotnet6", "AWS has retired it. Write dotnet8."),
        ("java8", "Write java8.al2, java11, java17 or java21."),
        ("provided", "Write provided.al2 or provided.al2023."),
    ],
)
def test_a_runtime_that_lambda_lacks_is_led_to_its_successors(
    runtime: str, expected: str
) -> None:
    """Only names of the same language help, and what is older than all is retired."""
    assert remedy_for(runtime) == expected


@pytest.mark.parametrize("runtime", ["python3.8", "python2.7"])
def test_a_retired_python_is_compared_by_numbers(runtime: str) -> None:
    """3.8 is older than 3.14."""
    remedy = remedy_for(runtime)

    assert remedy.startswith("AWS has retired it. Write python3.9, python3.10")


@pytest.mark.parametrize("runtime", ["cobol", 22, None, True])
def test_an_unknown_language_is_offered_every_runtime(runtime: object) -> None:
    """Nothing is nearer than anything else."""
    assert remedy_for(runtime).startswith("Write one of: deno dotnet8 ")
