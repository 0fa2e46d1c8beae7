"""Runs targets, each in a process of its own, since libFuzzer ends its process."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["sandbox", "wsproto"], enable_loader_override=False
):
    from tests.fuzz.targets import EXAMPLES, TARGETS


def main() -> None:
    """Fuzz as asked; ends with 1 where any target failed."""
    asked = _options().parse_args()
    if asked.replay:
        TARGETS[asked.targets[0]](asked.replay.read_bytes())
        return
    if asked.inner:
        _fuzz(asked.targets[0], asked.corpus, asked.runs)
    failed = [name for name in asked.targets or TARGETS if not _run(name, asked)]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _run(name: str, asked: argparse.Namespace) -> bool:
    """Run one target in a process; tells whether nothing was found."""
    with tempfile.TemporaryDirectory() as corpus:
        for number, example in enumerate(EXAMPLES[name]):
            Path(corpus, str(number)).write_bytes(example)
        inner = [sys.executable, "-m", "tests.fuzz", name, "--inner"]
        command = [*inner, f"--corpus={corpus}", f"--runs={asked.runs}"]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    lines = done.stderr.splitlines()
    summary = [line for line in lines if line.startswith(("Done", "artifact_prefix"))]
    sys.stdout.write(f"{name}: {' '.join(summary) or 'failed'}\n")
    if done.returncode:
        sys.stdout.write(f"{done.stderr[-4000:]}\nended with {done.returncode}\n")
    sys.stdout.flush()
    return not done.returncode


def _fuzz(name: str, corpus: Path, runs: int) -> None:
    """Never returns."""
    arguments = [sys.argv[0], f"-atheris_runs={runs}", "-max_len=4096", "-timeout=20"]
    arguments.append(f"-artifact_prefix={tempfile.gettempdir()}/arc-fuzz-{name}-")
    atheris.Setup([*arguments, str(corpus)], TARGETS[name])
    atheris.Fuzz()


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("python -m tests.fuzz", description=__doc__)
    options.add_argument(
        "targets",
        nargs="*",
        choices=[*TARGETS, []],  # Python 3.11 looks for the default among them
        metavar="target",
        help=f"{', '.join(TARGETS)}; all of them where none is named",
    )
    options.add_argument("--runs", type=int, default=100_000, help="of each target")
    options.add_argument("--replay", type=Path, help="run one input once")
    options.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    return options


if __name__ == "__main__":
    main()
