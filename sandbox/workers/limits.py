"""How much a pool of workers may hold, and for how long."""

from dataclasses import dataclass

CLOSE_SECONDS = 2.0
"""How long closing waits for events in flight, whose workers are killed."""
LOADED_AT_MOST = 3
"""How often code is loaded whose files change while they are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLimits:
    """How much a pool may hold."""

    running: int = 64
    """Events in work at once; further ones wait."""
    wait_seconds: float = 900.0
    """How long they wait: as long as an event may take at most (AWS Lambda developer
    guide, "Lambda quotas")."""
    idle: int = 40
    """Warm workers kept, all functions together; the longest idle give way."""
    idle_seconds: float = 600.0
    """How long an idle worker is kept."""
    load_seconds: float = 10.0
    """Lambda's limit for the init phase; what takes longer is loaded again inside the
    function's own (AWS Lambda developer guide, "Lambda execution environment")."""

    def loading_seconds(self, time_limit_seconds: float) -> float:
        """Give how long the module of a function with that time limit may load."""
        return max(self.load_seconds, time_limit_seconds)
