"""What a worker that nobody forked has imported before it is told its function."""

import pytest

from sandbox.exchange import Returned

PID = "import os\ndef handler(event, context): return os.getpid()\n"
AWS = "import boto3\n" + PID
SESSION = """
import boto3

def handler(event, context):
    own = boto3.session.Session()
    return [boto3.DEFAULT_SESSION, own.get_credentials(), own.region_name]
"""


@pytest.fixture
def spares_of(wait_until):
    """Give a function that waits until so many are held, and gives them."""

    def look(pool, count):
        wait_until(lambda: len(pool.statistics().spare_pids) == count)
        return pool.statistics().spare_pids

    return look


@pytest.mark.parametrize("source", [PID, AWS])
def test_the_first_worker_was_begun_with_the_pool(app, invoke, source):
    """Where nothing can be forked, an interpreter has begun when a request comes."""
    function = app.function("pid", source)
    pool = app.pool(can_fork=False)
    spares = pool.statistics().spare_pids

    execution = invoke(pool, function)

    assert execution.outcome == Returned(value=execution.worker_pid)
    assert execution.worker_pid in spares


def test_each_new_worker_has_begun_before(app, invoke, spares_of):
    """So it is after each save, and rows of saves."""
    function = app.function("pid", AWS)
    pool = app.pool(can_fork=False)
    pids = []
    for number in range(3):
        app.function("pid", f"{AWS}# {number}")
        before = spares_of(pool, 2)
        pids.append(invoke(pool, function).worker_pid)
        assert pids[-1] in before
        pool.tick()

    assert len(set(pids)) == 3


def test_there_is_one_for_functions_without_aws_too(app, invoke):
    """They need not wait for the imports of others."""
    plain = app.function(
        "plain", "import sys\ndef handler(e, c): return 'botocore' in sys.modules"
    )
    aws = app.function(
        "aws", "import sys, boto3\ndef handler(e, c): return 'botocore' in sys.modules"
    )
    pool = app.pool(can_fork=False)

    assert len(pool.statistics().spare_pids) == 2
    assert invoke(pool, plain).outcome == Returned(value=False)
    assert invoke(pool, aws).outcome == Returned(value=True)
    assert pool.statistics().spare_pids == ()


def test_an_app_that_comes_to_import_more_has_no_more_of_them(app, invoke):
    """What was begun for its code of before would be held for ever."""
    function = app.function("pid", f"import botocore\n{PID}")
    pool = app.pool(can_fork=False)
    before = pool.statistics().spare_pids
    app.function("pid", AWS)

    execution = invoke(pool, function)
    pool.tick()

    assert execution.worker_pid in before
    assert len(pool.statistics().spare_pids) == 2


def test_a_function_with_a_module_of_that_name_has_an_interpreter_of_its_own(
    app, invoke
):
    """It would get the installed one, which is imported already."""
    app.write("src/http/get-own/urllib.py", "WHOSE = 'mine'")
    function = app.function(
        "own", "import urllib\ndef handler(e, c): return urllib.WHOSE"
    )
    pool = app.pool(can_fork=False)
    spares = pool.statistics().spare_pids

    execution = invoke(pool, function)

    assert execution.outcome == Returned(value="mine")
    assert execution.worker_pid not in spares
    assert pool.statistics().spare_pids == spares


def test_what_is_imported_ahead_leaves_no_session(app, invoke):
    """Neither credentials, nor a region, nor a default session."""
    function = app.function("session", SESSION)

    found = invoke(app.pool(can_fork=False), function).outcome

    assert found == Returned(value=[None, None, None])


def test_a_name_of_the_sandbox_is_the_handlers_own(app, invoke):
    """What runs the worker was imported before, under names that an app may have."""
    app.write("src/http/get-own/vendor/sandbox/__init__.py", "WHOSE = 'mine'")
    function = app.function(
        "own", "import sandbox\ndef handler(e, c): return sandbox.WHOSE"
    )
    pool = app.pool(can_fork=False)
    spares = pool.statistics().spare_pids

    execution = invoke(pool, function)

    assert execution.outcome == Returned(value="mine")
    assert execution.worker_pid in spares


def test_an_app_without_python_has_none(app):
    """Its memory would be for nothing."""
    assert app.pool(can_fork=False).statistics().spare_pids == ()
