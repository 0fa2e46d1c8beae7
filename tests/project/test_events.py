"""Holds the settings of queues."""

from sandbox.json_value import JsonValue
from tests.project.conftest import Load


def fifo_of(load: Load, aws: str) -> JsonValue:
    """Give the `fifo` of a queue that says nothing, under this line of `@aws`."""
    project = load({"app.arc": f"@app\nmyapp\n@queues\na\n@aws\n{aws}\n"})
    queues = project.inventory["queues"]
    assert isinstance(queues, list)
    fifo: JsonValue = queues[0]["fifo"]
    return fifo


def test_a_queue_is_fifo_unless_aws_says_no(load: Load) -> None:
    """A value that JSON cannot keep counts as none."""
    assert fifo_of(load, "fifo false") is False
    assert fifo_of(load, "fifo 1e400") is True
