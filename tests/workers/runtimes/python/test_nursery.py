"""What the worker's side loads, and what forked workers inherit."""

import subprocess
import sys

from sandbox.exchange import Returned
from sandbox.workers.interpreter import interpreter_command


def test_the_workers_side_loads_the_standard_library_alone():
    """A fresh interpreter finds no installed module behind worker or nursery."""
    probe = (
        "import sys, sandbox.workers.runtimes.python.serve, "
        "sandbox.workers.runtimes.python.ahead, "
        "sandbox.workers.runtimes.python.nursery; "
        "names = {n.partition('.')[0] for n in sys.modules}; "
        "print(*sorted(names - set(sys.stdlib_module_names)))"
    )
    found = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path.append('.'); {probe}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=interpreter_command("serve", 3, 4)[-1],
    )

    assert found.stdout.split() == ["__main__", "sandbox"]


def test_forked_workers_inherit_no_session(app, invoke):
    """Warming leaves neither credentials nor a default session behind."""
    function = app.function(
        "f",
        """
        import boto3

        def handler(event, context):
            own = boto3.session.Session()
            return [boto3.DEFAULT_SESSION, own.get_credentials(), own.region_name]
        """,
    )

    assert invoke(app.pool(), function).outcome == Returned(value=[None, None, None])


def test_only_what_the_app_names_is_imported_ahead(app, invoke):
    """An app without AWS calls does not pay botocore's memory."""
    source = "import sys\ndef handler(e, c): return 'botocore' in sys.modules\n"
    bare = app.function("bare", source)
    pool = app.pool()
    before = invoke(pool, bare).outcome

    boto = app.function("boto", "import boto3\n" + source)
    other = app.function("other", source)
    outcomes = [invoke(pool, function).outcome for function in (boto, other)]

    assert before == Returned(value=False)
    assert outcomes == [Returned(value=True), Returned(value=True)]
