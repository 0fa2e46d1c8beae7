"""A small soak: sessions count right while code, workers and clock are attacked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_sessions_count_right_under_attack() -> None:
    """No wrong answer, no lost increment, nothing left over afterwards."""
    command = [sys.executable, "-m", "tests.benchmarks.soak", "--requests", "700"]

    soaked = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    figures = json.loads(soaked.stdout)

    assert soaked.returncode == 0, soaked.stdout + soaked.stderr
    assert figures["wrong"] == []
    assert figures["edits"] * figures["kills"] * figures["clock_moves"] > 0
