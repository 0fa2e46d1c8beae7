"""The life of a worker: takes a state and what happened, gives the next state.

::

    STARTING ──loaded──▶ IDLE ──taken──▶ BUSY
        │                 │ ▲────answered──┘│
        │                 │                 │
        └──── retired ────┴──── retired ────┘──▶ STOPPING ──ended──▶ DEAD

Both are integers, whose hash costs nothing; that of an Enum is a call in Python, and
each event takes four.
"""

from enum import IntEnum, auto


class State(IntEnum):
    """Where a worker is in its life."""

    STARTING = auto()
    IDLE = auto()
    BUSY = auto()
    STOPPING = auto()
    DEAD = auto()


class Step(IntEnum):
    """What can happen to a worker."""

    LOADED = auto()
    """Its handler is ready for events."""
    TAKEN = auto()
    """A request has it for itself."""
    ANSWERED = auto()
    """It may take the next event."""
    RETIRED = auto()
    """It takes no event any more: old code, failed, too long idle."""
    ENDED = auto()
    """Its process is gone and waited for."""


TRANSITIONS = {
    (State.STARTING, Step.LOADED): State.IDLE,
    (State.STARTING, Step.RETIRED): State.STOPPING,
    (State.IDLE, Step.TAKEN): State.BUSY,
    (State.IDLE, Step.RETIRED): State.STOPPING,
    (State.BUSY, Step.ANSWERED): State.IDLE,
    (State.BUSY, Step.RETIRED): State.STOPPING,
    (State.STOPPING, Step.RETIRED): State.STOPPING,
    (State.STOPPING, Step.ENDED): State.DEAD,
    (State.DEAD, Step.RETIRED): State.DEAD,
    (State.DEAD, Step.ENDED): State.DEAD,
}


def after(state: State, step: Step) -> State:
    """Give the state that `step` leads to.

    Raises:
        RuntimeError: that step is not possible in that state: a bug of ours.
    """
    following = TRANSITIONS.get((state, step))
    if following is None:
        raise RuntimeError(f"a worker that is {state.name} cannot be {step.name}")
    return following
