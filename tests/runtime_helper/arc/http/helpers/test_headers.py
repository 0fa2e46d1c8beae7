"""Header names in the two cases that are looked for."""

from sandbox.runtime_helper.arc.http.helpers.headers import (
    header_of,
    own_headers,
    take_title_case,
)


def test_header_of_knows_two_cases() -> None:
    """Lower case first, where it says anything; title case then; and no other."""
    assert header_of({"content-type": "a", "Content-Type": "b"}, "content-type") == "a"
    assert header_of({"content-type": "", "Content-Type": "b"}, "content-type") == "b"
    assert header_of({"CONTENT-TYPE": "a"}, "content-type") is None


def test_take_title_case_leaves_the_others() -> None:
    """In place, for the caller's own headers."""
    params = {"headers": {"Content-Type": "a", "CONTENT-TYPE": "b"}}

    take_title_case(own_headers(params), "content-type")

    assert params == {"headers": {"CONTENT-TYPE": "b"}}
    assert own_headers({}) == {}
