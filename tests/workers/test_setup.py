"""What a worker is started with."""

from dataclasses import replace

import pytest

from sandbox.workers.setup import context_name, setup_for


@pytest.mark.parametrize(
    ("pragma", "name", "expected"),
    [
        ("http", "get /", "sandbox-get-index"),
        ("http", "get /env/:name", "sandbox-get-env-000name"),
        ("http", "post /a-b/v1.2/*", "sandbox-post-a_b-v1_2-catchall"),
        ("events", "sign-up", "sandbox-sign-up"),
    ],
)
def test_context_name_is_architects(app, pragma, name, expected):
    """The folder's name for routes, the plain one elsewhere."""
    function = replace(app.function("f", ""), pragma=pragma, name=name)

    assert context_name(function) == expected


def test_setup_for_leaves_out_folders_that_a_function_opts_out_of(app):
    """Views are for those that want them, shared code unless not wanted."""
    function = app.function("f", "", shared=False, views=True)
    app.mount(shared_folder=app.root / "shared", views_folder=app.root / "views")

    setup = setup_for(
        function, app.project, environment={}, handler_file=function.handler_file
    )

    assert setup.shared_folder is None
    assert setup.views_folder == app.root / "views"
