"""What Node is started with."""

from pathlib import Path

import pytest

from sandbox.workers.node_flags import NodeFlags

REQUIRE = "--no-experimental-require-module"
DETECT = "--no-experimental-detect-module"


@pytest.fixture
def node(tmp_path: Path):
    """Give a function that makes a `node` which knows no flag with a given word."""

    def make(unknown: str) -> str:
        program = tmp_path / "node"
        program.write_text(
            f"#!/bin/sh\necho x >> {tmp_path}/calls\n"
            f'case "$*" in *{unknown}*) exit 9;; esac\n'
        )
        program.chmod(0o755)
        return str(program)

    return make


@pytest.mark.parametrize(
    ("runtime", "options", "flags"),
    [
        ("AWS_Lambda_nodejs20.x", "", (REQUIRE, DETECT)),
        ("AWS_Lambda_nodejs22.x", "", (REQUIRE, DETECT)),
        ("AWS_Lambda_nodejs22.x", "-r x --experimental-require-module", (DETECT,)),
        ("AWS_Lambda_nodejs22.x", "--experimental-detect-module", (REQUIRE,)),
        ("AWS_Lambda_nodejs24.x", "", ()),
        ("", "", ()),
    ],
)
def test_flags_are_those_of_lambdas_runtime(node, runtime, options, flags):
    """Before Node.js 24 both features are off, unless NODE_OPTIONS has them on."""
    environment = {"AWS_EXECUTION_ENV": runtime, "NODE_OPTIONS": options}

    assert NodeFlags().of(node("nothing"), environment) == flags


@pytest.mark.parametrize(
    ("unknown", "flags"), [("require", (DETECT,)), ("experimental", ())]
)
def test_flags_that_a_node_does_not_know_are_left_out(node, unknown, flags):
    """An older Node has not the feature either."""
    environment = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}

    assert NodeFlags().of(node(unknown), environment) == flags


def test_a_program_is_asked_once(node, tmp_path):
    """Further workers wait for no further process."""
    flags, program = NodeFlags(), node("nothing")
    environment = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}

    flags.of(program, environment)
    flags.of(program, environment)

    assert (tmp_path / "calls").read_text() == "x\n"
