"""What the errors tell a developer."""

import errno

import pytest

from sandbox.errors import writing_remedy


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "Make room on that disk."),
        (OSError(errno.EDQUOT, "Quota exceeded"), "Make room on that disk."),
        (PermissionError(errno.EACCES, "Permission denied"), "Else."),
        (ValueError("no text"), "Else."),
    ],
)
def test_a_full_disk_has_a_remedy_of_its_own(error: Exception, remedy: str) -> None:
    """A folder of one's own may be as full."""
    assert writing_remedy(error, "Else.") == remedy
