"""The child's side of a Python seed program: runs it and reports its rows.

Started as `python -P -m sandbox.tables.seed_child FILE ROOT`; the report is one line of
JSON on standard output, `{"rows": …}` or `{"error": "…"}`.
"""

import contextlib
import json
import runpy
import sys
import traceback
from pathlib import Path
from types import TracebackType

from sandbox.tables.seed_program import tag


def main(file: Path, root: Path) -> int:
    """Run `file` with `root` on the search path; give the exit code."""
    sys.path.insert(0, str(root))
    report = sys.stdout
    # What the program prints must not mix with the report.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            line = json.dumps({"rows": rows_of(runpy.run_path(str(file)))}, default=tag)
        except Exception as error:  # noqa: BLE001 - the developer's code may raise any
            traceback.print_exception(error.with_traceback(_from(file, error)))
            line = json.dumps({"error": f"{type(error).__name__}: {error}"})
    report.write(f"{line}\n")
    return 0 if line.startswith('{"rows"') else 1


def _from(file: Path, error: BaseException) -> TracebackType | None:
    """Give the traceback from the developer's file on; None where it is not in."""
    step = error.__traceback__
    while step is not None and step.tb_frame.f_code.co_filename != str(file):
        step = step.tb_next
    return step


def rows_of(module: dict[str, object]) -> object:
    """Give what the module calls `seed`: an object, or what that function returns.

    Raises:
        NameError: it has no such name.
    """
    if "seed" not in module:
        raise NameError('it sets no "seed"; write: seed = {"table-name": [{...}]}')
    seed = module["seed"]
    return seed() if callable(seed) else seed


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
