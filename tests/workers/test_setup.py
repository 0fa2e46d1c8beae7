"""What a worker is started with."""

from sandbox.project.model import Static
from sandbox.workers.setup import Setups


def test_setups_leave_out_folders_that_a_function_opts_out_of(app):
    """Views are for those that want them, shared code unless not wanted."""
    function = app.function("f", "", shared=False, views=True)
    app.mount(shared_folder=app.root / "shared", views_folder=app.root / "views")

    setup = Setups(lambda _: {}, ()).of(function, app.project)

    assert setup.shared_folder is None
    assert setup.views_folder == app.root / "views"


def test_setups_have_the_names_of_assets_where_they_are_told(app):
    """Architect copies `static.json` into every function, shared code or none."""
    function = app.function("f", "", shared=False)
    app.mount(static=Static(folder=app.root / "public"))
    setups = Setups(lambda _: {}, ())
    before = setups.of(function, app.project)
    file = app.write("public/static.json", "{}")
    after = setups.of(function, app.project)

    assert (before.static_manifest, after.static_manifest) == (None, file)
