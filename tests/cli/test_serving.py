"""What `arc-sandbox start` says once, beside the addresses."""

import pytest

from sandbox.cli.serving import not_emulated_text


@pytest.mark.parametrize(
    ("pragmas", "told"),
    [
        (("ws", "events"), "Not emulated: @ws @events."),
        (
            ("plugins",),
            "Not emulated: @plugins. What they set is missing: routes, runtimes, "
            "variables.",
        ),
    ],
)
def test_not_emulated_text_says_what_is_missing(
    pragmas: tuple[str, ...], told: str
) -> None:
    """By name; of plugins, one may make a whole app of routes."""
    assert not_emulated_text(pragmas) == told
