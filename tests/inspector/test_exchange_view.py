"""What the inspector tells of an exchange: its line, its result, its failure."""

from typing import Any

import pytest

from sandbox.exchange import (
    Crashed,
    Outcome,
    Raised,
    Returned,
    Throttled,
    TimedOut,
    Unavailable,
)
from sandbox.inspector.exchange_view import request_json, summary_json
from tests.exchanges import answered, exchange_of, sent


@pytest.mark.parametrize(
    ("outcome", "word", "message"),
    [
        (Raised(error_type="KeyError", message="'x'"), "raised", "KeyError: 'x'"),
        (TimedOut(seconds=5), "timed_out", "Timed out after 5 seconds, and was"),
        (Crashed(exit_code=-9), "crashed", "process ended without an answer"),
        (Throttled(concurrency=2), "throttled", "concurrency is 2"),
        (Unavailable(message="No Node."), "unavailable", "No Node."),
    ],
)
def test_a_failure_is_told_in_a_word_and_a_sentence(
    outcome: Outcome, word: str, message: str
) -> None:
    """The word stands in the list as well; there is no result."""
    exchange = answered(sent(), status=500, outcome=outcome)

    told: Any = request_json(exchange, lambda *_: None)

    assert (told["outcome"], told["failure"]["outcome"]) == (word, word)
    assert message in told["failure"]["message"]
    assert told["result"] is None


def test_a_result_is_no_failure() -> None:
    """It is given as the handler returned it."""
    exchange = answered(sent(), outcome=Returned(value=[1]))

    told = request_json(exchange, lambda *_: None)

    assert (told["outcome"], told["failure"], told["result"]) == ("returned", None, [1])


def test_what_no_function_answered_has_none() -> None:
    """Static files and pages: neither function nor outcome."""
    line = summary_json(exchange_of("a", has_match=False))

    assert (line["function"], line["is_cold"], line["outcome"]) == (None, None, None)
