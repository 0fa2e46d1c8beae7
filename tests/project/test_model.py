"""What a loaded app tells of itself."""

import pytest

from tests.project.conftest import Load

HIDDEN = "@arc\nenv false\n"


@pytest.mark.parametrize(
    ("hiding", "usual"),
    [
        ((), "get /"),
        (("src/http/get-index",), "post /count"),
        (("src/http/get-index", "src/http/post-count"), "mail"),
        (("src/http/get-index", "src/http/post-count", "src/events/mail"), "get /"),
    ],
)
def test_usual_function_sees_the_developers_variables(
    load: Load, hiding: tuple[str, ...], usual: str
) -> None:
    """A route that does not hide them; else another function; else a route."""
    manifest = "@app\nhello\n@events\nmail\n@http\nget /\npost /count\n"
    configs = {f"{folder}/config.arc": HIDDEN for folder in hiding}
    function = load({"app.arc": manifest, **configs}).usual_function

    assert function is not None
    assert function.name == usual


def test_app_without_functions_has_no_usual_one(load: Load) -> None:
    """There is nobody whose environment could count."""
    assert load({"app.arc": "@app\nhello\n"}).usual_function is None
