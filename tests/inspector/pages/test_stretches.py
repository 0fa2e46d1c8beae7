"""The parts of a request's time add up to the whole."""

import pytest

from sandbox.inspector.pages.stretches import stretches


def timings(**given: float | None) -> dict[str, float | None]:
    return {
        "total_ms": 100,
        "queued_ms": None,
        "init_ms": None,
        "handler_ms": None,
    } | given


@pytest.mark.parametrize(
    ("given", "tables_ms", "parts"),
    [
        ({}, 0, [("Sandbox", 0, 100)]),
        ({"handler_ms": 60}, 0, [("Handler", 0, 60), ("Sandbox", 60, 40)]),
        (
            {"queued_ms": 10, "init_ms": 20, "handler_ms": 50},
            30,
            [
                ("Queue", 0, 10),
                ("Cold start", 10, 20),
                ("Handler", 30, 20),
                ("Tables", 50, 30),
                ("Sandbox", 80, 20),
            ],
        ),
        ({"handler_ms": 50}, 80, [("Tables", 0, 50), ("Sandbox", 50, 50)]),
        (
            {"queued_ms": 0.01, "handler_ms": 100},
            0,
            [("Handler", 0, 100), ("Sandbox", 100, 0)],
        ),
        ({"total_ms": 0}, 0, [("Sandbox", 0, 100)]),
    ],
)
def test_stretches_lie_end_to_end(
    given: dict[str, float | None],
    tables_ms: float,
    parts: list[tuple[str, float, float]],
) -> None:
    """Each begins where the one before ends; what is left is the sandbox's own."""
    found = stretches(timings(**given), tables_ms=tables_ms)

    assert [(part.name, part.start, part.width) for part in found] == parts


def test_no_stretch_leaves_the_bar() -> None:
    """A handler that ran on after the answer was late does not draw beyond 100."""
    found = stretches(timings(handler_ms=150), tables_ms=0)

    assert max(part.start + part.width for part in found) == 100
