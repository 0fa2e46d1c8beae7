"""What is kept from one look through an app's code to the next."""

from pathlib import Path

from sandbox.wiring.remembered import Remembered


def test_packages_are_read_anew_where_pip_has_been_at_work(tmp_path: Path) -> None:
    """And only then; of one path at a time."""
    known, path = Remembered(), [str(tmp_path), str(tmp_path / "absent")]
    first = known.packages_in(path)
    assert known.packages_in(path) is first

    (tmp_path / "new-1.0.dist-info").mkdir()
    second = known.packages_in(path)
    assert second is not first

    assert known.packages_in(path[:1]) is not second
