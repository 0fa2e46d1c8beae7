"""How long things may take in a pool."""

import pytest

from sandbox.workers.limits import PoolLimits


@pytest.mark.parametrize(("time_limit", "expected"), [(5, 10), (10, 10), (30, 30)])
def test_loading_takes_as_long_as_lambda_lets_it(time_limit, expected):
    """Ten seconds, and where those are over the function's own limit."""
    assert PoolLimits().loading_seconds(time_limit) == expected
