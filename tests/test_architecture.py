"""The shape of the house: layers, sizes, names, and what may load what."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter import cli as import_linter

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "sandbox"
TESTS = ROOT / "tests"
LONGEST_FUNCTION = 60
LONGEST_MODULE = 400
WIDEST_CLASS = 24
HEAVY = {"moto", "boto3", "botocore", "werkzeug", "jwcrypto", "watchdog", "yaml"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def all_test_files() -> list[Path]:
    return sorted(TESTS.rglob("test_*.py"))


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert function.end_lineno is not None
    length = function.end_lineno - function.lineno + 1
    docstring = ast.get_docstring(function, clean=False)
    return length - (docstring.count("\n") + 1 if docstring else 0)


@pytest.mark.slow
def test_imports_point_down() -> None:
    """Every layer imports only what lies below it, and the core does no I/O."""
    assert import_linter.lint_imports(config_filename=str(ROOT / "pyproject.toml")) == 0


def test_functions_are_short() -> None:
    """No function is longer than a screen."""
    long = {
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in modules()
        for function in functions_of(path)
        if body_length(function) > LONGEST_FUNCTION
    }

    assert long == set()


def test_modules_are_short() -> None:
    """A module that answers more than one question is split."""
    long = {
        str(path.relative_to(ROOT))
        for path in modules()
        if len(path.read_text().splitlines()) > LONGEST_MODULE
    }

    assert long == set()


def test_classes_are_narrow() -> None:
    """A class that does everything is split."""
    wide = {
        f"{path.relative_to(ROOT)} {node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        and sum(isinstance(n, ast.FunctionDef) for n in node.body) > WIDEST_CLASS
    }

    assert wide == set()


def test_each_test_file_mirrors_a_module() -> None:
    """Whoever opens a module finds its tests under the same name."""
    lost = {
        str(path.relative_to(TESTS))
        for path in all_test_files()
        if path.parent != TESTS
        and path.parent.relative_to(TESTS).parts[0] != "end_to_end"
        and not (PACKAGE / path.parent.relative_to(TESTS) / path.name[5:]).exists()
        and not (PACKAGE / path.parent.relative_to(TESTS) / path.stem[5:]).is_dir()
    }

    assert lost == set()


def test_each_test_says_what_it_promises() -> None:
    """Every test has a sentence that says what holds."""
    silent = {
        f"{path.relative_to(ROOT)} {function.name}"
        for path in all_test_files()
        for function in functions_of(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    }

    assert silent == set()


@pytest.mark.slow
@pytest.mark.parametrize("module", ["sandbox", "sandbox.cli", "sandbox.errors"])
def test_nothing_heavy_is_loaded_before_it_is_needed(module: str) -> None:
    """`--help` pays for none of the libraries that a running sandbox needs."""
    assert HEAVY & loaded_by(module) == set()


@pytest.mark.slow
def test_the_inspector_is_not_loaded_before_it_is_needed() -> None:
    """The first answer waits for nothing that only people and tools look at."""
    loaded = {
        name for name in loaded_by("sandbox.sandbox") if "sandbox.inspector." in name
    }

    assert loaded == {"sandbox.inspector.feed"}


def loaded_by(module: str) -> set[str]:
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(loaded.stdout.split())
