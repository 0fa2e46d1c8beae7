"""The table of a worker's states."""

import pytest

from sandbox.workers.lifecycle import TRANSITIONS, State, Step, after


def test_after_leads_through_a_whole_life():
    """A worker starts, serves twice, is retired and ends."""
    state = State.STARTING
    for step in (
        Step.LOADED,
        Step.TAKEN,
        Step.ANSWERED,
        Step.TAKEN,
        Step.ANSWERED,
        Step.RETIRED,
        Step.ENDED,
    ):
        state = after(state, step)

    assert state is State.DEAD


@pytest.mark.parametrize("state", [State.STARTING, State.BUSY, State.STOPPING])
def test_after_refuses_an_event_for_a_worker_that_is_not_idle(state):
    """Only idle workers can be taken."""
    with pytest.raises(RuntimeError):
        after(state, Step.TAKEN)


def test_every_state_can_be_retired():
    """Closing is possible at any time."""
    assert {state for state, step in TRANSITIONS if step is Step.RETIRED} == set(State)
