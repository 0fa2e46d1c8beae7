"""What a worker is started with."""

from sandbox.workers.setup import Setups


def test_setups_leave_out_folders_that_a_function_opts_out_of(app):
    """Views are for those that want them, shared code unless not wanted."""
    function = app.function("f", "", shared=False, views=True)
    app.mount(shared_folder=app.root / "shared", views_folder=app.root / "views")

    setup = Setups(lambda _: {}, ()).of(function, app.project)

    assert setup.shared_folder is None
    assert setup.views_folder == app.root / "views"
