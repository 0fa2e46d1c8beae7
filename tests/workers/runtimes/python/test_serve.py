"""What a Python handler sees, and what becomes of whatever it does."""

import signal

import pytest

from sandbox.exchange import Crashed, Invocation, Raised, Returned, TimedOut
from sandbox.json_value import JsonText

CONTEXT = """
    def handler(event, context):
        return {
            "name": context.function_name,
            "version": context.function_version,
            "arn": context.invoked_function_arn,
            "memory": context.memory_limit_in_mb,
            "has_id": len(context.aws_request_id) == 36,
            "remaining": context.get_remaining_time_in_millis(),
            "client": context.client_context,
            "identity": context.identity.cognito_identity_id,
        }
"""


def test_context_has_lambdas_attributes(run):
    """The context is an object as the developer guide documents it."""
    value = run(CONTEXT, memory_mb=512, timeout_seconds=3).outcome.value

    assert value.pop("name").startswith("sandbox-get-f")
    assert 2000 < value.pop("remaining") <= 3000
    assert value == {
        "version": "$LATEST",
        "arn": "sandbox",
        "memory": 512,
        "has_id": True,
        "client": None,
        "identity": None,
    }


def test_context_shows_what_it_holds(run):
    """Printed, it looks as on Lambda; no trace context came with the event."""
    value = run(
        """
        def handler(event, context):
            context.function_name = "name"
            context.aws_request_id = "id"
            return [repr(context), context.w3c()]
        """,
        memory_mb=512,
    ).outcome.value

    assert value == [
        "LambdaContext([aws_request_id=id,log_group_name=None,log_stream_name=None,"
        "function_name=name,memory_limit_in_mb=512,function_version=$LATEST,"
        "invoked_function_arn=sandbox,client_context=None,"
        "identity=CognitoIdentity([cognito_identity_id=None,"
        "cognito_identity_pool_id=None]),tenant_id=None])",
        {},
    ]


def test_handler_finds_its_surroundings(run, shared_app):
    """Folder, arguments, input, module and environment are a function's own."""
    execution = run(
        """
        import inspect, os, pickle, sys

        class Thing:
            pass

        def handler(event, context):
            return {
                "cwd_is_here": os.getcwd() == os.path.dirname(__file__),
                "argv_is_here": sys.argv == [__file__],
                "stdin": sys.stdin.read(),
                "module": __name__,
                "source": inspect.getsource(Thing),
                "pickled": type(pickle.loads(pickle.dumps(Thing()))).__name__,
                "environment": dict(os.environ),
                "path": sys.path[0] == os.getcwd(),
                "encoding": sys.stdout.encoding,
            }
        """
    )

    value = execution.outcome.value
    assert value["environment"].pop("_X_AMZN_TRACE_ID").startswith("Root=1-")

    assert execution.outcome == Returned(
        value={
            "cwd_is_here": True,
            "argv_is_here": True,
            "stdin": "",
            "module": "index",
            "source": "class Thing:\n    pass\n",
            "pickled": "Thing",
            "environment": shared_app.environment,
            "path": True,
            "encoding": "utf-8",
        }
    )


@pytest.mark.parametrize(
    "value", [None, 0, False, "", [], {"a": [1.5, None]}, "grüße ✓"]
)
def test_returned_values_pass_unchanged(run, value):
    """Falsy results are results, and text is text."""
    assert run(f"def handler(e, c): return {value!r}").outcome == Returned(value=value)


def test_named_tuples_become_objects(run):
    """A result is written as Lambda's runtime writes it."""
    execution = run(
        """
        from collections import namedtuple

        def handler(event, context):
            return [namedtuple("Point", "x y")(1, 2)]
        """
    )

    assert execution.outcome == Returned(value=[{"x": 1, "y": 2}])


@pytest.mark.parametrize(
    ("runtime", "is_refused"),
    [("python3.11", False), ("python3.12", True), ("python3.14", True)],
)
def test_half_a_surrogate_pair_is_refused_from_python_3_12_on(
    app, invoke, runtime, is_refused
):
    """Lambda's runtime writes UTF-8 from then on; whole pairs pass everywhere."""
    app.environment["AWS_EXECUTION_ENV"] = f"AWS_Lambda_{runtime}"
    function = app.function("half", "def handler(e, c): return ['\\U0001f600', e]")
    pool = app.pool()

    outcome = invoke(pool, function, "\ud800").outcome

    assert invoke(pool, function, "é").outcome == Returned(value=["\U0001f600", "é"])
    assert isinstance(outcome, Raised) == is_refused
    assert not is_refused or "surrogateescape" in outcome.remedy


def test_event_arrives_unchanged(run):
    """A megabyte of event comes back as it went."""
    event = {"body": "ü" * 500_000, "n": [1, 2.5, None]}

    assert run("def handler(e, c): return e", event).outcome == Returned(value=event)


@pytest.mark.parametrize(
    "text", ["9" * 5000, "[" * 200_000 + "]" * 200_000], ids=["digits", "depth"]
)
def test_event_that_python_cannot_read_is_told(app, text):
    """Lambda's runtime says so as well, and the worker stays as it is."""
    function = app.function("read", "def handler(event, context): return event")
    pool = app.pool()

    events = [JsonText("1"), JsonText(text), JsonText("2")]
    first, unread, last = (
        pool.invoke(Invocation(request_id=str(n), function=function, event=event))
        for n, event in enumerate(events)
    )

    assert isinstance(unread.outcome, Raised)
    assert unread.outcome.error_type == "Runtime.UnmarshalError"
    assert last.outcome == Returned(value=2)
    assert last.worker_pid == first.worker_pid


def test_exceptions_come_with_the_apps_frames(run):
    """Type, message, place and source line of the developer's own code."""
    outcome = run(
        """
        import json

        def handler(event, context):
            json.loads("{")
        """
    ).outcome

    assert isinstance(outcome, Raised)
    assert outcome.error_type == "JSONDecodeError"
    assert not outcome.while_loading
    first, *rest = outcome.stack
    assert (first.function, first.line) == ("handler", 5)
    assert (first.source_line, first.is_app_code) == ('json.loads("{")', True)
    assert rest
    assert not any(frame.is_app_code for frame in rest)
    assert "serve.py" not in outcome.trace
    assert outcome.trace.startswith("Traceback (most recent call last):")


@pytest.mark.parametrize(
    ("source", "error_type", "message"),
    [
        (
            "import no_such_module_at_all",
            "Runtime.ImportModuleError",
            "Unable to import module 'index': No module named 'no_such_module_at_all'",
        ),
        (
            "x = 1",
            "Runtime.HandlerNotFound",
            "Handler 'handler' missing on module 'index'",
        ),
        (
            "handler = 5",
            "Runtime.HandlerNotFound",
            "Handler 'handler' in module 'index' is not a function",
        ),
        ("raise RuntimeError('at import')", "RuntimeError", "at import"),
    ],
)
def test_failing_to_load_is_told_as_lambda_does(run, source, error_type, message):
    """Load failures have the runtime's own types."""
    outcome = run(source).outcome

    assert isinstance(outcome, Raised)
    assert (outcome.error_type, outcome.message) == (error_type, message)
    assert outcome.while_loading


def test_syntax_errors_name_file_and_line(run):
    """A handler that does not parse is shown where it does not."""
    outcome = run("def handler(event, context:\n    return 1\n").outcome

    assert outcome.error_type == "Runtime.UserCodeSyntaxError"
    assert outcome.stack[-1].file.endswith("index.py")
    assert outcome.stack[-1].line == 1
    assert outcome.stack[-1].is_app_code


@pytest.mark.parametrize(
    "expression",
    [
        "{1, 2}",
        "b'raw'",
        "float('nan')",
        "{'a': float('inf')}",
        "object()",
        "(i for i in [])",
    ],
)
def test_results_that_json_cannot_say_are_marshal_errors(run, expression):
    """Lambda's own name for it, and the worker goes on."""
    outcome = run(f"def handler(e, c): return {expression}").outcome

    assert isinstance(outcome, Raised)
    assert outcome.error_type == "Runtime.MarshalError"


def test_circular_and_deep_results_are_marshal_errors(run):
    """Neither a cycle nor a thousand levels end the worker."""
    source = """
        def handler(event, context):
            value = []
            if event == "cycle":
                value.append(value)
            for _ in range(100_000):
                value = [value]
            return value
    """
    for event in ("cycle", "deep"):
        assert run(source, event).outcome.error_type == "Runtime.MarshalError"


def test_async_handlers_are_told_how_to_run(run):
    """A coroutine is no result; nothing warns of one that is not awaited."""
    execution = run("async def handler(e, c): return 1")

    assert execution.outcome.error_type == "Runtime.MarshalError"
    assert "asyncio.run" in execution.outcome.remedy
    assert execution.output == ""


def test_a_table_that_is_asked_for_by_another_name_is_explained(run):
    """The manifest's name is not the table's; another service's absence is its own."""
    source = """
        import boto3

        def handler(message, context):
            client = boto3.client("dynamodb", region_name="us-west-2")
            answer = {
                "Error": {"Code": "ResourceNotFoundException", "Message": message}
            }
            raise client.exceptions.ResourceNotFoundException(answer, "Scan")
    """

    table = run(source, "Requested resource not found").outcome
    other = run(source, "Secrets Manager has no such secret.").outcome

    assert table.error_type == "ResourceNotFoundException"
    assert 'arc.tables.table("NAME")' in table.remedy
    assert other.remedy == ""


@pytest.mark.parametrize(
    ("endpoint", "error", "is_explained"),
    [
        (
            "http://localhost:1/_arc/ssm",
            "EndpointConnectionError(endpoint_url='https://sns.eu-x-1.amazonaws.com/')",
            True,
        ),
        (
            "http://localhost:1/_arc/ssm",
            "ClientError({'Error': {'Code': 'InvalidClientTokenId'}}, 'Publish')",
            True,
        ),
        (
            "http://localhost:1/_arc/ssm",
            "ClientError({'Error': {'Code': 'ValidationException'}}, 'PutItem')",
            False,
        ),
        (
            "http://localhost:1/_arc/ssm",
            "EndpointConnectionError(endpoint_url='http://localhost:9000/')",
            False,
        ),
        (
            "",
            "EndpointConnectionError(endpoint_url='https://sns.eu-x-1.amazonaws.com/')",
            False,
        ),
    ],
)
def test_a_client_that_went_to_aws_is_explained(run, endpoint, error, is_explained):
    """Only where the sandbox stands in for AWS, and only what AWS itself is about."""
    outcome = run(
        f"""
        import os
        from botocore.exceptions import ClientError, EndpointConnectionError

        def handler(event, context):
            os.environ["AWS_ENDPOINT_URL_SSM"] = "{endpoint}"
            raise {error}
        """
    ).outcome

    assert ("went to AWS itself" in outcome.remedy) is is_explained


@pytest.mark.parametrize(
    ("statement", "exit_code"),
    [
        ("sys.exit()", 0),
        ("sys.exit(3)", 3),
        ("os._exit(4)", 4),
        ("os.kill(os.getpid(), 9)", -signal.SIGKILL),
        ("raise KeyboardInterrupt", 130),
        ("os.closerange(3, 256)", 74),
        ("os.abort()", -signal.SIGABRT),
    ],
)
@pytest.mark.parametrize("when", ["called", "loaded"])
def test_ending_the_process_is_a_crash(run, statement, exit_code, when):
    """However a handler ends its process, the outcome says how."""
    if when == "called":
        source = f"import os, sys\ndef handler(e, c):\n    print('so')\n    {statement}"
    else:
        source = (
            f"import os, sys\nprint('so')\n{statement}\ndef handler(e, c): return 1"
        )
    execution = run(source)

    assert isinstance(execution.outcome, Crashed)
    assert execution.outcome.exit_code == exit_code
    assert execution.outcome.log_tail.startswith("so\n")
    assert execution.outcome.remedy or exit_code == -signal.SIGABRT
    assert execution.output.startswith("so\n")


def test_a_working_folder_that_is_gone_is_no_trouble(run):
    """Absolute paths open as ever; a relative one fails as it does in plain Python."""
    execution = run(
        """
        import os, tempfile

        def handler(event, context):
            folder = tempfile.mkdtemp()
            os.chdir(folder)
            os.rmdir(folder)
            with open(os.devnull, "w") as file:
                file.write("x")
            try:
                open("relative")
            except FileNotFoundError as error:
                return error.filename
        """
    )

    assert execution.outcome == Returned(value="relative")


def test_writing_to_descriptors_not_opened_is_told(run):
    """What is no answer ends the process, and the sandbox's kill is no riddle."""
    execution = run(
        """
        import os, stat, time

        def handler(event, context):
            for fd in range(3, 64):
                try:
                    if stat.S_ISSOCK(os.fstat(fd).st_mode):
                        os.write(fd, b"\\0\\0\\0\\2{]")
                except OSError:
                    pass
            time.sleep(20)
        """
    )

    assert isinstance(execution.outcome, Crashed)
    assert execution.outcome.exit_code is None
    assert "file descriptors that it has not opened" in execution.outcome.remedy


@pytest.mark.slow
@pytest.mark.parametrize(
    "body", ["while True: pass", "time.sleep(20)", "signal.pause()"], ids=str.split
)
def test_running_past_the_limit_is_killed(run, body):
    """Busy or asleep, deaf to signals or not: the limit holds."""
    execution = run(
        f"""
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        def handler(event, context):
            print("begun")
            try:
                {body}
            except:
                return "swallowed"
        """,
        timeout_seconds=1,
    )

    assert execution.outcome == TimedOut(seconds=1)
    assert execution.output == "begun\n"
    assert 1000 <= execution.handler_ms < 3000


def test_output_is_complete_and_in_order(run):
    """Both streams, the log and the handler's children share one output."""
    execution = run(
        """
        import logging, subprocess, sys

        logging.getLogger().setLevel(logging.INFO)
        print("loading")

        def handler(event, context):
            print("one")
            print("two", file=sys.stderr)
            subprocess.run(["echo", "three"])
            logging.info("four")
            context.log("five")
            sys.stdout.write("six")
        """
    )

    lines = execution.output.splitlines()
    assert lines[:4] == ["loading", "one", "two", "three"]
    level, _, request_id, message = lines[4].split("\t")
    assert (level, len(request_id), message) == ("[INFO]", 36, "four")
    assert lines[5:] == ["five", "six"]


def test_output_without_a_line_end_waits_for_nothing(run):
    """As on Lambda: it stands before what comes later, and an exit loses none."""
    execution = run(
        """
        import os, sys

        def handler(event, context):
            print("a", end="")
            os.write(1, b"b")
            sys.stderr.write("c")
            sys.stdout.write("d")
            os._exit(3)
        """
    )

    assert execution.output == "abcd"


def test_an_output_that_cannot_be_flushed_is_no_trouble(run):
    """Whatever a handler puts in the place of standard output, and what that raises."""
    execution = run(
        """
        import sys

        class Broken:
            def write(self, text): pass
            def flush(self): raise RuntimeError("no")

        def handler(event, context):
            sys.stdout = Broken()
            return "well"
        """
    )

    assert execution.outcome == Returned(value="well")


def test_megabytes_of_output_neither_block_nor_pile_up(run):
    """All of it is drained, some of it is kept."""
    execution = run(
        """
        def handler(event, context):
            for number in range(400):
                print(number, "x" * 10_000)
            return "printed"
        """
    )

    assert execution.outcome == Returned(value="printed")
    assert execution.output.startswith("0 xxx")
    assert len(execution.output) < 300_000
    assert "bytes are not shown" in execution.output


def test_threads_and_children_do_not_hold_up_the_answer(run):
    """What a handler leaves running is its own business."""
    execution = run(
        """
        import subprocess, threading, time

        def handler(event, context):
            threading.Thread(target=time.sleep, args=(20,)).start()
            subprocess.Popen(["sleep", "20"])
            return "did not wait"
        """
    )

    assert execution.outcome == Returned(value="did not wait")
    assert execution.handler_ms < 5000


def test_forked_children_do_not_answer(app, invoke):
    """A child that comes back from the handler ends; the next answer is the next."""
    function = app.function(
        "fork",
        """
        import os

        def handler(event, context):
            child = os.fork()
            if child:
                os.waitpid(child, 0)
            return event
        """,
    )
    pool = app.pool()

    values = [invoke(pool, function, number).outcome.value for number in range(5)]

    assert values == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("ending", ["pass", "raise ValueError"])
def test_children_forked_while_loading_do_not_answer(app, invoke, ending):
    """Nor is what becomes of them in the module what became of it."""
    function = app.function(
        "early",
        f"""
        import os

        child = os.fork()
        if child:
            os.waitpid(child, 0)
        else:
            {ending}

        def handler(event, context):
            return event
        """,
    )
    pool = app.pool()

    values = [invoke(pool, function, number).outcome.value for number in range(5)]

    assert values == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("error", "error_type"),
    [
        ("SyntaxError('m', ('f', '2', 5, 't'))", "SyntaxError"),
        ("SyntaxError('m', (b'f', 2, 5, 't'))", "SyntaxError"),
        ("SyntaxError('m', ('a\\0b', 2, 5, 't'))", "SyntaxError"),
        ("ModuleNotFoundError('m', name=5)", "ModuleNotFoundError"),
        ("ModuleNotFoundError('m', name='')", "ModuleNotFoundError"),
    ],
)
@pytest.mark.parametrize("when", ["loading", "handling"])
def test_odd_fields_of_an_exception_end_no_worker(run, error, error_type, when):
    """Template languages and importers fill them with what they have."""
    body = f"raise {error}"
    source = body if when == "loading" else f"def handler(e, c):\n    {body}"
    outcome = run(source).outcome

    assert isinstance(outcome, Raised)
    assert (when == "handling") == (outcome.error_type == error_type)
    assert "m" in outcome.message


def test_recursion_is_reported_short(run):
    """A thousand frames do not become a thousand rows."""
    outcome = run("def handler(e, c): return handler(e, c)").outcome

    assert outcome.error_type == "RecursionError"
    assert len(outcome.stack) <= 60


def test_exceptions_that_cannot_be_shown_are_still_outcomes(run):
    """An exception whose text fails does not end the worker."""
    outcome = run(
        """
        class Nasty(Exception):
            def __str__(self):
                raise RuntimeError

        def handler(event, context):
            raise Nasty
        """
    ).outcome

    assert outcome.error_type == "Nasty"
    assert outcome.message == "<the exception's __str__ failed>"


def test_what_no_except_exception_catches_ends_the_process(app, invoke):
    """Lambda's runtime dies of it; here it is told first."""
    function = app.function(
        "cancelled",
        """
        import asyncio
        COUNT = 0

        def handler(event, context):
            global COUNT
            COUNT += 1
            if event == "cancel":
                raise asyncio.CancelledError("over")
            return COUNT
        """,
    )
    pool = app.pool()

    first, cancelled, last = (invoke(pool, function, e) for e in ("", "cancel", ""))

    assert first.outcome == Returned(value=1)
    assert isinstance(cancelled.outcome, Raised)
    assert cancelled.outcome.error_type == "CancelledError"
    assert "ends its process" in cancelled.outcome.remedy
    assert last.outcome == Returned(value=1)


def test_each_event_has_a_context_of_its_own(app, invoke):
    """Nothing that a handler hangs on its context is there at the next event."""
    function = app.function(
        "own",
        """
        SEEN = []

        def handler(event, context):
            SEEN.append(context.identity)
            is_new = not hasattr(context, "mine") and SEEN.count(context.identity) == 1
            context.mine = event
            context.function_name = "changed"
            return is_new
        """,
    )
    pool = app.pool()

    values = [invoke(pool, function, number).outcome.value for number in range(3)]

    assert values == [True, True, True]


def test_module_state_and_environment_stay_between_events(app, invoke):
    """A warm worker is the same process with the same globals."""
    function = app.function(
        "count",
        """
        import os
        COUNT = 0

        def handler(event, context):
            global COUNT
            COUNT += 1
            os.environ["N"] = os.environ.get("N", "") + "x"
            return [COUNT, os.environ["N"], os.getpid()]
        """,
    )
    pool = app.pool()
    first, second = (invoke(pool, function) for _ in range(2))

    assert first.is_cold
    assert not second.is_cold
    assert first.outcome.value[:2] == [1, "x"]
    assert second.outcome.value == [2, "xx", first.worker_pid]


def test_the_clock_follows_the_sandboxs(app, invoke):
    """A warm worker's time of day moves with the offset, and back."""
    pytest.importorskip("time_machine", reason="time-machine is not installed")
    function = app.function(
        "clock",
        """
        import time
        from datetime import datetime
        from time import asctime, ctime

        def handler(event, context):
            return [time.time(), datetime.now().timestamp(),
                    time.mktime(time.strptime(ctime())),
                    time.mktime(time.strptime(asctime())),
                    context.get_remaining_time_in_millis(),
                    [ctime(0), asctime(time.gmtime(0))]]
        """,
    )
    pool = app.pool()
    week = 7 * 24 * 3600

    before = invoke(pool, function).outcome.value
    app.clock.advance(week)
    moved = invoke(pool, function).outcome.value
    app.clock.reset()
    after = invoke(pool, function).outcome.value

    assert week <= moved[0] - before[0] < week + 60
    assert all(abs(moment - moved[0]) < 2 for moment in moved[1:4])
    assert all(abs(moment - before[0]) < 60 for moment in after[:4])
    assert 0 < moved[4] <= 5000
    assert moved[5] == ["Thu Jan  1 00:00:00 1970"] * 2
