"""What a Node handler sees, and what becomes of whatever it does."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange import Crashed, Raised, Returned, TimedOut, Unavailable
from sandbox.httpd import LoopbackServer
from sandbox.project.model import Static
from sandbox.workers import wire
from sandbox.workers.debugging import Debugging
from sandbox.workers.interpreter import launch_command
from sandbox.workers.languages import LANGUAGES
from tests.processes import is_alive

MAIN = LANGUAGES["nodejs"].bootstrap

CONTEXT = """
export async function handler (event, context) {
  return {
    keys: Object.keys(context),
    name: context.functionName,
    version: context.functionVersion,
    arn: context.invokedFunctionArn,
    memory: context.memoryLimitInMB,
    idLength: context.awsRequestId.length,
    remaining: context.getRemainingTimeInMillis()
  }
}
"""

SURROUNDINGS = """
import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)

export async function handler (event) {
  return {
    event,
    folder: process.cwd(),
    argument: process.argv[1],
    arguments: process.argv.length,
    input: readFileSync(0, 'utf8'),
    environment: process.env,
    hasMain: require.main !== undefined,
    isTerminal: process.stdout.isTTY === true
  }
}
"""


def test_context_has_lambdas_properties(run_node):
    """The context is the object that the developer guide documents."""
    value = run_node(CONTEXT, memory_mb=512, timeout_seconds=3).outcome.value

    assert value.pop("name").startswith("sandbox-get-n")
    assert 2000 < value.pop("remaining") <= 3000
    assert value == {
        "keys": [
            "callbackWaitsForEmptyEventLoop",
            "succeed",
            "fail",
            "done",
            "functionVersion",
            "functionName",
            "memoryLimitInMB",
            "logGroupName",
            "logStreamName",
            "clientContext",
            "identity",
            "invokedFunctionArn",
            "awsRequestId",
            "tenantId",
            "getRemainingTimeInMillis",
        ],
        "version": "$LATEST",
        "arn": "sandbox",
        "memory": "512",
        "idLength": 36,
    }


def test_context_has_the_trace_from_node_24_on(app, node_function, invoke):
    """And no callbacks: names and order are those of that runtime's client."""
    app.environment["AWS_EXECUTION_ENV"] = "AWS_Lambda_nodejs24.x"
    source = """
        export async function handler (event, context) {
          const isSame = context.xRayTraceId === process.env._X_AMZN_TRACE_ID
          return [isSame, ...Object.keys(context)]
        }
    """
    value = invoke(app.pool(), node_function("new", source)).outcome.value

    assert value == [
        True,
        "clientContext",
        "identity",
        "invokedFunctionArn",
        "awsRequestId",
        "tenantId",
        "xRayTraceId",
        "getRemainingTimeInMillis",
        "functionName",
        "functionVersion",
        "memoryLimitInMB",
        "logGroupName",
        "logStreamName",
    ]


def test_handler_finds_its_surroundings(app, node_function, invoke):
    """Event, folder, arguments, input and environment are the function's own."""
    function = node_function("all", SURROUNDINGS)
    value = invoke(app.pool(), function, {"é": ["\U0001f600", None]}).outcome.value
    assert value["environment"].pop("_X_AMZN_TRACE_ID").startswith("Root=1-")

    assert value == {
        "event": {"é": ["\U0001f600", None]},
        "folder": str(function.folder),
        "argument": str(function.folder / "index.mjs"),
        "arguments": 2,
        "input": "",
        "environment": app.environment,
        "hasMain": False,
        "isTerminal": False,
    }


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("undefined", None),
        ("null", None),
        ("0", 0),
        ("false", False),
        ("''", ""),
        ("-1.5", -1.5),
        ("'\\ud800'", "\ud800"),
        (
            "{ a: undefined, b: NaN, c: Infinity, d: null }",
            {"b": None, "c": None, "d": None},
        ),
        ("new Date(0)", "1970-01-01T00:00:00.000Z"),
        ("new Map([[1, 2]])", {}),
        ("[undefined, () => 1]", [None, None]),
        ("Buffer.from('é')", {"type": "Buffer", "data": [195, 169]}),
        ("'x'.repeat(300000)", "x" * 300_000),
        ("'é'.repeat(30000)", "é" * 30_000),
    ],
)
def test_result_becomes_json(run_node, source, value):
    """A result is what JSON.stringify makes of it; undefined is null."""
    execution = run_node(f"export const handler = async () => ({source})")

    assert execution.outcome == Returned(value=value)


@pytest.mark.parametrize(
    ("source", "fact"),
    [
        ("{ big: 1n }", "TypeError: Do not know how to serialize a BigInt"),
        ("() => 1", "a function has no JSON"),
        ("Symbol('x')", "a symbol has no JSON"),
        ("{ toJSON () { throw new Error('no') } }", "Error: no"),
        ("globalThis", "TypeError: Converting circular structure to JSON"),
    ],
)
def test_result_that_is_no_json_is_an_error(run_node, source, fact):
    """What JSON cannot say is Lambda's marshal error, with the reason."""
    outcome = run_node(f"export const handler = async () => ({source})").outcome

    assert isinstance(outcome, Raised)
    assert outcome.error_type == "Runtime.MarshalError"
    assert outcome.message.startswith(f"Unable to stringify response body: {fact}")
    assert "without cycles" in outcome.remedy


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="reads deeper than Node writes")
def test_result_that_nests_beyond_reading_is_an_error(run_node):
    """Node writes deeper JSON than Python reads: nobody "killed" the handler."""
    nested = "JSON.parse('['.repeat(3000) + ']'.repeat(3000))"
    outcome = run_node(f"export const handler = async () => {nested}").outcome

    assert isinstance(outcome, Raised)
    assert outcome.error_type == "Runtime.MarshalError"
    assert "nests too deeply" in outcome.message


@pytest.mark.slow
def test_result_beyond_all_bounds_is_an_error(run_node):
    """A result that fits no frame is refused, and the worker serves on."""
    source = "export const handler = async () => 'x'.repeat(70 * 1024 * 1024)"
    outcome = run_node(source).outcome

    assert outcome.error_type == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("() => 'lost'", None),
        ("() => Promise.resolve('promise')", "promise"),
        ("() => ({ then (done) { done('thenable') } })", "thenable"),
        ("(event, context, callback) => callback(null, 'callback')", "callback"),
        ("() => { throw null }", None),
        ("async function () { 'use strict'; this.n = 1; return this.n }", 1),
        (
            "(e, context, callback) => { setTimeout(callback, 1, null, 'later') }",
            "later",
        ),
        ("(event, context) => context.succeed('succeed')", "succeed"),
        ("(event, context) => context.done(null, 'done')", "done"),
        ("(e, c, callback) => { callback(null, 1); callback(null, 2) }", 1),
        ("(e, c, callback) => { callback(null, 1); callback(new Error('2')) }", 1),
        ("() => new Promise(() => {})", None),
    ],
)
def test_handler_answers_in_any_style(run_node, source, value):
    """Promises, callbacks and the old methods answer; a plain result does not."""
    execution = run_node(f"exports.handler = {source}", file="index.js")

    assert execution.outcome == Returned(value=value)


@pytest.mark.parametrize(("waits", "output"), [("true", "later\n"), ("false", "")])
def test_callback_waits_for_the_event_loop(run_node, waits, output):
    """After a callback Lambda waits until nothing is left to run, or as told."""
    source = f"""
        exports.handler = (event, context, callback) => {{
          context.callbackWaitsForEmptyEventLoop = {waits}
          setTimeout(() => console.log('later'), 20)
          callback(null, context.callbackWaitsForEmptyEventLoop)
        }}
    """
    execution = run_node(source, file="index.js")

    assert execution.outcome == Returned(value=waits == "true")
    assert execution.output == output


def test_nothing_runs_between_events(app, node_function, invoke):
    """An environment that has answered is frozen until the next event."""
    source = """
        let firedAt = 0
        export async function handler (event) {
          if (event === 'set') setTimeout(() => { firedAt = Date.now() }, 250)
          else while (firedAt === 0) await new Promise(setImmediate)
          return firedAt
        }
    """
    function = node_function("frozen", source)
    pool = app.pool()

    first = invoke(pool, function, "set")
    invoke(pool, node_function("other", "export const handler = async () => 1"))
    thawed_ms = int(app.clock.now_epoch() * 1000)
    second = invoke(pool, function, "get")

    assert second.worker_pid == first.worker_pid
    assert second.outcome.value >= thawed_ms


def test_json_of_the_handlers_own_is_for_results_alone(app, node_function, invoke):
    """Whatever a handler puts in its place, the sandbox is understood."""
    source = """
        const { stringify } = JSON
        JSON.parse = () => 'parsed'
        JSON.stringify = value => stringify([value])
        export const handler = async event => event
    """
    function = node_function("patched", source)
    pool = app.pool()

    assert invoke(pool, function, 1).outcome == Returned(value=[1])
    assert invoke(pool, function, 2).outcome == Returned(value=[2])


@pytest.mark.parametrize("runtime", ["22", "24"])
@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("stream.write('[1,'); stream.end('2]')", [1, 2]),
        ("stream.write({ a: 1 }); stream.end()", {"a": 1}),
        ("stream.setContentType('a/b'); stream.end(Buffer.from('3'))", 3),
        ("await pipeline(Readable.from(['4']), stream)", 4),
    ],
)
def test_streamed_response_arrives_in_one_piece(
    app, node_function, invoke, runtime, body, value
):
    """An HTTP API does not stream: the JSON that is written is the result."""
    app.environment["AWS_EXECUTION_ENV"] = f"AWS_Lambda_nodejs{runtime}.x"
    source = f"""
        import {{ Readable }} from 'node:stream'
        import {{ pipeline }} from 'node:stream/promises'
        const answer = async (event, stream, context) => {{ {body} }}
        export const handler = awslambda.streamifyResponse(answer)
    """
    outcome = invoke(app.pool(), node_function("stream", source)).outcome

    assert outcome == Returned(value=value)


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        ("async (event, stream) => { throw new Error('mine') }", "mine"),
        ("async (event, stream) => { stream.write('1') }", "Response stream is not"),
        ("(event, stream) => { stream.end('1') }", "Streaming does not support non-"),
        ("async (event, stream) => { stream.end('<p>') }", "The stream is not JSON"),
        (
            "async (event, stream) => { "
            "awslambda.HttpResponseStream.from(stream, { statusCode: 201 }).end('x') }",
            "The stream is not JSON",
        ),
    ],
)
def test_streamed_response_that_is_none_is_an_error(run_node, handler, message):
    """Neither here nor through API Gateway does anything else become a response."""
    source = f"export const handler = awslambda.streamifyResponse({handler})"
    outcome = run_node(source).outcome

    assert isinstance(outcome, Raised)
    assert outcome.message.startswith(message)


LOGS = """
console.info('loading')
export const handler = async () => {
  for (const method of ['trace', 'debug', 'info', 'log', 'warn', 'error', 'fatal']) {
    console[method]('%s', method)
  }
  console.log({ a: [1] })
  console.log(10n)
  const error = Object.assign(new RangeError('far'), { stack: 'the\\nstack', code: 5 })
  console.error(error)
  console.error('so', error.message, error)
}
"""


@pytest.mark.parametrize(
    ("level", "methods"),
    [
        ("WARN", ["warn", "error", "fatal"]),
        ("fatal", ["fatal"]),
        ("odd", ["trace", "debug", "info", "log", "warn", "error", "fatal"]),
    ],
)
def test_level_of_the_log_is_lambdas(app, node_function, invoke, level, methods):
    """What lies below is not printed; an unknown level changes nothing."""
    app.environment["AWS_LAMBDA_LOG_LEVEL"] = level
    output = invoke(app.pool(), node_function("level", LOGS)).output
    lines = [line.removeprefix("Trace: ") for line in output.splitlines()]

    known = {"trace", "debug", "info", "log", "warn", "error", "fatal"}
    assert [line for line in lines if line in known] == methods


def test_log_is_json_where_asked_for(app, node_function, invoke):
    """Objects stay objects, and a failure has its own fields."""
    app.environment["AWS_LAMBDA_LOG_FORMAT"] = "json"
    output = invoke(app.pool(), node_function("json", LOGS)).output

    rows = [json.loads(line) for line in output.splitlines()]
    assert all(datetime.fromisoformat(row.pop("timestamp")) for row in rows)
    ids = [row.pop("requestId", None) for row in rows]
    failure = {
        "errorType": "RangeError",
        "errorMessage": "far",
        "stackTrace": ["the", "stack"],
    }
    assert ids[0] is None
    assert len(set(ids[1:])) == 1
    assert rows[:3] == [
        {"level": "INFO", "message": "loading"},
        {"level": "TRACE", "message": "trace"},
        {"level": "DEBUG", "message": "debug"},
    ]
    assert rows[7:10] == [
        {"level": "FATAL", "message": "fatal"},
        {"level": "INFO", "message": {"a": [1]}},
        {"level": "INFO", "message": "10n"},
    ]
    assert rows[10] == {"level": "ERROR", "message": {**failure, "code": 5}}
    assert rows[11].pop("message").startswith("so far [the\nstack]")
    assert rows[11] == {"level": "ERROR", **failure}


@pytest.mark.parametrize(
    ("source", "error_type", "message"),
    [
        ("async () => { throw new TypeError('no') }", "TypeError", "no"),
        ("() => { throw new RangeError('at once') }", "RangeError", "at once"),
        ("() => Promise.reject(new Error('rejected'))", "Error", "rejected"),
        ("async () => { throw 'a string' }", "string", "a string"),
        ("async () => { throw null }", "object", "null"),
        ("async () => { throw undefined }", "undefined", "undefined"),
        ("(event, context, callback) => callback(new Error('back'))", "Error", "back"),
        ("(event, context) => context.fail('failed')", "string", "failed"),
        ("(event, context) => context.fail()", "string", "handled"),
        (
            "() => ({ then (done) { setTimeout(done, 1) } })",
            "TypeError",
            "Cannot read properties of undefined (reading 'catch')",
        ),
        (
            "async () => { throw { toString () { throw 1 } } }",
            "handled",
            "The handler threw what cannot be shown as text.",
        ),
        (
            "async () => { Promise.reject(new Error('lost')); return 1 }",
            "Runtime.UnhandledPromiseRejection",
            "Error: lost",
        ),
        (
            "() => new Promise(() => setTimeout(() => { throw new Error('late') }, 1))",
            "Error",
            "late",
        ),
        (
            "async () => { await new Promise(() => {}) }",
            "Runtime.NodeJsExit",
            "Nothing is left to wait for, and a promise that the function awaits "
            "was never settled.",
        ),
    ],
)
def test_failure_is_reported(run_node, source, error_type, message):
    """Whatever a handler throws, rejects or loses is an outcome with its name."""
    outcome = run_node(f"export const handler = {source}").outcome

    assert isinstance(outcome, Raised)
    assert (outcome.error_type, outcome.message) == (error_type, message)
    assert not outcome.while_loading


def test_what_is_thrown_and_no_error_is_shown(run_node):
    """Its text may be no more than "[object Object]"."""
    outcome = run_node("export const handler = () => { throw { code: 5 } }").outcome

    assert outcome.message == "[object Object]"
    assert outcome.trace == "{ code: 5 }"


def test_a_long_stack_has_both_its_ends(run_node):
    """As a function that calls itself shows where that began, and what failed."""
    source = """Error.stackTraceLimit = 200
        function first (left) { return next(left) }
        function next (left) { return left ? next(left - 1) : last() }
        function last () { throw new Error('deep') }
        export async function handler () { return first(100) }
    """
    stack = run_node(source).outcome.stack

    assert len(stack) == 60
    assert [frame.function for frame in stack[-2:]] == ["next", "last"]
    assert "first" in [frame.function for frame in stack[:3]]


def test_stack_marks_the_apps_own_frames(run_node):
    """The outermost call comes first; installed packages are not the app's code."""
    files = {
        "node_modules/pkg/index.js": "module.exports = f => f()",
        "lib.mjs": "export function fail () {\n  throw new Error('deep')\n}",
    }
    source = """\
        import call from 'pkg'
        import { fail } from './lib.mjs'
        export async function handler () {
          call(() => fail())
        }
    """
    outcome = run_node(source, files=files).outcome

    seen = [
        (Path(frame.file).name, frame.line, frame.source_line, frame.is_app_code)
        for frame in outcome.stack
    ]
    assert seen == [
        ("index.mjs", 4, "call(() => fail())", True),
        ("index.js", 1, "module.exports = f => f()", False),
        ("index.mjs", 4, "call(() => fail())", True),
        ("lib.mjs", 2, "throw new Error('deep')", True),
    ]
    assert outcome.trace.startswith("Error: deep\n    at fail (file://")
    assert "runtimes/node" not in outcome.trace


def test_what_an_error_carries_opens_before_it(run_node):
    """The brace stands behind the last frame, which may be one of the sandbox's."""
    source = """export function handler () {
          throw Object.assign(new Error('deep'), { code: 'ENODB' })
        }
    """
    trace = run_node(source).outcome.trace

    *_, last_frame, carried, end = trace.splitlines()
    assert last_frame.endswith(") {")
    assert (carried.strip(), end) == ("code: 'ENODB'", "}")
    assert "runtimes/node" not in trace


def test_a_line_of_a_bundle_is_shown_around_its_place(run_node):
    """What a minifier has made is one line, and each frame would have all of it."""
    code = "export const handler=()=>{throw new Error('deep')};"
    source = f"/*{'x' * 99_998}*/{code}/*{'y' * 99_998}*/"

    outcome = run_node(source).outcome

    (frame,) = outcome.stack
    assert frame.source_line.startswith("…xxx")
    assert code in frame.source_line
    assert frame.source_line.endswith("yyy…")
    assert len(frame.source_line) < 300


def test_a_long_line_that_does_not_parse_is_cut(run_node):
    """Node repeats all of it, and marks the place with as many blanks."""
    outcome = run_node(f"/*{'x' * 100_000}*/export const handler=)").outcome

    assert outcome.error_type == "Runtime.UserCodeSyntaxError"
    assert "index.mjs:1\n/*xxx" in outcome.trace
    assert len(outcome.trace) < 10_000


@pytest.mark.parametrize(
    ("call", "remedy"),
    [
        ("import('gone')", 'Run "npm install gone" in'),
        (
            "require('@aws-sdk/client-gone')",
            "npm install --save-dev @aws-sdk/client-gone",
        ),
        ("require('./gone.js')", "Create the file"),
    ],
)
def test_a_module_that_is_missed_late_has_its_remedy(run_node, call, remedy):
    """A helper asks for the AWS SDK at its first operation, not when it is loaded."""
    outcome = run_node(
        f"exports.handler = async () => {{ await {call} }}", file="index.js"
    ).outcome

    assert outcome.error_type == "Error"
    assert remedy in outcome.remedy


@pytest.mark.parametrize(
    ("package_file", "member"),
    [
        ("package.json", "dependencies"),
        ("package.json", "devDependencies"),
        ("src/http/get-f/package.json", "dependencies"),
        ("src/shared/package.json", "dependencies"),
    ],
)
@pytest.mark.parametrize("source", ["require('gone')", "import('gone')"])
def test_a_module_that_the_app_names_is_only_to_be_installed(
    app, node_function, invoke, package_file, member, source
):
    """As after cloning it: package.json says which version."""
    app.write(package_file, json.dumps({member: {"gone": "^1"}}))
    function = node_function(
        "f", f"exports.handler = async () => {source}", file="index.js"
    )
    app.mount(shared_folder=app.root / "src/shared")

    remedy = invoke(app.pool(), function).outcome.remedy

    folder = (app.root / package_file).parent
    assert remedy == f'Run "npm install" in "{folder}".'


@pytest.mark.parametrize("field", ["name", "code"])
def test_a_table_that_is_asked_for_by_another_name_is_explained(run_node, field):
    """The manifest's name is not the table's; another service's absence is its own."""
    source = f"""
        export async function handler (message) {{
          const fields = {{ {field}: 'ResourceNotFoundException' }}
          throw Object.assign(Error(message), fields)
        }}
    """
    message = "@aws-lite/client: DynamoDB.Scan: Requested resource not found"

    assert "arc.tables()" in run_node(source, message).outcome.remedy
    assert run_node(source, "No such secret").outcome.remedy == ""


@pytest.mark.parametrize(
    ("endpoint", "fields", "is_explained"),
    [
        ("http://localhost:1/_arc/ssm", "hostname: 'sns.eu-x-1.amazonaws.com'", True),
        ("http://localhost:1/_arc/ssm", "code: 'UnrecognizedClientException'", True),
        ("http://localhost:1/_arc/ssm", "hostname: 'localhost'", False),
        ("http://localhost:1/_arc/ssm", "code: 'ValidationException'", False),
        ("", "hostname: 'sns.eu-x-1.amazonaws.com'", False),
    ],
)
def test_a_client_that_went_to_aws_is_explained(
    run_node, endpoint, fields, is_explained
):
    """Only where the sandbox stands in for AWS, and only what AWS itself is about."""
    source = f"""
        export async function handler () {{
          process.env.AWS_ENDPOINT_URL_SSM = '{endpoint}'
          throw Object.assign(Error('no'), {{ {fields} }})
        }}
    """

    told = run_node(source).outcome.remedy

    assert ("went to AWS itself" in told) is is_explained


def test_stack_follows_source_maps(run_node):
    """What a compiler has made is shown as the line that was written."""
    mappings = {
        "version": 3,
        "sources": ["written.ts"],
        "sourcesContent": ["// one\n// two\nthrow new Error('mapped')\n"],
        "names": [],
        "mappings": "AAEA",
    }
    source = (
        "exports.handler = async () => { throw new Error('mapped') }\n"
        "//# sourceMappingURL=written.map\n"
    )
    files = {"written.map": json.dumps(mappings), "written.ts": "\n\nthird line\n"}
    outcome = run_node(source, file="index.js", files=files).outcome

    frame = outcome.stack[-1]
    assert (Path(frame.file).name, frame.line) == ("written.ts", 3)
    assert frame.source_line == "third line"


@pytest.mark.parametrize(
    ("file", "source", "error_type", "message", "remedy"),
    [
        (
            "index.js",
            "require('@scope/gone/part')",
            "Runtime.ImportModuleError",
            "Error: Cannot find module '@scope/gone/part'",
            'Run "npm install @scope/gone" in',
        ),
        (
            "index.mjs",
            "import 'gone'",
            "Error",
            "Cannot find package 'gone' imported from",
            'Run "npm install gone" in',
        ),
        (
            "index.mjs",
            "import '@aws-sdk/client-gone'",
            "Error",
            "Cannot find package '@aws-sdk/client-gone' imported from",
            "Lambda's Node.js includes it, this one does not: run "
            '"npm install --save-dev @aws-sdk/client-gone" in',
        ),
        (
            "index.mjs",
            "import './gone.mjs'",
            "Error",
            "Cannot find module",
            "Create the file",
        ),
        (
            "index.js",
            "require('@architect/shared/x')",
            "Runtime.ImportModuleError",
            "Error: Cannot find module '@architect/shared/x'",
            'Put the code into "src/shared"',
        ),
        (
            "index.js",
            "exports.handler = async ( => 1",
            "Runtime.UserCodeSyntaxError",
            "SyntaxError: Unexpected token '=>'",
            "",
        ),
        (
            "index.mjs",
            "\nexport const handler = )",
            "Runtime.UserCodeSyntaxError",
            "SyntaxError: Unexpected token ')'",
            "",
        ),
        (
            "index.js",
            "export const handler = async () => 1",
            "Runtime.UserCodeSyntaxError",
            "SyntaxError: Unexpected token 'export'",
            'Rename "index.js" to "index.mjs"',
        ),
        (
            "index.js",
            "const here = import.meta.url; export const handler = async () => here",
            "Runtime.UserCodeSyntaxError",
            "SyntaxError: Cannot use 'import.meta' outside a module",
            'Rename "index.js" to "index.mjs"',
        ),
        (
            "index.mjs",
            "export const handle = async () => 1",
            "Runtime.HandlerNotFound",
            "index.handler is undefined or not exported",
            'Export it from "index.mjs"',
        ),
        (
            "index.js",
            "module.exports = null",
            "Runtime.HandlerNotFound",
            "index.handler is undefined or not exported",
            'Export it from "index.js"',
        ),
        (
            "index.cjs",
            "exports.handler = 'text'",
            "Runtime.HandlerNotFound",
            "index.handler is not a function",
            'Export it from "index.cjs"',
        ),
        ("index.js", "throw new TypeError('at load')", "TypeError", "at load", ""),
        (
            "index.mjs",
            "await new Promise(() => {})",
            "Runtime.NodeJsExit",
            "Nothing is left to wait for",
            "Settle every promise",
        ),
        (
            "index.mjs",
            "Promise.reject(new Error('lost')); await new Promise(setImmediate)",
            "Runtime.UnhandledPromiseRejection",
            "Error: lost",
            "Await the promise",
        ),
    ],
)
def test_module_that_does_not_load_says_why(
    run_node, file, source, error_type, message, remedy
):
    """A module that fails to load has Lambda's error type and a remedy."""
    outcome = run_node(source, file=file).outcome

    assert isinstance(outcome, Raised)
    assert outcome.while_loading
    assert outcome.error_type == error_type
    assert outcome.message.startswith(message)
    assert outcome.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("index.js", "require('pkg'); exports.handler = async () => 1"),
        ("index.mjs", "import 'pkg'; export const handler = async () => 1"),
    ],
)
def test_module_syntax_in_a_package_is_no_fault_of_the_handler(run_node, file, source):
    """Lambda's older runtimes have its detection switched off; Node itself has not."""
    files = {
        "node_modules/pkg/package.json": '{"main": "main.js"}',
        "node_modules/pkg/main.js": "import 'node:fs'",
    }

    outcome = run_node(source, file=file, files=files).outcome

    assert outcome.error_type == "Runtime.UserCodeSyntaxError"
    assert outcome.remedy == (
        "Before Node.js 24, Lambda does not detect an ES module by its syntax: "
        'rename "main.js" to end in ".mjs", put "type": "module" into its '
        'package.json, or set the runtime "nodejs24.x".'
    )


def test_a_syntax_error_is_told_once(run_node):
    """The place that Node keeps to itself brings its own copy of the message."""
    outcome = run_node("\nexport const handler = )", file="index.mjs").outcome

    assert isinstance(outcome, Raised)
    assert "index.mjs:2\nexport const handler = )" in outcome.trace
    assert outcome.trace.count("SyntaxError: Unexpected token ')'") == 1


@pytest.mark.parametrize(
    ("file", "source", "line"),
    [
        ("index.js", "\nexports.handler = async ( => 1", 2),
        ("index.mjs", "\n\nexport const handler = )", 3),
        ("index.mjs", "\nimport { gone } from 'fs'", 2),
        ("index.mjs", "\nimport 'gone'", 2),
        ("index.js", "\n\n\nrequire('gone')", 4),
        ("index.js", "\nJSON.parse('{')", 2),
    ],
)
def test_load_failure_points_at_its_line(run_node, file, source, line):
    """The last frame is the line of the app that does not load."""
    frame = run_node(source, file=file).outcome.stack[-1]

    assert (Path(frame.file).name, frame.line, frame.is_app_code) == (file, line, True)
    assert frame.source_line == source.split("\n")[line - 1].strip()


@pytest.mark.parametrize(
    ("source", "file", "remedy"),
    [
        ("import './db'", "index.mjs", 'There is "db.mjs": write its whole name.'),
        ("import './db.js'", "index.mjs", 'There is "db.mjs": write its whole name.'),
        ("require('./db')", "index.js", 'There is "db.mjs": write its whole name.'),
        ("import './lib'", "index.mjs", 'Name the file in it: "lib/index.mjs".'),
        ("import './empty'", "index.mjs", "Name the file in it"),
        ("import './gone'", "index.mjs", "Create the file"),
        ("import './none/gone.mjs'", "index.mjs", "Create the file"),
        ("import 'pkg'", "index.mjs", '"pkg" has no such file: correct'),
        ("import '@s/pkg/x.js'", "index.mjs", '"@s/pkg" has no such file: correct'),
        ("require('pkg')", "index.js", '"pkg" has no such file: correct'),
        ("import 'pkg/index.mjs'", "index.mjs", 'Run "npm install other"'),
        ("import '@s/shut/x.js'", "index.mjs", ""),
    ],
)
def test_a_missing_file_is_told_with_its_place(run_node, source, file, remedy):
    """Where the name is not quite that of a file, or a package lacks it."""
    files = {
        "db.mjs": "",
        "lib/index.mjs": "",
        "empty/x.mjs": "",
        "node_modules/pkg/package.json": '{"main": "dist/x.js"}',
        "node_modules/pkg/index.mjs": "\nimport 'other'",
        "node_modules/@s/pkg/package.json": "{}",
        "node_modules/@s/shut/package.json": '{"exports": {".": "./x.js"}}',
    }

    outcome = run_node(f"// db, lib, pkg\n{source}", file=file, files=files).outcome

    assert outcome.remedy.startswith(remedy)
    assert bool(outcome.remedy) is bool(remedy)
    assert [frame.line for frame in outcome.stack] == [2]


def test_a_file_missed_while_answering_is_told_with_its_place(run_node):
    """Node adds a line of its own to the message then."""
    source = "export const handler = async () => {\n  await import('./db')\n}\n"

    outcome = run_node(source, files={"db.js": ""}).outcome

    assert outcome.message.endswith('Did you mean to import "./db.js"?')
    assert outcome.remedy == 'There is "db.js": write its whole name.'
    assert [frame.line for frame in outcome.stack] == [2]


@pytest.mark.parametrize(
    ("source", "runtime", "outcome"),
    [
        ("export default { handler: async () => 1 }", "24", Returned(value=1)),
        ("export default { handler: async () => 1 }", "22", None),
        ("export default async () => 1", "24", None),
        ("export default null", "24", None),
    ],
)
def test_default_export_is_looked_into_from_node_24_on(
    app, node_function, invoke, source, runtime, outcome
):
    """Lambda's older runtimes look at named exports alone."""
    app.environment["AWS_EXECUTION_ENV"] = f"AWS_Lambda_nodejs{runtime}.x"
    found = invoke(app.pool(), node_function("default", source)).outcome

    assert found == outcome or found.error_type == "Runtime.HandlerNotFound"
    assert isinstance(found, Returned) == (outcome is not None)


def test_callback_handler_is_refused_as_on_node_24(app, node_function, invoke):
    """Lambda's runtime for Node.js 24 gives no callback, and says so at the start."""
    app.environment["AWS_EXECUTION_ENV"] = "AWS_Lambda_nodejs24.x"
    source = "exports.handler = (event, context, callback) => callback(null, 1)"
    outcome = invoke(app.pool(), node_function("old", source, file="index.js")).outcome

    assert outcome.error_type == "Runtime.CallbackHandlerDeprecated"
    assert "async function" in outcome.remedy


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("(event, context) => ({ statusCode: 200 })", {"statusCode": 200}),
        ("() => 'sync'", "sync"),
        ("() => {}", None),
        ("async () => 'async'", "async"),
        ("() => ({ then (done) { done('thenable') } })", "thenable"),
        ("function () { return arguments.length }", 2),
        (
            "(event, context) => ['succeed', 'fail', 'done', "
            "'callbackWaitsForEmptyEventLoop'].filter(name => name in context)",
            [],
        ),
    ],
)
def test_results_are_awaited_on_node_24(app, node_function, invoke, source, value):
    """Whatever a handler returns is its result, and nothing else can give one."""
    app.environment["AWS_EXECUTION_ENV"] = "AWS_Lambda_nodejs24.x"
    function = node_function("now", f"exports.handler = {source}", file="index.js")

    assert invoke(app.pool(), function).outcome == Returned(value=value)


@pytest.mark.parametrize(
    ("source", "error_type"),
    [
        ("(event, context) => context.succeed('no')", "TypeError"),
        ("() => { throw new RangeError('at once') }", "RangeError"),
        ("() => Promise.reject(new RangeError('later'))", "RangeError"),
        ("() => new Promise(() => {})", "Runtime.NodeJsExit"),
    ],
)
def test_failures_are_awaited_on_node_24(
    app, node_function, invoke, source, error_type
):
    """So is whatever it throws, and a promise that nothing settles is none."""
    app.environment["AWS_EXECUTION_ENV"] = "AWS_Lambda_nodejs24.x"
    function = node_function("now", f"exports.handler = {source}", file="index.js")

    assert invoke(app.pool(), function).outcome.error_type == error_type


@pytest.mark.parametrize("code", [0, 1, 7])
def test_exit_is_a_crash_with_its_output(run_node, code):
    """`process.exit` answers nobody, and what was printed before is there."""
    source = f"""
        export async function handler () {{
          process.stdout.write('out ')
          console.error('err')
          process.exit({code})
        }}
    """
    execution = run_node(source)

    assert isinstance(execution.outcome, Crashed)
    assert execution.outcome.exit_code == code
    assert execution.output == "out err\n"


@pytest.mark.slow
def test_busy_handler_meets_its_time_limit(run_node):
    """A loop that never yields is ended at the time limit."""
    source = "export async function handler () { for (;;); }"

    assert run_node(source, timeout_seconds=1).outcome == TimedOut(seconds=1)


def test_next_event_is_served_after_an_exception_outside(app, node_function, invoke):
    """The environment is gone with its exception; the next event has a new one."""
    source = """
        export async function handler (event) {
          if (event) return event
          setTimeout(() => { throw new Error('outside') }, 1)
          await new Promise(resolve => setTimeout(resolve, 1000))
        }
    """
    function = node_function("outside", source)
    pool = app.pool()

    failed = invoke(pool, function)
    served = [invoke(pool, function, n) for n in (1, 2, 3)]

    assert failed.outcome.message == "outside"
    assert [execution.outcome.value for execution in served] == [1, 2, 3]
    assert failed.worker_pid not in {execution.worker_pid for execution in served}


@pytest.mark.slow
def test_output_is_complete_and_in_order(run_node):
    """Megabytes of output neither block nor come late, and errors keep their place."""
    source = """
        export async function handler () {
          console.log('x'.repeat(3_000_000))
          console.error('e')
          process.stdout.write('é')
          return process.stdout.write('') && 'done'
        }
    """
    execution = run_node(source)

    assert execution.outcome == Returned(value="done")
    assert execution.output.startswith("x" * 1000)
    assert execution.output.endswith("x\ne\né")


@pytest.mark.parametrize("suffix", ["cjs", "mjs"])
def test_code_behind_a_link_is_fresh(
    app, node_function, invoke, tmp_path_factory, suffix
):
    """A folder of another repository, linked into the function, and what it loads."""
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "kit"
    elsewhere.mkdir()
    if suffix == "cjs":
        source = """
            import { createRequire } from 'node:module'
            const value = createRequire(import.meta.url)('./kit/main.cjs')
            export const handler = async () => value
        """
        (elsewhere / "main.cjs").write_text("module.exports = require('./part.cjs')")
        texts = ["module.exports = 'old'", "module.exports = 'newer'"]
    else:
        source = "import v from './kit/main.mjs'; export const handler = async () => v"
        (elsewhere / "main.mjs").write_text("export { default } from './part.mjs'")
        texts = ["export default 'old'", "export default 'newer'"]
    function = node_function("linked", source)
    (function.folder / "kit").symlink_to(elsewhere)
    pool, answers = app.pool(), []
    for text in texts:
        (elsewhere / f"part.{suffix}").write_text(text)
        answers.append(invoke(pool, function).outcome)

    assert answers == [Returned(value="old"), Returned(value="newer")]


def test_shared_files_are_read_as_deployed(app, node_function, invoke):
    """Templates and data below `node_modules/@architect`, by path; edits are seen."""
    app.write("src/shared/data.json", '"data"')
    app.write("src/shared/lib.js", "module.exports = 'lib'")
    app.write("src/views/page.html", "<p>old")
    source = """
        import fs, { existsSync, readFileSync } from 'node:fs'
        import { readFile, readdir, stat } from 'node:fs/promises'
        import { createRequire } from 'node:module'
        import { promisify } from 'node:util'
        const require = createRequire(import.meta.url)
        const views = new URL('./node_modules/@architect/views/', import.meta.url)
        const page = readFileSync(new URL('page.html', views), 'utf8')
        const shared = './node_modules/@architect/shared'
        const { default: lib } = await import('./node_modules/@architect/shared/lib.js')
        export const handler = async () => [
          page,
          await readFile(new URL('page.html', views).pathname, 'utf8'),
          (await promisify(fs.readFile)(`${shared}/data.json`, 'utf8')),
          await readdir(shared),
          (await stat(`${shared}/lib.js`)).isFile(),
          existsSync(`${shared}/lib.js`), existsSync(`${shared}/none.js`),
          lib, require('./node_modules/@architect/shared/lib')
        ]
    """
    function = node_function("both", source, views=True)
    app.mount(
        shared_folder=app.root / "src/shared", views_folder=app.root / "src/views"
    )
    pool = app.pool()
    before = invoke(pool, function).outcome.value
    app.write("src/views/page.html", "<p>newer")
    after = invoke(pool, function).outcome.value

    rest = ['"data"', ["data.json", "lib.js"], True, True, False, "lib", "lib"]
    assert before == ["<p>old", "<p>old", *rest]
    assert after == ["<p>newer", "<p>newer", *rest]
    assert not (function.folder / "node_modules").exists()


@pytest.mark.parametrize("has_shared", [True, False])
def test_static_json_is_found_as_deployed(app, node_function, invoke, has_shared):
    """In the shared folder, whatever lies there by that name; edits are seen."""
    app.write("public/static.json", '{"a.css": "a-1.css"}')
    if has_shared:
        app.write("src/shared/static.json", '{"a.css": "committed"}')
        app.write("src/shared/names.js", "module.exports = require('./static.json')")
    source = """
        const { existsSync, readFileSync } = require('node:fs')
        const { join } = require('node:path')
        const path = join(process.cwd(), 'node_modules/@architect/shared/static.json')
        const names = [
          require('@architect/shared/static.json'),
          JSON.parse(readFileSync(path, 'utf8')),
        ]
        if (SHARED) names.push(require('@architect/shared/names'))
        const deployed = names.map(one => one['a.css'])
        exports.handler = async () => [existsSync(path), ...deployed]
    """.replace("SHARED", json.dumps(has_shared))
    function = node_function("f", source, file="index.js")
    app.mount(
        static=Static(folder=app.root / "public"),
        shared_folder=app.root / "src/shared" if has_shared else None,
    )
    pool = app.pool()
    before = invoke(pool, function).outcome.value
    app.write("public/static.json", '{"a.css": "a-22.css"}')
    after = invoke(pool, function).outcome.value

    count = 3 if has_shared else 2
    assert before == [True, *["a-1.css"] * count]
    assert after == [True, *["a-22.css"] * count]


def test_shared_and_views_are_found_as_deployed(app, node_function, invoke):
    """Both module systems find them under their deployed names; nothing is written."""
    app.write("src/shared/index.js", "module.exports = 'main'")
    app.write("src/shared/lib/data.json", '"json"')
    app.write(
        "src/shared/x.mjs", "import v from '@architect/views/v.mjs'; export default v"
    )
    app.write("src/shared/own.js", "module.exports = require('own')")
    app.write("src/views/v.mjs", "export default 'view'")
    app.mount(
        shared_folder=app.root / "src/shared", views_folder=app.root / "src/views"
    )
    source = """
        import { createRequire } from 'node:module'
        import main from '@architect/shared'
        import x from '@architect/shared/x.mjs'
        const require = createRequire(import.meta.url)
        const late = await import('@architect/views/v.mjs')
        export const handler = async () => [
          main, x, late.default,
          require('@architect/shared'), require('@architect/shared/lib/data'),
          require('@architect/shared/own')
        ]
    """
    files = {"node_modules/own/index.js": "module.exports = 'of the function'"}
    function = node_function("both", source, files=files, views=True)
    app.mount(
        shared_folder=app.root / "src/shared", views_folder=app.root / "src/views"
    )
    before = sorted(app.root.rglob("*"))

    outcome = invoke(app.pool(), function).outcome

    assert outcome == Returned(
        value=["main", "view", "view", "main", "json", "of the function"]
    )
    assert sorted(app.root.rglob("*")) == before


def test_commonjs_handler_imports_shared_modules(app, node_function, invoke):
    """A dynamic import in a CommonJS handler is led as a static one is."""
    source = """
        exports.handler = async () => (await import('@architect/shared/x.mjs')).default
    """
    function = node_function("dynamic", source, file="index.js")
    app.write("src/shared/x.mjs", "export default 'shared'")
    app.mount(shared_folder=app.root / "src/shared")

    assert invoke(app.pool(), function).outcome == Returned(value="shared")


def test_package_that_is_no_json_is_complained_of(run_node):
    """Node would not load the function on Lambda either."""
    source = "exports.handler = async () => 1"
    files = {"package.json": "{broken"}
    outcome = run_node(source, file="index.js", files=files).outcome

    assert isinstance(outcome, Raised)
    assert "package.json" in outcome.message


REQUIRED = {
    "esm.mjs": "export const word = 'esm'",
    "sub/package.json": '{"type": "module"}',
    "sub/esm.js": "export const word = 'esm'",
    "node_modules/only/package.json": '{"type": "module", "main": "main.js"}',
    "node_modules/only/main.js": "export const word = 'esm'",
}


@pytest.mark.parametrize("name", ["./esm.mjs", "./sub/esm.js", "only"])
def test_modules_are_not_required_before_node_24(run_node, name):
    """Node itself would load it; Lambda has switched that off."""
    source = f"exports.handler = async () => require('{name}').word"
    outcome = run_node(source, file="index.js", files=REQUIRED).outcome

    assert isinstance(outcome, Raised)
    assert outcome.message.startswith("require() of ES Module")
    assert "nodejs24.x" in outcome.remedy


@pytest.mark.parametrize("name", ["./esm.mjs", "only"])
@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x"},
        {"NODE_OPTIONS": "--experimental-require-module"},
    ],
)
def test_modules_are_required_where_lambda_does(
    app, node_function, invoke, name, variables
):
    """From Node.js 24 on, and before where NODE_OPTIONS asks for it."""
    source = f"exports.handler = async () => require('{name}').word"
    function = node_function("get", source, file="index.js", files=REQUIRED)
    app.environment.update(variables)

    assert invoke(app.pool(), function).outcome == Returned(value="esm")


def test_packages_are_found_as_lambda_finds_them(run_node):
    """A condition for those who can require modules does not hold."""
    files = {
        "node_modules/both/package.json": json.dumps(
            {"exports": {"module-sync": "./esm.mjs", "default": "./cjs.cjs"}}
        ),
        "node_modules/both/esm.mjs": "export const word = 'esm'",
        "node_modules/both/cjs.cjs": "exports.word = 'cjs'",
    }
    source = "import { word } from 'both'\nexport const handler = async () => word"

    assert run_node(source, files=files).outcome == Returned(value="cjs")


@pytest.mark.parametrize("package_type", ["module", "commonjs"])
def test_package_above_the_function_does_not_count(
    app, node_function, invoke, package_type
):
    """What a `.js` file is, no package.json says that is not deployed with it."""
    app.write("package.json", json.dumps({"type": package_type}))
    plain = node_function(
        "plain", "exports.handler = async () => 'cjs'", file="index.js"
    )
    typed = node_function(
        "typed",
        "export const handler = async () => 'esm'",
        file="index.js",
        files={"package.json": '{ "type": "module" }'},
    )
    pool = app.pool()

    assert invoke(pool, plain).outcome == Returned(value="cjs")
    assert invoke(pool, typed).outcome == Returned(value="esm")


@pytest.mark.parametrize(
    ("environment", "loads"),
    [
        ({"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}, False),
        ({"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x"}, True),
        (
            {
                "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x",
                "NODE_OPTIONS": "--experimental-detect-module",
            },
            True,
        ),
    ],
)
def test_module_syntax_is_detected_where_lambda_does(
    app, node_function, invoke, environment, loads
):
    """Lambda looks at the syntax of a `.js` file from Node.js 24 on, or when asked."""
    app.environment |= environment
    source = "export const handler = async () => 1"
    outcome = invoke(app.pool(), node_function("s", source, file="index.js")).outcome

    assert isinstance(outcome, Returned) is loads


def test_node_options_hold_from_the_start(app, node_function, invoke):
    """Node's own options, and modules that see the function's folder and variables."""
    source = "exports.handler = async () => [process.title, globalThis.first]"
    first = "globalThis.first = [process.env.WORD, process.cwd()]"
    function = node_function(
        "get", source, file="index.js", files={"lib/first.cjs": first}
    )
    options = "--title=named --require ./lib/first.cjs"
    app.environment.update({"WORD": "known", "NODE_OPTIONS": options})

    value = invoke(app.pool(), function).outcome.value

    assert value == ["named", ["known", str(function.folder)]]


@pytest.mark.parametrize(
    ("option", "file"),
    [
        ("-r ./first.cjs", "first.cjs"),
        ("-r ./first.cjs", "second.cjs"),
        ("--import=./first.cjs", "second.cjs"),
        ("--import ./first.mjs", "first.mjs"),
    ],
)
def test_modules_of_node_options_are_fresh(app, node_function, invoke, option, file):
    """A save is seen, in what they `require` as well."""
    source = "exports.handler = async () => globalThis.word"
    files = {
        "first.cjs": "globalThis.word = require('./second.cjs')",
        "second.cjs": "module.exports = 'old'",
        "first.mjs": "globalThis.word = 'old'",
    }
    function = node_function("get", source, file="index.js", files=files)
    app.environment["NODE_OPTIONS"] = option
    pool = app.pool()
    assert invoke(pool, function).outcome == Returned(value="old")

    made = "globalThis.word" if file == "first.mjs" else "module.exports"
    (function.folder / file).write_text(f"{made} = globalThis.word = 'new'")

    assert invoke(pool, function).outcome == Returned(value="new")


def test_options_that_node_does_not_take_end_it(app, node_function, invoke):
    """As they do on Lambda; what Node says of them is shown."""
    function = node_function("get", "exports.handler = async () => 1", file="index.js")
    app.environment["NODE_OPTIONS"] = "--no-such-option"

    outcome = invoke(app.pool(), function).outcome

    assert isinstance(outcome, Crashed)
    assert outcome.exit_code == 9
    assert "--no-such-option is not allowed in NODE_OPTIONS" in outcome.log_tail


FRESH = """
import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createRequire } from 'node:module'
import esm from './lib/esm.mjs'
const require = createRequire(import.meta.url)
const template = readFileSync(new URL('./page.html', import.meta.url), 'utf8')
const handle = await open(new URL('./handle.txt', import.meta.url))
const opened = await handle.readFile('utf8')
await handle.close()
const late = (await import('./lib/late.mjs')).default
let count = 0
export const handler = async () => [
  'old', esm, require('./lib'), require('./lib/data.json'), template, late,
  require('pkg'), opened, ++count
]
"""
FRESH_FILES = {
    "page.html": "old",
    "handle.txt": "old",
    "lib/esm.mjs": "export default 'old'",
    "lib/late.mjs": "export default 'old'",
    "lib/index.js": "module.exports = 'old'",
    "lib/data.json": '"old"',
    "node_modules/pkg/index.js": "module.exports = 'old'",
}


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("index.mjs", FRESH.replace("'old'", "'new'"), 0),
        ("lib/esm.mjs", "export default 'new'", 1),
        ("lib/index.js", "module.exports = 'new'", 2),
        ("lib.js", "module.exports = 'new'", 2),
        ("lib/data.json", '"new"', 3),
        ("page.html", "new", 4),
        ("lib/late.mjs", "export default 'new'", 5),
        ("node_modules/pkg/index.js", "module.exports = 'new'", 6),
        ("handle.txt", "new", 7),
    ],
)
def test_next_event_sees_what_was_saved(app, node_function, invoke, file, text, place):
    """A worker is warm while its files stay, and gone when one of them changes."""
    function = node_function("fresh", FRESH, files=FRESH_FILES)
    pool = app.pool()
    warm = [invoke(pool, function).outcome.value for _ in range(2)]

    (function.folder / file).write_text(text)
    after = invoke(pool, function).outcome.value

    expected = ["old"] * 8
    assert warm == [[*expected, 1], [*expected, 2]]
    expected[place] = "new"
    assert after == [*expected, 1]


TWO = {
    "package.json": '{"name": "own", "exports": "./a.cjs",'
    ' "imports": {"#x": "./a.cjs"}}',
    "a.cjs": "module.exports = 'old'",
    "b.cjs": "module.exports = 'new'",
}
SWITCHED = {"package.json": TWO["package.json"].replace("a.cjs", "b.cjs")}
LIB = {f"lib/{name}": text for name, text in TWO.items()} | {
    "lib/package.json": '{"main": "a.cjs"}'
}


def _in_package(files: dict[str, str]) -> dict[str, str]:
    return {f"node_modules/pkg/{name}": text for name, text in files.items()}


@pytest.mark.parametrize(
    ("specifier", "files", "edits"),
    [
        ("pkg", _in_package(TWO), _in_package(SWITCHED)),
        (
            "pkg",
            _in_package({"index.js": TWO["a.cjs"], "b.cjs": TWO["b.cjs"]}),
            _in_package({"package.json": '{"main": "b.cjs"}'}),
        ),
        ("pkg/x", _in_package({"index.js": ""}), _in_package({"x.js": TWO["b.cjs"]})),
        ("#x", TWO, SWITCHED),
        ("own", TWO, SWITCHED),
        ("./lib", LIB, {"lib/package.json": '{"main": "b.cjs"}'}),
        (
            "./lib",
            {"lib/package.json": '{"main": "d"}', "lib/d/index.js": TWO["a.cjs"]},
            {"lib/d.js": TWO["b.cjs"]},
        ),
    ],
    ids=[
        *("exports of a package", "main that comes", "subpath", "imports"),
        *("own name", "main of a folder", "file before main's folder"),
    ],
)
def test_next_event_sees_where_a_package_leads(
    app, node_function, invoke, specifier, files, edits
):
    """Whatever `package.json` says, though no file that was loaded has changed."""
    source = f"""
        let value = 'old'
        try {{ value = require({specifier!r}) }} catch {{}}
        exports.handler = async () => value
    """
    function = node_function("leads", source, file="index.cjs", files=files)
    pool = app.pool()
    before = invoke(pool, function).outcome

    for name, text in edits.items():
        (function.folder / name).write_text(text)

    answers = [before, invoke(pool, function).outcome]
    assert answers == [Returned(value="old"), Returned(value="new")]


@pytest.mark.parametrize("load", ["require('{}')", "(await import('{}')).default"])
@pytest.mark.parametrize(
    ("specifier", "link"),
    [
        ("./kit/main.cjs", "kit"),
        ("./kit/main.cjs", "kit/main.cjs"),
        ("pkg/main.cjs", "node_modules/pkg"),
    ],
)
@pytest.mark.parametrize("is_inside", [True, False])
def test_next_event_sees_where_a_link_leads(
    app, node_function, invoke, tmp_path_factory, load, specifier, link, is_inside
):
    """A link of the app to a file, a folder, a package, in the app or out of it."""
    source = f"""
        import {{ createRequire }} from 'node:module'
        const require = createRequire(import.meta.url)
        const value = {load.format(specifier)}
        export const handler = async () => value
    """
    function = node_function("links", source)
    place = function.folder.parent if is_inside else tmp_path_factory.mktemp("out")
    path, pool, answers = function.folder / link, app.pool(), []
    path.parent.mkdir(exist_ok=True)
    for version in ("one", "two"):
        folder = place / version
        folder.mkdir()
        (folder / "main.cjs").write_text(f"module.exports = '{version}'")
        (folder / "package.json").write_text("{}")
        path.unlink(missing_ok=True)
        path.symlink_to(folder / "main.cjs" if link.endswith(".cjs") else folder)
        answers.append(invoke(pool, function).outcome.value)
    (folder / "main.cjs").write_text("module.exports = 'edited'")
    answers.append(invoke(pool, function).outcome.value)

    assert answers == ["one", "two", "edited"]


def test_a_shared_module_that_appears_heals_an_import(app, node_function, invoke):
    """As one beside the handler does."""
    shared = app.root / "src" / "shared"
    source = """
        let value = 'old'
        try { value = (await import('@architect/shared/x.mjs')).default } catch {}
        export const handler = async () => value
    """
    app.write("src/shared/y.mjs", "")
    app.mount(shared_folder=shared)
    function = node_function("healed", source)
    app.mount(shared_folder=shared)
    pool = app.pool()
    before = invoke(pool, function).outcome

    (shared / "x.mjs").write_text("export default 'new'")

    answers = [before, invoke(pool, function).outcome]
    assert answers == [Returned(value="old"), Returned(value="new")]


@pytest.mark.parametrize(
    "question",
    [
        "fs.existsSync('flag')",
        "fs.statSync('flag', { throwIfNoEntry: false }) !== undefined",
        "await fs.promises.access('flag').then(() => true, () => false)",
    ],
)
def test_next_event_sees_a_file_that_was_asked_after(
    app, node_function, invoke, question
):
    """It may be there or not; what is in it is another question."""
    source = f"""
        import fs from 'node:fs'
        const found = {question}
        let count = 0
        export const handler = async () => [found, ++count]
    """
    function = node_function("asks", source)
    pool, flag = app.pool(), function.folder / "flag"
    answers = [invoke(pool, function).outcome.value]
    for edit in (flag.touch, lambda: flag.write_text("more"), flag.unlink):
        edit()
        answers.append(invoke(pool, function).outcome.value)

    assert answers == [[False, 1], [True, 1], [True, 2], [False, 1]]


def test_what_node_asks_after_and_makes_is_its_own(app, node_function, invoke):
    """The handler stays warm whether it makes it while it is loaded, or later."""
    source = """
        import fs from 'node:fs'
        for (const name of ['early', 'late']) if (fs.existsSync(name)) throw Error(name)
        fs.mkdirSync('early')
        let count = 0
        export const handler = async () => {
          fs.writeFileSync('late', '')
          return ++count
        }
    """
    function = node_function("makes", source)
    pool = app.pool()

    assert [invoke(pool, function).outcome.value for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize(
    "listing",
    [
        "fs.readdirSync(folder)",
        "await fs.promises.readdir(folder)",
        "await new Promise(done => fs.readdir(folder, (_, names) => done(names)))",
        "entriesOf(fs.opendirSync(folder))",
        "fs.readdirSync('.', { recursive: true })"
        ".filter(n => n.includes('.md')).map(n => n.replace('posts/', ''))",
    ],
)
def test_next_event_sees_a_new_name_in_a_folder(app, node_function, invoke, listing):
    """A module that looks through a folder is loaded anew when there is one more."""
    source = f"""
        import fs from 'node:fs'
        const folder = new URL('posts/', import.meta.url)
        function entriesOf (opened) {{
          const found = []
          for (let one; (one = opened.readSync());) found.push(one.name)
          opened.closeSync()
          return found
        }}
        const names = {listing}
        let count = 0
        export const handler = async () => {{
          count += 1
          return [names.sort(), count]
        }}
    """
    function = node_function(
        "list", source, files={"posts/a😀.md": "", "posts/a.md": ""}
    )
    pool = app.pool()
    warm = [invoke(pool, function).outcome.value for _ in range(2)]

    (function.folder / "posts" / "b.md").touch()
    after = invoke(pool, function).outcome.value

    before = ["a.md", "a😀.md"]
    assert warm == [[before, 1], [before, 2]]
    assert after == [[*before, "b.md"], 1]


def test_a_folder_in_which_node_makes_files_is_its_own(app, node_function, invoke):
    """The handler stays warm, though its module has looked through that folder."""
    source = """
        import fs from 'node:fs'
        const names = fs.readdirSync('made')
        let count = 0
        export const handler = async () => {
          count += 1
          fs.copyFileSync('made/first', `made/${count}`)
          return count
        }
    """
    function = node_function("make", source, files={"made/first": ""})
    pool = app.pool()

    assert [invoke(pool, function).outcome.value for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("import 'pkg'", {"node_modules/pkg/index.js": ""}),
        ("import './gone.mjs'", {"gone.mjs": ""}),
    ],
)
def test_module_that_appears_heals_the_function(
    app, node_function, invoke, source, files
):
    """An import that failed is tried again when what it wanted is there."""
    source += "\nexport const handler = async () => 'healed'"
    function = node_function("heal", source)
    pool = app.pool()
    broken = invoke(pool, function).outcome

    node_function("heal", None, files=files)

    assert isinstance(broken, Raised)
    assert invoke(pool, function).outcome == Returned(value="healed")


WRITES_IN_EVERY_WAY = """
import fs from 'node:fs'
import os from 'node:os'
import { appendFile } from 'node:fs/promises'
fs.writeFileSync('loading.txt', '')
export async function handler (event) {
  if (event === null) return
  await appendFile('appended.txt', 'x')
  fs.writeFileSync('new', '')
  fs.renameSync('new', 'replaced.txt')
  fs.mkdirSync('made', { recursive: true })
  fs.unlinkSync('removed.txt')
  // None of these changes anything here.
  fs.mkdirSync('there', { recursive: true })
  fs.rmSync('absent.txt', { force: true })
  try { fs.writeFileSync('nowhere/file.txt', '') } catch {}
  fs.rmSync(fs.mkdtempSync(`${os.tmpdir()}/arc-`), { recursive: true })
  fs.readFileSync('data.txt')
}
"""


def test_what_an_event_has_written_is_told_with_it(app, node_function, invoke):
    """On Lambda it would fail; what is only tried fails there as it does here."""
    files = {"data.txt": "", "removed.txt": "", "there/x": ""}
    function = node_function("writes", WRITES_IN_EVERY_WAY, files=files)
    pool = app.pool()

    def written(event: object) -> set[str]:
        paths = invoke(pool, function, event).written
        return {str(Path(path).relative_to(function.folder)) for path in paths}

    assert written(None) == {"loading.txt"}
    assert written(1) == {"appended.txt", "new", "replaced.txt", "made", "removed.txt"}
    (function.folder / "removed.txt").touch()
    assert written(1) == {"appended.txt", "new", "replaced.txt", "removed.txt"}
    assert written(None) == set()


@pytest.mark.parametrize(
    "steps",
    [
        "writeFileSync(file, `${Date.now()}`); return readFileSync(file, 'utf8')",
        "const text = readFileSync(file, 'utf8'); writeFileSync(file, text + 'x')",
        "const text = readFileSync(file, 'utf8'); writeFileSync('new', text + 'x');"
        "renameSync('new', file)",
        "event ? writeFileSync(file, `${event}`) : readFileSync(file, 'utf8')",
        "if (existsSync(file)) { readFileSync(file, 'utf8'); unlinkSync(file) }",
        "readFileSync(file, 'utf8'); const fd = openSync(file, 'a');"
        "writeSync(fd, 'x'); closeSync(fd)",
    ],
    ids=[
        *("writes, reads", "reads, writes", "reads, replaces", "reads first"),
        *("removes", "reads, appends by descriptor"),
    ],
)
def test_data_that_the_handler_writes_is_no_change(app, node_function, invoke, steps):
    """A file that the function itself writes beside its code recycles no worker."""
    source = f"""
        import {{
          closeSync, existsSync, openSync, readFileSync, renameSync, unlinkSync,
          writeFileSync, writeSync
        }} from 'node:fs'
        const file = 'count.txt'
        export async function handler (event) {{ {steps} }}
    """
    function = node_function("data", source, files={"count.txt": "x"})
    pool = app.pool()
    executions = [invoke(pool, function, number) for number in range(3)]

    assert {type(execution.outcome) for execution in executions} == {Returned}
    assert len({execution.worker_pid for execution in executions}) == 1


CLOCK = """
const Early = Date
const { now } = Date
class Own extends Date {}
const format = new Intl.DateTimeFormat('en', { timeZone: 'UTC', dateStyle: 'short' })
const { format: formatted } = format
const started = performance.now()
export async function handler () {
  const timer = performance.now()
  await new Promise(resolve => setTimeout(resolve, 5))
  return {
    now: Date.now(),
    made: new Date().getTime(),
    early: Early.now(),
    earlyMade: new Early().getTime(),
    earlyNow: now(),
    own: new Own().getTime(),
    ofInstance: new (new Date(0).constructor)().getTime(),
    text: new Date(Date()).getTime(),
    given: new Date(2000, 0, 1).getFullYear(),
    parts: Date.UTC(2000, 0),
    formats: [
      formatted(),
      format.format(),
      format.formatToParts().map(part => part.value).join('')
    ],
    formatOfGiven: [format.format(0), format.formatToParts(0)[0].value],
    isSame: Date === Early && format.format === formatted,
    looks: [
      Date.name, Date.length, String(Date), Object.keys(Date).length,
      Date.now.name, Date.now.length, `${Date.now}`, formatted.name, formatted.length,
      new Date() instanceof Date, new Date().constructor === Date,
      new Own() instanceof Own, new Own() instanceof Date
    ],
    timer: performance.now() - timer,
    running: performance.now() - started
  }
}
"""


MOMENTS = (
    *("now", "made", "early", "earlyMade"),
    *("earlyNow", "own", "ofInstance", "text"),
)


FILE_ACCESS = """
import fs, { statSync } from 'node:fs'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
const { install } = await import(process.argv[1])
const calls = JSON.parse(process.argv[2])
let told = []
const tell = name => (path, ...more) => {
  const flags = more.filter(one => typeof one === 'boolean')
  told.push([name, basename(path), ...flags])
}
const names = ['note', 'noteListing', 'notePresence', 'disregard']
const disregard = (path, isChange) => tell('disregard')(path, isChange?.())
install(
  { ...Object.fromEntries(names.map(name => [name, tell(name)])), disregard },
  path => basename(path) === 'deployed' ? path.replace('deployed', 'file') : null
)
const { promises } = fs
const ended = stream => new Promise(done => stream.on('close', done).resume?.())
const called = (call, ...rest) => new Promise(done => call(...rest, done))
const found = {}
for (const call of calls) {
  told = []
  await eval(call)
  const once = new Set(told.map(one => JSON.stringify(one))) // one may call another
  found[call] = [...once].map(one => JSON.parse(one))
}
process.stdout.write(JSON.stringify(found))
"""
READ, LISTED, ASKED = ["note", "file"], ["noteListing", "folder", False], "notePresence"
FILE_CALLS: dict[str, list[list[Any]]] = {
    # What is read.
    "fs.readFileSync('file')": [READ],
    "statSync('file')": [[ASKED, "file"]],
    "fs.readFileSync(pathToFileURL('file'))": [READ],
    "fs.readFileSync('deployed')": [READ],
    "called(fs.readFile, 'file')": [READ],
    "promises.readFile('file')": [READ],
    "ended(fs.createReadStream('file'))": [READ],
    "fs.openAsBlob?.('file')": [READ],
    "fs.closeSync(fs.openSync('file'))": [READ],
    "fs.closeSync(fs.openSync('file', 'r'))": [READ],
    "fs.closeSync(fs.openSync('file', fs.constants.O_RDONLY))": [READ],
    "called(fs.open, 'file')": [READ],
    "promises.open('file').then(opened => opened.close())": [READ],
    # What is listed.
    "fs.readdirSync('folder')": [LISTED],
    "fs.readdirSync('folder', { recursive: true })": [["noteListing", "folder", True]],
    "called(fs.readdir, 'folder')": [LISTED],
    "promises.readdir('folder')": [LISTED],
    "fs.opendirSync('folder').closeSync()": [LISTED],
    "called(fs.opendir, 'folder')": [LISTED],
    "promises.opendir('folder').then(opened => opened.close())": [LISTED],
    # What is asked after, and what is only found.
    "fs.existsSync('file')": [[ASKED, "file"]],
    "called(fs.exists, 'file')": [[ASKED, "file"]],
    "fs.accessSync('file')": [[ASKED, "file"]],
    "called(fs.access, 'file')": [[ASKED, "file"]],
    "promises.access('file')": [[ASKED, "file"]],
    "fs.statSync('file')": [[ASKED, "file"]],
    "called(fs.stat, 'file')": [[ASKED, "file"]],
    "promises.stat('file')": [[ASKED, "file"]],
    "fs.lstatSync('deployed')": [],
    "called(fs.lstat, 'deployed')": [],
    "promises.lstat('deployed')": [],
    "fs.realpathSync('deployed')": [],
    "called(fs.realpath, 'deployed')": [],
    "promises.realpath('deployed')": [],
    # What is written, made and removed: whether that changes anything.
    "fs.writeFileSync('a', '')": [["disregard", "a"]],
    "called(fs.writeFile, 'a', '')": [["disregard", "a"]],
    "promises.writeFile('a', '')": [["disregard", "a"]],
    "fs.appendFileSync('a', '')": [["disregard", "a"]],
    "called(fs.appendFile, 'a', '')": [["disregard", "a"]],
    "promises.appendFile('a', '')": [["disregard", "a"]],
    "ended(fs.createWriteStream('a').end())": [["disregard", "a"]],
    "fs.closeSync(fs.openSync('a', 'r+'))": [["disregard", "a"]],
    "fs.closeSync(fs.openSync('a', 'a'))": [["disregard", "a"]],
    "fs.closeSync(fs.openSync('a', fs.constants.O_RDWR))": [["disregard", "a"]],
    "fs.closeSync(fs.openSync('a', fs.constants.O_WRONLY))": [["disregard", "a"]],
    "fs.copyFileSync('file', 'b')": [READ, ["disregard", "b"]],
    "called(fs.copyFile, 'file', 'b')": [READ, ["disregard", "b"]],
    "promises.copyFile('file', 'b')": [READ, ["disregard", "b"]],
    "fs.renameSync('b', 'c')": [["disregard", "b", True], ["disregard", "c"]],
    "called(fs.rename, 'c', 'b')": [["disregard", "c", True], ["disregard", "b"]],
    "promises.rename('b', 'c')": [["disregard", "b", True], ["disregard", "c"]],
    "fs.mkdirSync('d')": [["disregard", "d", True]],
    "fs.mkdirSync('d', { recursive: true })": [["disregard", "d", False]],
    "fs.rmdirSync('d')": [["disregard", "d", True]],
    "called(fs.mkdir, 'd')": [["disregard", "d", True]],
    "called(fs.rmdir, 'd')": [["disregard", "d", True]],
    "promises.mkdir('d')": [["disregard", "d", True]],
    "promises.rmdir('d')": [["disregard", "d", True]],
    "fs.unlinkSync('a')": [["disregard", "a", True]],
    "called(fs.unlink, 'a')": [["disregard", "a", False]],
    "promises.unlink('c')": [["disregard", "c", True]],
    "fs.rmSync('a', { force: true })": [["disregard", "a", False]],
    "called(fs.rm, 'a')": [["disregard", "a", False]],
    "promises.rm('a', { force: true })": [["disregard", "a", False]],
    # What is no file, or none yet.
    "called(fs.readFile, 'none')": [["note", "none"]],
    "fs.writeFileSync(1, '')": [],
    "typeof fs.realpathSync.native === 'function' || told.push('lost')": [],
}


def test_each_function_of_the_file_system_tells(node_program, tmp_path):
    """By path or URL; whether it gives, calls back or promises."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("text")
    module = MAIN.with_name("file_access.mjs").as_uri()
    told = subprocess.run(
        [
            *(node_program, "--input-type=module", "--eval", FILE_ACCESS),
            *(module, json.dumps(list(FILE_CALLS))),
        ],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )

    assert json.loads(told.stdout) == FILE_CALLS


def test_clock_moves_the_date_and_nothing_else(app, node_function, invoke):
    """`Date` follows the sandbox's clock, however a module keeps it; timers do not."""
    function = node_function("clock", CLOCK)
    pool = app.pool()
    real = invoke(pool, function).outcome.value
    app.clock.advance(86_400 * 365 + 0.0004)
    moved = invoke(pool, function).outcome.value
    app.clock.reset()
    back = invoke(pool, function).outcome.value

    year_ms = 86_400_000 * 365
    for key in MOMENTS:
        assert 0 <= moved[key] - real[key] - year_ms < 60_000, key
        assert 0 <= back[key] - real[key] < 60_000, key
    assert isinstance(moved["now"], int)  # no part of a millisecond
    assert moved["given"] == 2000
    assert moved["parts"] == 946_684_800_000
    around = [
        datetime.fromtimestamp(moved["now"] / 1000 + more, UTC) for more in (-60, 60)
    ]
    days = {f"{day.month}/{day.day}/{day:%y}" for day in around}
    assert set(moved["formats"]) <= days
    assert moved["formatOfGiven"] == ["1/1/70", "1"]
    assert moved["isSame"]
    for seen in (real, moved):
        assert seen["looks"] == [
            *("Date", 7, "function Date() { [native code] }", 0),
            *("now", 0, "function now() { [native code] }", "", 1),
            *(True, True, True, True),
        ]
    assert moved["timer"] < 60_000
    assert moved["running"] < 60_000


def test_moved_clock_is_there_while_loading(app, node_function, invoke):
    """A module that looks at the time as it loads sees the moved one."""
    app.clock.advance(-86_400 * 365 * 20)
    source = "const y = new Date().getFullYear(); export const handler = async () => y"
    now = app.clock.now().year

    assert invoke(app.pool(), node_function("y", source)).outcome == Returned(value=now)


def test_missing_node_is_said_with_a_remedy(app, invoke, tmp_path):
    """Where no Node is on the PATH the route says so; it does not break."""
    function = app.function("none", None, runtime="nodejs22.x")
    app.write("src/http/get-none/index.mjs", "export const handler = async () => 1")
    app.environment["PATH"] = str(tmp_path / "empty")
    outcome = invoke(app.pool(), function).outcome

    assert outcome == Unavailable(
        message='"get /none" needs Node.js, and no "node" is on the PATH.',
        remedy="Install Node.js; routes in Python work without it.",
    )


class BareWorker:
    """A worker of Node's without a pool around it."""

    def __init__(self, command_for, folder: Path, source: str) -> None:
        folder.joinpath("index.mjs").write_text(source)
        self.connection, theirs = socket.socketpair()
        lifeline_fd, self.lifeline_end_fd = os.pipe()
        self.process = subprocess.Popen(  # noqa: TID251 - the worker under test
            command_for(theirs.fileno(), lifeline_fd),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(), lifeline_fd),
            env={},
            start_new_session=True,
        )
        theirs.close()
        os.close(lifeline_fd)
        self.connection.settimeout(10)
        self._reader = wire.FrameReader()
        self._send(
            {
                "type": "start",
                "function_name": "f",
                "function_version": "$LATEST",
                "invoked_function_arn": "sandbox",
                "memory_limit_mb": 128,
                "folder": str(folder),
                "handler_file": str(folder / "index.mjs"),
                "handler_method": "handler",
                "environment": {},
                "project_root": str(folder),
                "shared_folder": None,
                "views_folder": None,
                "path_additions": [],
                "clock_offset_seconds": 0,
            }
        )
        self.ready = wire.receive(self._reader, self.connection.recv)

    def begin(self) -> None:
        """Give it an event, and do not wait for the answer."""
        self._send(
            {
                "type": "invoke",
                "request_id": "1",
                "event": None,
                "time_limit_ms": 60_000,
                "clock_offset_seconds": 0,
                "trace_header": "Root=1-0-0",
            }
        )

    def cut_lifeline(self) -> None:
        os.close(self.lifeline_end_fd)
        self.lifeline_end_fd = -1

    def close(self) -> None:
        self.connection.close()
        if self.lifeline_end_fd >= 0:
            self.cut_lifeline()
        self.process.kill()
        self.process.wait()

    def _send(self, message: wire.Message) -> None:
        self.connection.sendall(wire.encode(message))


BUSY = "export async function handler () { for (;;); }"
WAITING = "export const handler = () => new Promise(r => setTimeout(r, 60_000))"
EXITING = """
import fs from 'node:fs'
process.on('exit', () => process.stderr.write('hooks ran'))
export const handler = async () => 1
"""
LEAVING = """
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
writeFileSync('child', String(spawn('sleep', ['60'], { stdio: 'ignore' }).pid))
process.on('exit', () => writeFileSync('hook', ''))
export const handler = async () => 1
"""


@pytest.fixture
def bare_worker(node_program, tmp_path):
    """Give a function that starts a worker without a pool."""
    workers = []

    def launched(socket_fd: int, lifeline_fd: int) -> list[str]:
        return launch_command(socket_fd, lifeline_fd, [node_program, str(MAIN)])

    def unarmed(socket_fd: int, lifeline_fd: int) -> list[str]:
        boot = (
            "import os, sys; a, b = (os.dup(int(n)) for n in sys.argv[1:3]); "
            "a, b = (__import__('fcntl').fcntl(fd, 0, 10) for fd in (a, b)); "
            "os.dup2(a, 3); os.dup2(b, 4); os.execv(sys.argv[3], sys.argv[3:])"
        )
        descriptors = [str(socket_fd), str(lifeline_fd)]
        return [sys.executable, "-c", boot, *descriptors, node_program, str(MAIN)]

    def start(source: str, *, is_armed: bool = True) -> BareWorker:
        worker = BareWorker(launched if is_armed else unarmed, tmp_path, source)
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.close()


CONNECTING = """
import http, { request as imported } from 'node:http'

function ask ({ port, host = 'localhost', keepAlive = false, isImported }) {
  const agent = new http.Agent({ keepAlive })
  const begin = isImported ? imported : http.request
  return new Promise((resolve, reject) => {
    const request = begin({ host, port, agent }, response => {
      response.resume()
      response.on('end', () => resolve(request.socket.localPort))
    })
    request.on('error', reject)
    request.end()
  })
}

export async function handler (event) {
  const used = [await ask(event), await ask(event)]
  if (event.hangs) await new Promise(() => {})
  return used
}
"""


def empty_page(environ, start_response):
    """Answer as a WSGI application that has nothing to say."""
    start_response("204 No Content", [])
    return ()


@pytest.fixture
def connecting(app, node_function, invoke):
    """Give a function that has a handler connect twice; other events hang then."""
    with LoopbackServer(empty_page, name="tables") as server:
        function = node_function("connecting", CONNECTING)
        pool = app.pool()

        def connect(told: Any, **event: Any) -> Any:
            app.environment["ARC_SANDBOX"] = told % server.port
            return invoke(pool, function, {"port": server.port, **event}).outcome

        yield connect


@pytest.mark.parametrize("event", [{}, {"host": "127.0.0.1"}, {"isImported": True}])
def test_connections_to_the_sandbox_are_kept(connecting, event):
    """A client that closes its connections asks the tables over one, as it asks AWS."""
    first, second = connecting('{"ports": {"tables": %d}}', **event).value

    assert first == second


def test_clients_that_keep_connections_have_their_own(connecting):
    """Whoever sets an agent up, such as with a limit, means that one."""
    outcome = connecting('{"ports": {"tables": %d}}', keepAlive=True)
    first, second = outcome.value

    assert first != second


@pytest.mark.parametrize("told", ['{"ports": {"http": 1%d}}', "{}%.0d", "none%.0d"])
def test_connections_to_others_are_closed_as_asked(connecting, told):
    """What does not go to the sandbox is the client's own affair."""
    first, second = connecting(told).value

    assert first != second


def test_kept_connection_does_not_hold_a_handler(connecting):
    """A handler that awaits what never comes is still told from a busy one."""
    outcome = connecting('{"ports": {"tables": %d}}', hangs=True)

    assert not isinstance(outcome, TimedOut)
    assert outcome == connecting("{}%.0d", hangs=True)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel arms it on Linux only")
def test_busy_worker_ends_with_its_lifeline(bare_worker):
    """Not even a loop that never yields outlives the sandbox."""
    worker = bare_worker(BUSY)
    worker.begin()
    worker.cut_lifeline()

    assert worker.process.wait(timeout=10) == -9


def test_waiting_worker_sees_its_lifeline_end(bare_worker):
    """Where the kernel does not answer for the lifeline the event loop does."""
    worker = bare_worker(WAITING, is_armed=False)
    worker.begin()
    worker.cut_lifeline()

    assert worker.process.wait(timeout=10) == -9


def test_idle_worker_ends_with_its_connection(bare_worker, tmp_path, wait_until):
    """So does what it has started: the lifeline may be cut a moment too late for it."""
    worker = bare_worker(LEAVING)
    child = int((tmp_path / "child").read_text())
    worker.connection.close()

    assert worker.process.wait(timeout=10) == -9
    assert (tmp_path / "hook").exists()
    wait_until(lambda: not is_alive(child))


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and pidfd_open")
def test_detached_children_end_with_their_worker(
    app, node_function, invoke, wait_until
):
    """As libraries start the browsers that they drive."""
    source = """
        import { spawn } from 'node:child_process'
        const { pid } = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
        export const handler = async () => pid
    """
    pool = app.pool()
    child = invoke(pool, node_function("a", source)).outcome.value
    assert is_alive(child)
    pool.close()

    wait_until(lambda: not is_alive(child), what="the child is gone")


def test_every_project_file_is_told_with_its_state(bare_worker, tmp_path):
    """The first answer names the handler, stamped as the sandbox stamps it.

    A file is young that was put there just now, whatever time `cp -p` has set.
    """
    copied = tmp_path / "copied.txt"
    copied.write_text("a")
    os.utime(copied, (1_700_000_000, 1_700_000_000))
    worker = bare_worker(f"{EXITING}; fs.readFileSync('copied.txt')")
    file = tmp_path / "index.mjs"
    found = file.stat()
    stamp = f"{found.st_mtime_ns}-{found.st_ctime_ns}-{found.st_size}-{found.st_ino}"
    rows = {path: (told, digest) for path, told, digest in worker.ready["files"]}

    assert worker.ready["type"] == "ready"
    assert rows[str(file)][0] == stamp
    assert len(rows[str(file)][1]) == 64
    assert len(rows[str(copied)][1]) == 64


def test_the_next_worker_is_a_process_that_had_begun_before(app, invoke, node_function):
    """A save is answered without the 40 ms and more that Node takes to begin."""
    source = "export const handler = async () => [process.cwd(), process.env.KIND]"
    app.environment["KIND"] = "first"
    function = node_function("kind", source)
    pool = app.pool()
    invoke(pool, function)
    pool.tick()
    (spare,) = pool.statistics().spare_pids
    app.environment["KIND"] = "second"
    app.project = replace(app.project)

    second = invoke(pool, function)

    assert second.worker_pid == spare
    assert second.is_cold
    assert second.outcome == Returned(value=[str(function.folder), "second"])
    assert pool.statistics().spare_pids == ()


def test_a_function_with_options_of_its_own_takes_no_spare(app, invoke, node_function):
    """NODE_OPTIONS is read at the beginning of a process."""
    source = "export const handler = async () => process.title"
    function = node_function("option", source)
    pool = app.pool()
    invoke(pool, function)
    pool.tick()
    (spare,) = pool.statistics().spare_pids
    app.environment["NODE_OPTIONS"] = "--title=mine"
    app.project = replace(app.project)

    execution = invoke(pool, function)

    assert execution.worker_pid != spare
    assert execution.outcome == Returned(value="mine")


def test_nothing_is_started_ahead_for_a_debugger(app, invoke, node_function, free_port):
    """It is each function's own port that Node listens at from its beginning."""
    pool = app.pool(debugging=Debugging(port=free_port))
    invoke(pool, node_function("one", "export const handler = async () => 1"))

    pool.tick()

    assert pool.statistics().spare_pids == ()


def test_a_closed_pool_leaves_no_spare(app, invoke, node_function):
    """It hangs on nothing but the pool."""
    pool = app.pool()
    invoke(pool, node_function("one", "export const handler = async () => 1"))
    pool.tick()
    (spare,) = pool.statistics().spare_pids

    pool.close()

    assert not is_alive(spare)


REQUESTS = """
import http from 'node:http'

const server = http.createServer((request, response) => {
  if (request.url === '/') response.end('x')
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const address = `http://127.0.0.1:${server.address().port}`

function get (path) {
  return new Promise((resolve, reject) => {
    const answered = response => response.resume().on('end', resolve)
    http.get(address + path, answered).on('error', reject)
  })
}

export async function handler (event) {
  %s
  return address
}
"""


@pytest.mark.parametrize(
    "step",
    [
        "get('/')",
        "get('/never')",
        "fetch(address)",
        "[1, 2].forEach(async () => { await fetch(address) })",
        "await get('/'); get('/')",
    ],
)
def test_a_request_that_nobody_awaits_is_named(run_node, step):
    """Once, by its host: Lambda freezes it where it is."""
    execution = run_node(REQUESTS % step)

    assert execution.requests == (execution.outcome.value.removeprefix("http://"),)


@pytest.mark.parametrize(
    "step",
    [
        "await get('/')",
        "await (await fetch(address)).text()",
        "await Promise.all([get('/'), fetch(address)])",
        "http.get(address + '/never').on('error', () => {}).destroy()",
        "const signal = AbortSignal.timeout(200);"
        "await fetch(address + '/never', { signal }).catch(() => {})",
        "server.close(); await fetch(address).catch(() => {})",
    ],
)
def test_a_request_that_is_over_is_not(run_node, step):
    """Whatever became of it."""
    assert run_node(REQUESTS % step).requests == ()


def test_a_request_is_told_with_the_event_that_made_it(app, invoke, node_function):
    """The next one only thaws it."""
    function = node_function("left", REQUESTS % "if (event === 1) get('/never')")
    pool = app.pool()

    told = [len(invoke(pool, function, event).requests) for event in (0, 1, 0, 1)]

    assert told == [0, 1, 0, 1]
