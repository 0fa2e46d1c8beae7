"""What a worker is started with."""

from dataclasses import replace

from sandbox.workers.setup import setup_for


def test_setup_for_leaves_out_folders_that_a_function_opts_out_of(app):
    """Views are for those that want them, shared code unless not wanted."""
    function = app.function("f", "", shared=False, views=True)
    app.mount(shared_folder=app.root / "shared", views_folder=app.root / "views")

    setup = setup_for(function, app.project, environment={})

    assert setup.shared_folder is None
    assert setup.views_folder == app.root / "views"


def test_arn_is_in_the_region_of_the_app(app):
    """Handlers take it apart to name other things of the app's."""
    function = app.function("f", "")

    setup = setup_for(
        function, replace(app.project, region="eu-west-1"), environment={}
    )

    assert (
        setup.start_message(0)["invoked_function_arn"]
        == "arn:aws:lambda:eu-west-1:123456789012:function:sandbox-get-f"
    )
