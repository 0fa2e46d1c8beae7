"""Holds what `@static` makes of its lines."""

from tests.project.conftest import Load


def test_a_setting_without_a_value_is_left_out(load: Load) -> None:
    """A list of one word, as only JSON has it, sets what JSON then leaves out."""
    static = '[["spa"], ["folder"], ["prune", true]]'

    project = load({"arc.json": f'{{"app": "myapp", "static": {static}}}'})

    assert project.inventory["static"] == {
        "compression": False,
        "fingerprint": None,
        "ignore": None,
        "prefix": None,
        "prune": True,
        "staging": None,
        "production": None,
    }
    assert project.static is not None
    assert project.static.folder == project.root / "public"
