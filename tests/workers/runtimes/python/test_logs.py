"""What the logging module writes in a handler."""

import re

import pytest

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

ALL_LEVELS = """
    import logging

    def handler(event, context):
        for level in (10, 20, 30, 40, 50):
            logging.log(level, "text %s", level)
"""


@pytest.fixture
def printed(app, invoke):
    """Give a function that runs a source with variables, and gives what it printed."""

    def run(source: str, **variables: str) -> str:
        app.environment.update(variables)
        execution = invoke(app.pool(), app.function("log", source))
        return ID.sub("ID", TIME.sub("TIME", execution.output))

    return run


def test_lines_are_lambdas(printed):
    """From WARNING on, with level, time and request id."""
    assert printed(ALL_LEVELS) == (
        "[WARNING]\tTIME\tID\ttext 30\n"
        "[ERROR]\tTIME\tID\ttext 40\n"
        "[CRITICAL]\tTIME\tID\ttext 50\n"
    )


@pytest.mark.parametrize(
    ("level", "levels"),
    [("TRACE", 5), ("DEBUG", 5), ("info", 4), ("WARN", 3), ("FATAL", 1), ("odd", 3)],
)
def test_level_is_the_one_asked_for(printed, level, levels):
    """Lambda's own names of levels count, in any case; any other changes nothing."""
    text = printed(ALL_LEVELS, AWS_LAMBDA_LOG_LEVEL=level)

    assert len(text.splitlines()) == levels


def test_lines_are_json_where_asked_for(printed):
    """Objects stay objects, and a failure has its own fields."""
    text = printed(
        """
        import logging

        def handler(event, context):
            logging.getLogger("é").warning({"a": 1})
            logging.error("so", extra={"key": {1}})
            logging.log(33, "between")
            try:
                1 / 0
            except ZeroDivisionError:
                logging.exception("bad %s", "luck")
        """,
        AWS_LAMBDA_LOG_FORMAT="json",
    )

    lines = text.splitlines()
    assert lines[0] == (
        '{"timestamp": "TIME", "level": "WARNING", "message": {"a": 1}, '
        '"logger": "é", "requestId": "ID"}'
    )
    assert lines[1] == (
        '{"timestamp": "TIME", "level": "ERROR", "message": "so", '
        '"logger": "root", "requestId": "ID", "key": "{1}"}'
    )
    assert '"level": "WARNING", "message": "between"' in lines[2]
    assert '"level": "ERROR", "message": "bad luck"' in lines[3]
    assert '"errorType": "ZeroDivisionError"' in lines[3]
    assert '"errorMessage": "division by zero"' in lines[3]
    assert re.search(r'"location": "/.*/index.py:handler:\d+"}$', lines[3])


def test_formatters_of_the_apps_own_tell_utc(printed):
    """Wherever the function's time zone is: Lambda's runtime sets it for all."""
    text = printed(
        """
        import logging, time

        def handler(event, context):
            print(logging.Formatter().converter is time.gmtime)
        """,
        TZ="America/New_York",
    )

    assert text == "True\n"


def test_root_handler_is_known_by_its_name(printed):
    """Libraries look for it, and change its format."""
    text = printed(
        """
        import logging

        def handler(event, context):
            (root,) = logging.getLogger().handlers
            print(type(root).__name__)
            root.setFormatter(logging.Formatter("%(tenant_id)s %(message)s"))
            logging.error("x")
        """
    )

    assert text == "LambdaLoggerHandler\nNone x\n"


def test_what_is_logged_at_once_is_a_line(printed):
    """Lambda keeps entries apart also where the app's own format gives no line end."""
    text = printed(
        """
        import logging, sys

        def handler(event, context):
            (root,) = logging.getLogger().handlers
            root.setFormatter(logging.Formatter('{"text": "%(message)s"}'))
            logging.error("one")
            logging.error("two")
            context.log("three")
            sys.stdout.write("four")
        """
    )

    assert text == '{"text": "one"}\n{"text": "two"}\nthree\nfour'


def test_context_logs_without_lambdas_handler(printed):
    """As Lambda's runtime does: to standard output, and as it is."""
    text = printed(
        """
        import logging

        def handler(event, context):
            logging.getLogger().handlers.clear()
            context.log("one")
            context.log(2)
        """
    )

    assert text == "one2"
